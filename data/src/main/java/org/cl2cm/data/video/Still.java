package org.cl2cm.data.video;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.cl2cm.data.ImageFile;

/// The picture that stands for a media file: the image itself, or a frame of a video.
public final class Still {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Still() {}

    /// @param time of the frame in seconds, where the file is a video
    /// @return an image of type `TYPE_INT_RGB`
    /// @throws org.cl2cm.data.DataException naming the file and what is wrong with it
    public static BufferedImage read(Path file, double time) throws IOException {
        return VideoFile.hasName(file)
                ? Ffmpeg.find().still(file, time, ImageFile.DEFAULT_MAX_PIXELS, LIMIT)
                : ImageFile.read(file);
    }
}
