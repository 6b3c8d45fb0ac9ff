package org.cl2cm.train;

import java.io.IOException;
import java.util.List;
import java.util.Random;

/// What a stage of a run is, for [Steps] to go through: the teacher's, the student's, the re-ranker's.
interface Stage {
    /// Where a step stands in its stage.
    ///
    /// @param step from 0
    /// @param batches of an epoch, each a step
    record Place(long step, int batches, int epochs) {
        /// The share of the stage's steps that are done.
        double progress() {
            return (double) step / ((long) batches * epochs);
        }
    }

    /// Stages of other numbers draw other random numbers.
    int number();

    int epochs();

    /// The highest rate.
    double rate();

    /// The batches of an epoch, in their order.
    List<List<Triplet>> batches(int epoch);

    /// What a step makes smaller.
    ///
    /// @param random of this step
    LossParts.Sum loss(List<Triplet> batch, Place place, Random random);

    /// After the step's update.
    default void follow() {}

    /// Looks at what the epoch that has just ended brought.
    ///
    /// @return the state to go on from
    TrainerState endEpoch(TrainerState state) throws IOException;

    /// True when no further epoch is wanted, though there are some left.
    default boolean isSettled(TrainerState state) {
        return false;
    }
}
