package org.cl2cm.data.video;

import java.time.Duration;
import org.cl2cm.data.ImageFile;

/// Which frames of a video are taken, and what a video may cost.
///
/// @param fps frames a second
/// @param most frames of one video; a longer one is sampled more thinly, so that the frames are spread
///     over all of it
/// @param cut difference of two frames, 0 to 1, from which on the second one begins a shot; see
///     [ShotDetector]
/// @param limit how long reading one video may take
/// @param maxPixels of one frame; larger videos are refused by their header
public record FrameSampling(double fps, int most, double cut, Duration limit, long maxPixels) {
    /// One frame a second, at most 10,000; an hour to read them.
    public static final FrameSampling DEFAULT =
            new FrameSampling(1, 10_000, ShotDetector.USUAL, Duration.ofHours(1), ImageFile.DEFAULT_MAX_PIXELS);

    public FrameSampling {
        if (!(fps >= 0.001 && fps <= 60)) {
            throw new IllegalArgumentException("frames a second: " + fps + "; 0.001 to 60 are possible");
        }
        if (most < 1 || most > 1_000_000) {
            throw new IllegalArgumentException("frames of a video: " + most + "; 1 to 1000000 are possible");
        }
        if (!(cut > 0 && cut <= 1)) {
            throw new IllegalArgumentException("difference of two shots: " + cut + "; above 0 to 1 is possible");
        }
        if (limit.toSeconds() < 1 || maxPixels < 1) {
            throw new IllegalArgumentException("time limit " + limit.toSeconds() + " s, pixels " + maxPixels);
        }
    }

    /// The same frames under other bounds.
    public FrameSampling within(Duration other, long pixels) {
        return new FrameSampling(fps, most, cut, other, pixels);
    }

    /// Frames a second of a video of this length; `seconds` is 0 where nobody knows.
    double rate(double seconds) {
        double frames = seconds * fps;
        if (frames > most) {
            return most / seconds;
        }
        return frames > 0 && frames < 1 ? 1 / seconds : fps;
    }
}
