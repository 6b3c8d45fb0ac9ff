package org.cl2cm.train.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransportPlanTest {
    private static final TransportPlan SHARP = new Sinkhorn(0.01, 500);

    static Stream<TransportPlan> plans() {
        return Stream.of(new Ipot(0.5, 200, 1), new Ipot(0.1, 100, 2), SHARP, new Sinkhorn(0.1, 100));
    }

    /// Costs in [0, 2] of a batch of one.
    private static float[] cost(long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 2 * random.nextFloat();
        }
        return values;
    }

    private static Tensor ones(int length) {
        float[] values = new float[length];
        Arrays.fill(values, 1);
        return Tensors.of(values, 1, length);
    }

    private static float[] plan(TransportPlan transport, float[] cost, int source, int target) {
        return Tensors.floats(transport.plan(Tensors.of(cost, 1, source, target), ones(source), ones(target)));
    }

    /// The algorithm as printed, with a plan for each pair of words.
    private static double[][] ipotInLoops(float[] cost, int n, int m, double beta, int iterations, int innerSteps) {
        double[][] plan = new double[n][m];
        double[] sigma = new double[m];
        double[] delta = new double[n];
        Arrays.fill(sigma, 1.0 / m);
        for (double[] row : plan) {
            Arrays.fill(row, 1);
        }
        for (int t = 0; t < iterations; t++) {
            double[][] q = new double[n][m];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < m; j++) {
                    q[i][j] = Math.exp(-cost[i * m + j] / beta) * plan[i][j];
                }
            }
            for (int k = 0; k < innerSteps; k++) {
                for (int i = 0; i < n; i++) {
                    double sum = 0;
                    for (int j = 0; j < m; j++) {
                        sum += q[i][j] * sigma[j];
                    }
                    delta[i] = 1 / (n * sum);
                }
                for (int j = 0; j < m; j++) {
                    double sum = 0;
                    for (int i = 0; i < n; i++) {
                        sum += q[i][j] * delta[i];
                    }
                    sigma[j] = 1 / (m * sum);
                }
            }
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < m; j++) {
                    plan[i][j] = delta[i] * q[i][j] * sigma[j];
                }
            }
        }
        return plan;
    }

    private static double[][] sinkhornInLoops(float[] cost, int n, int m, double epsilon, int iterations) {
        double[][] plan = new double[n][m];
        double[] u = new double[n];
        double[] v = new double[m];
        Arrays.fill(v, 1);
        for (int t = 0; t < iterations; t++) {
            for (int i = 0; i < n; i++) {
                double sum = 0;
                for (int j = 0; j < m; j++) {
                    sum += Math.exp(-cost[i * m + j] / epsilon) * v[j];
                }
                u[i] = 1 / (n * sum);
            }
            for (int j = 0; j < m; j++) {
                double sum = 0;
                for (int i = 0; i < n; i++) {
                    sum += Math.exp(-cost[i * m + j] / epsilon) * u[i];
                }
                v[j] = 1 / (m * sum);
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                plan[i][j] = u[i] * Math.exp(-cost[i * m + j] / epsilon) * v[j];
            }
        }
        return plan;
    }

    private static void assertSame(float[] actual, double[][] expected, double tolerance) {
        int m = expected[0].length;
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as("entry %d, %d", i / m, i % m)
                    .isCloseTo(expected[i / m][i % m], within(tolerance));
        }
    }

    @Test
    void agreesWithTheAlgorithmsInLoops() {
        for (int seed = 0; seed < 10; seed++) {
            int n = 2 + seed % 5;
            int m = 3 + seed % 4;
            float[] cost = cost(seed, n * m);
            assertSame(plan(new Ipot(0.5, 7, 1), cost, n, m), ipotInLoops(cost, n, m, 0.5, 7, 1), 1e-5);
            assertSame(plan(new Ipot(0.3, 4, 3), cost, n, m), ipotInLoops(cost, n, m, 0.3, 4, 3), 1e-5);
            assertSame(plan(Ipot.DEFAULT, cost, n, m), ipotInLoops(cost, n, m, 0.5, 50, 1), 1e-4);
            assertSame(plan(new Sinkhorn(0.2, 9), cost, n, m), sinkhornInLoops(cost, n, m, 0.2, 9), 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    void meetsTheMarginals(TransportPlan transport) {
        // Words and their translations, out of order and with noise, and one word more: what the plans are for.
        int n = 6;
        int m = 7;
        float[] cost = cost(5, n * m);
        for (int i = 0; i < n; i++) {
            cost[i * m + (2 * i) % m] = 0.1f;
        }
        float[] plan = plan(transport, cost, n, m);
        for (int i = 0; i < n; i++) {
            double row = 0;
            for (int j = 0; j < m; j++) {
                row += plan[i * m + j];
            }
            assertThat(row).as("row %d", i).isCloseTo(1.0 / n, within(1e-3));
        }
        for (int j = 0; j < m; j++) {
            double column = 0;
            for (int i = 0; i < n; i++) {
                column += plan[i * m + j];
            }
            assertThat(column).as("column %d", j).isCloseTo(1.0 / m, within(1e-5));
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    void permutingASentencePermutesThePlan(TransportPlan transport) {
        int n = 4;
        int m = 5;
        int[] order = {3, 0, 4, 1, 2};
        float[] cost = cost(11, n * m);
        float[] permuted = new float[cost.length];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                permuted[i * m + j] = cost[i * m + order[j]];
            }
        }
        float[] plan = plan(transport, cost, n, m);
        float[] other = plan(transport, permuted, n, m);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                assertThat(other[i * m + j]).isCloseTo(plan[i * m + order[j]], within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    void paddingAndTheRestOfTheBatchChangeNothing(TransportPlan transport) {
        int n = 3;
        int m = 4;
        float[] cost = cost(13, n * m);
        float[] alone = plan(transport, cost, n, m);
        // The second of a batch of two, its words from place 1 on, as after [CLS].
        int wide = 6;
        int wider = 8;
        float[] batch = cost(14, 2 * wide * wider);
        float[] sourceMask = {1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0};
        float[] targetMask = {1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0};
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                batch[wide * wider + (i + 1) * wider + j + 1] = cost[i * m + j];
            }
        }
        float[] padded = Tensors.floats(transport.plan(
                Tensors.of(batch, 2, wide, wider), Tensors.of(sourceMask, 2, wide), Tensors.of(targetMask, 2, wider)));
        for (int i = 0; i < wide; i++) {
            for (int j = 0; j < wider; j++) {
                float value = padded[wide * wider + i * wider + j];
                if (sourceMask[wide + i] * targetMask[wider + j] == 0) {
                    assertThat(value).as("pad %d, %d", i, j).isZero();
                } else {
                    assertThat(value).isCloseTo(alone[(i - 1) * m + j - 1], within(1e-6f));
                }
            }
        }
    }

    @Test
    void ipotAndASharpSinkhornAgreeOnEasyCases() {
        for (int seed = 0; seed < 5; seed++) {
            int n = 5;
            float[] cost = cost(seed, n * n);
            for (int i = 0; i < cost.length; i++) {
                cost[i] = 0.7f + 0.3f * cost[i];
            }
            int[] partner = {2, 4, 0, 3, 1};
            for (int i = 0; i < n; i++) {
                cost[i * n + partner[i]] = 0.05f * (i + 1);
            }
            float[] ipot = plan(Ipot.DEFAULT, cost, n, n);
            assertThat(ipot).containsExactly(plan(SHARP, cost, n, n), within(1e-3f));
            for (int i = 0; i < n; i++) {
                assertThat(ipot[i * n + partner[i]]).isCloseTo(1f / n, within(1e-3f));
            }
        }
    }

    @Test
    void staysFiniteForExtremeSettings() {
        for (TransportPlan transport :
                new TransportPlan[] {new Ipot(0.01, 50, 1), new Ipot(0.5, 1000, 1), new Sinkhorn(0.001, 100)}) {
            float[] plan = plan(transport, cost(17, 12 * 9), 12, 9);
            double sum = 0;
            for (float value : plan) {
                assertThat(value).isBetween(0f, 1f);
                sum += value;
            }
            assertThat(sum).as("mass of %s", transport).isCloseTo(1, within(1e-4));
        }
    }

    @Test
    void refusesMasksOfAnotherShape() {
        Tensor cost = Tensors.of(new float[6], 1, 2, 3);
        assertThatThrownBy(() -> Ipot.DEFAULT.plan(cost, ones(3), ones(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cost [1, 2, 3] with masks [1, 3] and [1, 3]");
        assertThatThrownBy(() -> new Ipot(0, 50, 1)).hasMessageContaining("beta 0.0");
        assertThatThrownBy(() -> new Sinkhorn(0.1, 0)).hasMessageContaining("0 iterations");
    }
}
