package org.cl2cm.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Tensors;
import org.junit.jupiter.api.Test;

class AdamWTest {
    private static final double RATE = 0.01;

    /// A small network: two matrices and a bias whose sizes are no multiples of the alignment.
    private static final class Network {
        final Parameters parameters;

        Network(long seed) {
            parameters = new Parameters(seed);
            parameters.normal("first", 0.5, 7, 5);
            parameters.normal("bias", 0.5, 7);
            parameters.normal("second", 0.5, 3, 7);
        }

        Tensor loss(float[] input) {
            Tensor x = Tensors.of(input, 4, 5);
            Tensor hidden = x.mm(parameters.get("first").t())
                    .add(parameters.get("bias"))
                    .tanh();
            Tensor out = hidden.mm(parameters.get("second").t());
            return out.mul(out).mean();
        }

        List<AdamW.Group> groups() {
            Map<String, Tensor> matrices = new LinkedHashMap<>();
            matrices.put("first", parameters.get("first"));
            matrices.put("second", parameters.get("second"));
            return List.of(
                    new AdamW.Group("matrices", matrices, 1, 0.1),
                    new AdamW.Group("biases", Map.of("bias", parameters.get("bias")), 2, 0));
        }

        float[] weights() {
            return concatenated(false);
        }

        float[] gradients() {
            return concatenated(true);
        }

        private float[] concatenated(boolean gradient) {
            float[] all = new float[35 + 7 + 21];
            int at = 0;
            for (Tensor tensor : parameters.all().values()) {
                float[] values = Tensors.floats(gradient ? tensor.grad() : tensor);
                System.arraycopy(values, 0, all, at, values.length);
                at += values.length;
            }
            return all;
        }
    }

