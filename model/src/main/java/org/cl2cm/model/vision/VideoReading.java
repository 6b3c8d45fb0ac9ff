package org.cl2cm.model.vision;

import java.io.IOException;
import org.cl2cm.data.DataException;
import org.cl2cm.data.video.Ffmpeg;
import org.cl2cm.data.video.FrameSampling;

/// How the videos among what is encoded are read.
///
/// @param batch frames encoded at once
record VideoReading(Ffmpeg ffmpeg, FrameSampling sampling, int batch) {
    EncodedVideo encode(ImageEncoder encoder, ImageList.Entry entry) throws IOException {
        return EncodedVideo.of(
                encoder,
                ffmpeg,
                entry.id(),
                entry.file().orElseThrow(() -> new DataException("the manifest names no media file")),
                sampling,
                batch);
    }
}
