package org.cl2cm.cli;

import java.time.Duration;
import org.cl2cm.data.video.FrameSampling;
import picocli.CommandLine.Option;

/// Which frames of videos are taken.
final class FrameOptions {
    @Option(
            names = "--fps",
            paramLabel = "F",
            defaultValue = "1",
            description = "frames a second that are taken of a video (default: ${DEFAULT-VALUE})")
    private double fps = 1;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "10000",
            description = "at most so many frames of one video, evenly spread (default: ${DEFAULT-VALUE})")
    private int frames = 10_000;

    @Option(
            names = "--shot-change",
            paramLabel = "D",
            defaultValue = "0.22",
            description = "a frame begins a shot when its colours differ from those of the frame before by this, 0 to 1"
                    + " (default: ${DEFAULT-VALUE})")
    private double cut = 0.22;

    @Option(
            names = "--video-limit",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "how long reading one video may take (default: ${DEFAULT-VALUE})")
    private long limit = 3600;

    /// @throws IllegalArgumentException when a value is out of range
    FrameSampling sampling() {
        return new FrameSampling(fps, frames, cut, Duration.ofSeconds(limit), FrameSampling.DEFAULT.maxPixels());
    }
}
