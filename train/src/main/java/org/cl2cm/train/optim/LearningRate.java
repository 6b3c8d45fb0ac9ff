package org.cl2cm.train.optim;

/// The factor on the learning rate at a step: a linear warm-up from nothing, then decay to nothing.
///
/// @param steps of the whole training
/// @param warmup share of the steps, 0 to 1
/// @param cosine whether the decay is a half cosine instead of a line
public record LearningRate(long steps, double warmup, boolean cosine) {
    public LearningRate {
        if (steps < 1 || warmup < 0 || warmup > 1) {
            throw new IllegalArgumentException(steps + " steps, warm-up " + warmup);
        }
    }

    public static LearningRate cosine(long steps, double warmup) {
        return new LearningRate(steps, warmup, true);
    }

    public static LearningRate linear(long steps, double warmup) {
        return new LearningRate(steps, warmup, false);
    }

    /// @param step from 0
    /// @return 0 to 1
    public double at(long step) {
        double rise = warmup * steps;
        if (step < rise) {
            return (step + 1) / (rise + 1);
        }
        double left = Math.max(0, (steps - step) / Math.max(1, steps - rise));
        return cosine ? 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, left)) : Math.min(1, left);
    }
}
