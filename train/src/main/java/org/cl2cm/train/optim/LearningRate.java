package org.cl2cm.train.optim;

/// The learning rate as a function of the step alone: a linear warm-up, then a decay to a floor.
///
/// @param peak rate at the end of the warm-up
/// @param steps of the whole training
/// @param warmup share of the steps, 0 to 1, over which the rate rises
/// @param decay its course after that
/// @param floor share of the peak, 0 to 1, at which it ends
public record LearningRate(double peak, long steps, double warmup, Decay decay, double floor) {
    /// The course from peak to floor.
    public enum Decay {
        /// Stays at the peak.
        CONSTANT,
        /// A straight line.
        LINEAR,
        /// Half a period of a cosine.
        COSINE
    }

    public LearningRate {
        if (!(peak >= 0 && Double.isFinite(peak)) || steps < 1) {
            throw new IllegalArgumentException("learning rate " + peak + " over " + steps + " steps");
        }
        if (!(warmup >= 0 && warmup <= 1 && floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException("warm-up " + warmup + " and floor " + floor + " must be shares, 0 to 1");
        }
    }

    /// Factors on a rate that is given elsewhere: to 1, then along half a cosine to 0.
    public static LearningRate cosine(long steps, double warmup) {
        return new LearningRate(1, steps, warmup, Decay.COSINE, 0);
    }

    /// Factors on a rate that is given elsewhere: to 1, then along a line to 0.
    public static LearningRate linear(long steps, double warmup) {
        return new LearningRate(1, steps, warmup, Decay.LINEAR, 0);
    }

    /// @param step counted from 0
    /// @return the rate of this step: above 0 at the first, the peak at the end of the warm-up,
    ///     the floor from
    ///     `steps` on
    public double at(long step) {
        if (step < 0) {
            throw new IllegalArgumentException("step " + step);
        }
        long rising = Math.round(warmup * steps);
        if (step < rising) {
            return peak * (step + 1) / rising;
        }
        double progress = Math.min(1, (double) (step - rising) / Math.max(1, steps - rising));
        double share = switch (decay) {
            case CONSTANT -> 1;
            case LINEAR -> 1 - progress;
            case COSINE -> (1 + Math.cos(Math.PI * progress)) / 2;
        };
        return decay == Decay.CONSTANT ? peak : peak * (floor + (1 - floor) * share);
    }
}