    private static float[] input(long seed) {
        Random random = new Random(seed);
        float[] values = new float[20];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static void train(Network network, AdamW optimizer, int from, int to) {
        for (int step = from; step < to; step++) {
            try (PointerScope _ = new PointerScope()) {
                optimizer.zeroGradients();
                network.loss(input(step)).backward();
                optimizer.step(RATE);
            }
        }
    }

    @Test
    void theEngineAddsGradientsIntoTheFlatMemory() {
        Network plain = new Network(1);
        Network flat = new Network(1);
        try (AdamW optimizer = new AdamW(flat.groups())) {
            assertThat(flat.weights()).containsExactly(plain.weights());
            Tensor first = flat.parameters.get("first");
            long weights = first.data_ptr().address();
            long gradients = first.grad().data_ptr().address();
            plain.loss(input(0)).backward();
            flat.loss(input(0)).backward();
            assertThat(flat.gradients()).containsExactly(plain.gradients());

            plain.loss(input(1)).backward();
            flat.loss(input(1)).backward();
            assertThat(flat.gradients()).containsExactly(plain.gradients());
            double squares = 0;
            for (float value : plain.gradients()) {
                squares += value * value;
            }
            assertThat(optimizer.clip(Double.POSITIVE_INFINITY)).isCloseTo(Math.sqrt(squares), within(1e-6));

            train(flat, optimizer, 0, 5);
            assertThat(first.data_ptr().address()).isEqualTo(weights);
            assertThat(first.grad().data_ptr().address()).isEqualTo(gradients);
            assertThat(flat.weights()).isNotEqualTo(plain.weights());
        }
    }

    @Test
    void agreesWithTheFormulaInLoops() {
        Network network = new Network(2);
        float[] initial = network.weights();
        double[] w = new double[initial.length];
        for (int i = 0; i < w.length; i++) {
            w[i] = initial[i];
        }
        double[] m = new double[w.length];
        double[] v = new double[w.length];
        try (AdamW optimizer = new AdamW(network.groups(), 0.9, 0.98, 1e-6)) {
            for (int step = 1; step <= 20; step++) {
                optimizer.zeroGradients();
                network.loss(input(step)).backward();
                float[] g = network.gradients();
                optimizer.step(RATE);
                for (int i = 0; i < w.length; i++) {
                    boolean bias = i >= 35 && i < 42;
                    double rate = bias ? 2 * RATE : RATE;
                    w[i] -= rate * (bias ? 0 : 0.1) * w[i];
                    m[i] = 0.9 * m[i] + 0.1 * g[i];
                    v[i] = 0.98 * v[i] + 0.02 * g[i] * g[i];
                    double mean = m[i] / (1 - Math.pow(0.9, step));
                    double square = v[i] / (1 - Math.pow(0.98, step));
                    w[i] -= rate * mean / (Math.sqrt(square) + 1e-6);
                }
            }
            float[] weights = network.weights();
            for (int i = 0; i < w.length; i++) {
                assertThat((double) weights[i]).as("weight %d", i).isCloseTo(w[i], within(2e-5));
            }
            assertThat(optimizer.steps()).isEqualTo(20);
        }
    }

    @Test
    void agreesWithTheEnginesOwnAdamW() {
        Network ours = new Network(3);
        Network theirs = new Network(3);
        AdamWOptions options = new AdamWOptions(RATE);
        options.weight_decay().put(0.1);
        try (AdamW optimizer =
                        new AdamW(List.of(new AdamW.Group("all", ours.parameters.all(), 1, 0.1)), 0.9, 0.999, 1e-8);
                var engine = new org.bytedeco.pytorch.AdamW(
                        new TensorVector(theirs.parameters.all().values().toArray(new Tensor[0])), options)) {
            for (int step = 0; step < 20; step++) {
                engine.zero_grad();
                theirs.loss(input(step)).backward();
                engine.step();
            }
            train(ours, optimizer, 0, 20);
            assertThat(ours.weights()).containsExactly(theirs.weights(), within(1e-5f));
        }
    }

    @Test
    void clipsToTheNormAndReportsTheOneBefore() {
        Network network = new Network(4);
        try (AdamW optimizer = new AdamW(network.groups())) {
            network.loss(input(0)).backward();
            float[] before = network.gradients();
            double norm = optimizer.clip(0.01);
            assertThat(norm).isGreaterThan(0.01);
            float[] after = network.gradients();
            for (int i = 0; i < before.length; i++) {
                assertThat(after[i]).isCloseTo((float) (before[i] * 0.01 / norm), within(1e-7f));
            }
            assertThat(optimizer.clip(0.5)).isCloseTo(0.01, within(1e-6));
            assertThat(network.gradients()).containsExactly(after);
        }
    }

    @Test
    void reportsAGradientThatIsNotANumber() {
        Network network = new Network(5);
        try (AdamW optimizer = new AdamW(network.groups())) {
            float[] broken = input(0);
            broken[3] = Float.NaN;
            network.loss(broken).backward();
            assertThat(optimizer.clip(1)).isNaN();
            optimizer.zeroGradients();
            network.loss(input(0)).backward();
            assertThat(optimizer.clip(1)).isFinite();
        }
    }

    @Test
    void resumesBitForBit() {
        Network undisturbed = new Network(6);
        Network interrupted = new Network(6);
        try (AdamW optimizer = new AdamW(undisturbed.groups())) {
            train(undisturbed, optimizer, 0, 12);
        }
        Map<String, float[]> saved = new LinkedHashMap<>();
        long steps;
        try (AdamW optimizer = new AdamW(interrupted.groups())) {
            train(interrupted, optimizer, 0, 5);
            optimizer.state().forEach((name, tensor) -> saved.put(name, Tensors.floats(tensor)));
            steps = optimizer.steps();
        }
        assertThat(saved.keySet())
                .containsExactly("matrices.exp_avg", "matrices.exp_avg_sq", "biases.exp_avg", "biases.exp_avg_sq");
        Network resumed = new Network(99);
        GradMode.set_enabled(false);
        resumed.parameters.all().forEach((name, tensor) -> tensor.copy_(interrupted.parameters.get(name)));
        GradMode.set_enabled(true);
        try (AdamW optimizer = new AdamW(resumed.groups())) {
            Map<String, Tensor> state = new LinkedHashMap<>();
            saved.forEach((name, values) -> state.put(name, Tensors.of(values, values.length)));
            optimizer.restore(state, steps);
            train(resumed, optimizer, 5, 12);
        }
        assertThat(resumed.weights()).containsExactly(undisturbed.weights());
    }

    @Test
    void anUnusedParameterHasTheGradientZeroAndDecays() {
        Parameters parameters = new Parameters(7);
        Tensor used = parameters.constant("used", 2, 3);
        Tensor unused = parameters.constant("unused", 2, 3);
        try (AdamW optimizer = new AdamW(List.of(new AdamW.Group("all", parameters.all(), 1, 0.5)))) {
            used.sum().backward();
            optimizer.step(0.1);
            assertThat(Tensors.floats(unused)).containsExactly(new float[] {1.9f, 1.9f, 1.9f}, within(1e-6f));
            assertThat(Tensors.floats(used)).containsExactly(new float[] {1.8f, 1.8f, 1.8f}, within(1e-6f));
        }
    }

    @Test
    void worksOnGroupsLongerThanOnePiece() {
        Parameters parameters = new Parameters(8);
        Tensor large = parameters.constant("large", 1, 300_001);
        try (AdamW optimizer = new AdamW(List.of(new AdamW.Group("all", parameters.all(), 1, 0)))) {
            large.sum().backward();
            optimizer.step(0.25);
            float[] values = Tensors.floats(large);
            assertThat(values[0]).isCloseTo(0.75f, within(1e-6f));
            assertThat(values[300_000]).isEqualTo(values[0]);
            assertThat(values[262_144]).isEqualTo(values[0]);
        }
        assertThat(Tensors.floats(large.add(Tensors.scalar(1)))[300_000]).isCloseTo(1.75f, within(1e-6f));
    }

    @Test
    void refusesWhatItCannotWorkOn() {
        Network network = new Network(9);
        Tensor bias = network.parameters.get("bias");
        assertThatThrownBy(() -> new AdamW(List.of(
                        new AdamW.Group("a", Map.of("bias", bias), 1, 0),
                        new AdamW.Group("b", Map.of("bias", bias), 1, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bias stands twice");
        assertThatThrownBy(() -> new AdamW(List.of(new AdamW.Group(
                        "a", Map.of("constant", Tensors.of(new float[] {1}, 1)), 1, 0))))
                .hasMessageContaining("constant does not require a gradient");
        try (AdamW optimizer = new AdamW(network.groups())) {
            assertThatThrownBy(() -> optimizer.restore(Map.of(), 3)).hasMessageContaining("matrices.exp_avg");
            bias.mutable_grad().put(Tensors.of(new float[7], 7));
            assertThatThrownBy(optimizer::zeroGradients)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("gradient of bias");
        }
    }
}
