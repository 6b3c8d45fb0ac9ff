package org.cl2cm.data.video;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.cl2cm.data.DataException;

/// The frames of a video in their order. Each stands for an equal part of it and is the picture in the
/// middle of that part. Closing it ends the program that decodes. For one thread.
public final class FrameStream implements AutoCloseable {
    /// A file may end this much before its header says, and this share of it.
    private static final double MISSING_SECONDS = 1;

    private static final double MISSING_SHARE = 0.1;

    private final Path file;
    private final ChildProcess process;
    private final PictureReader reader;
    private final double length;
    private final double rate;
    private final FrameSampling sampling;
    private int count;
    private double last;

    FrameStream(Path file, ChildProcess process, VideoHeader header, double rate, FrameSampling sampling)
            throws IOException {
        this.file = file;
        this.process = process;
        this.length = header.seconds();
        this.rate = rate;
        this.sampling = sampling;
        this.reader = new PictureReader(process.output(), sampling.maxPixels());
        process.input().close();
    }

    /// The next frame; empty at the end of the video.
    ///
    /// @throws DataException when the video breaks off before its header says, no frame of it can be
    ///     decoded, it never ends or takes longer than the limit; names the file
    public Optional<Frame> next() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while " + file + " was read");
        }
        if (count == sampling.most() && length > 0) {
            return Optional.empty();
        }
        Optional<BufferedImage> image;
        try {
            image = reader.next();
        } catch (IOException e) {
            refuseLate();
            throw DataException.in(file, "cannot be decoded: " + e.getMessage(), e);
        }
        if (image.isEmpty()) {
            end();
            return Optional.empty();
        }
        if (count == sampling.most()) {
            throw DataException.in(
                    file,
                    "has more than " + sampling.most() + " frames at " + rate + " a second, and its header does not say"
                            + " how long it is: does it ever end? Take fewer a second, or allow more");
        }
        last = time(count++);
        return Optional.of(new Frame(image.get(), last));
    }

    /// The middle of the part that a frame stands for; of the last one, which may be shorter, never
    /// after the end.
    private double time(int number) {
        double middle = (number + 0.5) / rate;
        double latest = length > number / rate ? length - 0.001 : middle;
        return Math.round(Math.min(middle, latest) * 1000) / 1000.0;
    }

    /// How long the video is, in seconds: what its header says, else what its frames stand for. To be
    /// asked at the end.
    public double seconds() {
        return length > 0 ? Math.max(length, last + 0.001) : count / rate;
    }

    private void end() throws IOException {
        int exit = process.await();
        refuseLate();
        if (count == 0) {
            throw DataException.in(file, "holds no frame that can be decoded: " + Ffmpeg.reason(process, file));
        }
        if (exit != 0) {
            throw DataException.in(file, "cannot be decoded: " + Ffmpeg.reason(process, file));
        }
        double read = count / rate;
        if (length - read > Math.max(MISSING_SECONDS, MISSING_SHARE * length) + 1 / rate) {
            throw DataException.in(
                    file,
                    String.format(
                            java.util.Locale.ROOT,
                            "breaks off after %.1f of the %.1f seconds that its header tells; is the copy complete?",
                            read,
                            length));
        }
    }

    private void refuseLate() throws DataException {
        if (process.isLate()) {
            throw DataException.in(
                    file,
                    "reading it took longer than the limit of "
                            + sampling.limit().toSeconds() + " seconds; " + count + " frames came until then");
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
