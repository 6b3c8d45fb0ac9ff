package org.cl2cm.bench.vectors;

import java.util.SplittableRandom;

/// A random rotation that takes `dimension log dimension` steps: rounds of turns of pairs of
/// coordinates, each time between others, with a shuffle between two rounds. Spreads what lies along
/// one axis over all coordinates, as those of a network's output are. Immutable.
final class Rotation {
    private static final int ROUNDS = 2;

    private final int dimension;
    private final int[][] shuffles = new int[ROUNDS][];
    private final float[][] cosines;
    private final float[][] sines;
    private final int stages;

    Rotation(int dimension, long seed) {
        this.dimension = dimension;
        this.stages = 32 - Integer.numberOfLeadingZeros(Math.max(0, dimension - 1));
        this.cosines = new float[ROUNDS * stages][dimension];
        this.sines = new float[ROUNDS * stages][dimension];
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            shuffles[round] = shuffle(random, dimension);
        }
        for (int turn = 0; turn < cosines.length; turn++) {
            for (int i = 0; i < dimension; i++) {
                double angle = 2 * Math.PI * random.nextDouble();
                cosines[turn][i] = (float) Math.cos(angle);
                sines[turn][i] = (float) Math.sin(angle);
            }
        }
    }

    private static int[] shuffle(SplittableRandom random, int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /// Turns `vector` in place.
    ///
    /// @param space of the same length, overwritten
    void apply(float[] vector, float[] space) {
        for (int round = 0; round < ROUNDS; round++) {
            int[] shuffle = shuffles[round];
            for (int i = 0; i < dimension; i++) {
                space[i] = vector[shuffle[i]];
            }
            System.arraycopy(space, 0, vector, 0, dimension);
            for (int stage = 0; stage < stages; stage++) {
                turn(vector, 1 << stage, cosines[round * stages + stage], sines[round * stages + stage]);
            }
        }
    }

    private static void turn(float[] vector, int distance, float[] cosine, float[] sine) {
        for (int i = 0; i < vector.length; i++) {
            int j = i ^ distance;
            if (j > i && j < vector.length) {
                float x = vector[i];
                float y = vector[j];
                vector[i] = cosine[i] * x - sine[i] * y;
                vector[j] = sine[i] * x + cosine[i] * y;
            }
        }
    }
}
