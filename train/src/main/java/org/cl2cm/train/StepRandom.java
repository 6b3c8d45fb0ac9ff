package org.cl2cm.train;

import java.util.Random;

/// Random numbers of one step of many.
///
/// The first number of a `java.util.Random` hardly changes from one seed to the next: over a thousand
/// consecutive seeds it moves by less than a tenth, so that a coin thrown once a step falls on one side
/// all the way. The seed is therefore mixed first.
final class StepRandom {
    private StepRandom() {}

    /// @param seed may count up from step to step
    static Random of(long seed) {
        // The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
        long mixed = seed + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return new Random(mixed ^ (mixed >>> 31));
    }
}
