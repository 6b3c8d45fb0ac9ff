package org.cl2cm.model.vision;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Video;
import org.cl2cm.data.video.Ffmpeg;
import org.cl2cm.data.video.Frame;
import org.cl2cm.data.video.FrameSampling;
import org.cl2cm.data.video.FrameStream;
import org.cl2cm.data.video.ShotDetector;

/// The frames of a video with their features.
///
/// @param rows `[frames, dimension]`, row-major
public record EncodedVideo(Video video, float[] rows) {
    /// Decodes, prepares and encodes the frames of a video, as images are.
    ///
    /// @param id of the video
    /// @param batch frames encoded at once
    /// @throws DataException when the video cannot be read, or the encoder answers with NaN; names the
    ///     file
    /// @throws IOException when the encoder fails
    public static EncodedVideo of(
            ImageEncoder encoder, Ffmpeg ffmpeg, String id, Path file, FrameSampling sampling, int batch)
            throws IOException {
        List<Double> times = new ArrayList<>();
        List<Double> shots = new ArrayList<>();
        List<float[]> parts = new ArrayList<>();
        List<float[]> prepared = new ArrayList<>();
        ShotDetector detector = new ShotDetector(sampling.cut());
        try (FrameStream frames = ffmpeg.frames(file, sampling)) {
            for (Optional<Frame> frame = frames.next(); frame.isPresent(); frame = frames.next()) {
                double time = frame.get().time();
                if (detector.begins(frame.get().image())) {
                    // The border lies somewhere between two frames.
                    shots.add(times.isEmpty() ? 0 : (times.getLast() + time) / 2);
                }
                times.add(time);
                prepared.add(prepared(encoder, frame.get(), file));
                if (prepared.size() == batch) {
                    parts.add(encoded(encoder, prepared));
                    prepared.clear();
                }
            }
            if (!prepared.isEmpty()) {
                parts.add(encoded(encoder, prepared));
            }
            return new EncodedVideo(Video.of(id, frames.seconds(), times, shots), finite(joined(parts), file));
        }
    }

    private static float[] prepared(ImageEncoder encoder, Frame frame, Path file) throws DataException {
        try {
            return encoder.prepare(frame.image());
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static float[] encoded(ImageEncoder encoder, List<float[]> prepared) throws IOException {
        try {
            return encoder.encodePrepared(prepared);
        } catch (DataException e) {
            // The encoder is at fault, and not this video alone.
            throw new IOException(e.getMessage(), e);
        }
    }

    private static float[] joined(List<float[]> parts) {
        float[] rows = new float[parts.stream().mapToInt(part -> part.length).reduce(0, Math::addExact)];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, rows, at, part.length);
            at += part.length;
        }
        return rows;
    }

    private static float[] finite(float[] rows, Path file) throws DataException {
        for (float value : rows) {
            if (!Float.isFinite(value)) {
                throw DataException.in(file, "the encoder answers with NaN or infinity");
            }
        }
        return rows;
    }

    /// The features of some frames.
    ///
    /// @param frames ids of frames of the video that follow each other
    public float[] rowsOf(List<String> frames) {
        int dimension = rows.length / video.frames().size();
        int from = video.frames().indexOf(frames.getFirst()) * dimension;
        return Arrays.copyOfRange(rows, from, from + frames.size() * dimension);
    }
}
