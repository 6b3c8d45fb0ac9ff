package org.cl2cm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.nn.Bert;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.MaskedWordHead;
import org.cl2cm.model.nn.Padding;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.TensorFile;
import org.cl2cm.model.nn.Tensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The real model against golden values of `src/test/python/mbert_golden.py`, which computes in
/// float64.
@Tag("network")
class MultilingualBertGoldenTest {
    private static Path folder = Path.of("");

    @BeforeAll
    static void get() throws IOException {
        folder = MultilingualBert.get(CacheFolder.home(), ProgressListener.NONE);
    }

    private static JsonNode golden(String name) throws IOException {
        try (InputStream in = Optional.ofNullable(MultilingualBertGoldenTest.class.getResourceAsStream(name))
                .orElseThrow(() -> new IOException(name + " is missing"))) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static int[] ids(JsonNode array) {
        return IntStream.range(0, array.size())
                .map(i -> array.get(i).intValue())
                .toArray();
    }

    @Test
    void tokensAgreeInTwelveScripts() throws IOException {
        JsonNode golden = golden("mbert-tokens.json");
        assertThat(golden.size()).isGreaterThanOrEqualTo(12);
        List<String> texts = new ArrayList<>();
        golden.forEach(entry -> texts.add(entry.get("text").textValue()));
        try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
            int[][] tokens = tokenizer.encode(texts, 512);
            for (int i = 0; i < tokens.length; i++) {
                assertThat(tokens[i])
                        .as("%s: %s", golden.get(i).get("script").textValue(), texts.get(i))
                        .containsExactly(ids(golden.get(i).get("ids")));
            }
        }
    }

    @Test
    void hiddenStatesAgree() throws IOException {
        double worst = 0;
        BertConfig config = BertConfig.read(folder);
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard();
                TensorFile weights = TensorFile.open(folder.resolve("model.safetensors"))) {
            Bert bert = Bert.load(config, weights, 12, Precision.FLOAT32);
            JsonNode golden = golden("mbert-hidden.json");
            int[][] rows = new int[golden.size()][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = ids(golden.get(i).get("ids"));
            }
            // One batch of unlike lengths: padding must change nothing.
            int[] lengths =
                    IntStream.range(0, rows.length).map(i -> rows[i].length).toArray();
            int length = IntStream.of(lengths).max().orElseThrow();
            Tensor padding = Padding.bias(lengths, length);
            Tensor states = bert.embed(batch(rows, length));
            for (int layer = 0; layer <= 12; layer++) {
                states = layer == 0 ? states : bert.run(states, padding, layer - 1, layer);
                float[] values = Tensors.floats(states);
                for (int row = 0; row < rows.length; row++) {
                    for (JsonNode expected : golden.get(row).get("layers")) {
                        if (expected.get("layer").intValue() == layer) {
                            int from = row * length * config.hidden();
                            worst = Math.max(
                                    worst,
                                    difference(expected, golden.get(row).get("positions"), values, from, config));
                            checkMoments(expected, values, from, lengths[row] * config.hidden());
                        }
                    }
                }
            }
        }
        System.err.println("mBERT: largest difference of a hidden state to float64: " + worst);
        assertThat(worst).isLessThan(1e-4);
    }

    private static Tensor batch(int[][] rows, int length) {
        long[] ids = new long[rows.length * length];
        for (int row = 0; row < rows.length; row++) {
            for (int i = 0; i < rows[row].length; i++) {
                ids[row * length + i] = rows[row][i];
            }
        }
        return Tensors.of(ids, rows.length, length);
    }

    private static double difference(
            JsonNode expected, JsonNode positions, float[] values, int from, BertConfig config) {
        double worst = 0;
        for (int p = 0; p < positions.size(); p++) {
            JsonNode row = expected.get("values").get(p);
            assertThat(row.size()).isEqualTo(16);
            for (int i = 0; i < row.size(); i++) {
                double found = values[from + positions.get(p).intValue() * config.hidden() + i];
                worst = Math.max(worst, Math.abs(found - row.get(i).doubleValue()));
            }
        }
        return worst;
    }

    private static void checkMoments(JsonNode expected, float[] values, int from, int count) {
        double sum = 0;
        double squares = 0;
        for (int i = from; i < from + count; i++) {
            sum += values[i];
            squares += (double) values[i] * values[i];
        }
        double mean = sum / count;
        assertThat(mean).isCloseTo(expected.get("mean").doubleValue(), within(1e-5));
        assertThat(Math.sqrt(squares / count - mean * mean))
                .isCloseTo(expected.get("deviation").doubleValue(), within(1e-5));
    }

    @Test
    void guessesMaskedWords() throws IOException {
        BertConfig config = BertConfig.read(folder);
        JsonNode golden = golden("mbert-masked.json");
        List<String> first = new ArrayList<>();
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard();
                TextTokenizer tokenizer = TextTokenizer.open(folder);
                TensorFile weights = TensorFile.open(folder.resolve("model.safetensors"))) {
            Bert bert = Bert.load(config, weights, 12, Precision.FLOAT32);
            MaskedWordHead head = MaskedWordHead.load(config, weights);
            for (JsonNode expected : golden) {
                int[] tokens = tokenizer.encode(List.of(expected.get("text").textValue()), 512)[0];
                int at = expected.get("position").intValue();
                assertThat(tokens[at]).isEqualTo(tokenizer.maskId());
                Tensor padding = Padding.bias(new int[] {tokens.length}, tokens.length);
                Tensor states = bert.run(bert.embed(batch(new int[][] {tokens}, tokens.length)), padding, 0, 12);
                float[] logits = Tensors.floats(head.forward(states.select(1, at)));
                for (JsonNode guess : expected.get("guesses")) {
                    assertThat((double) logits[guess.get("id").intValue()])
                            .as(expected.get("text").textValue())
                            .isCloseTo(guess.get("logit").doubleValue(), within(1e-3));
                }
                int best = IntStream.range(0, logits.length)
                        .reduce((a, b) -> logits[a] >= logits[b] ? a : b)
                        .orElseThrow();
                assertThat(best)
                        .isEqualTo(expected.get("guesses").get(0).get("id").intValue());
                first.addAll(tokenizer.pieces(new int[] {best}));
            }
        }
        assertThat(first).startsWith("France").contains("都");
    }
}
