package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;
import org.junit.jupiter.api.Test;

class BatchEncoderTest {
    private static final int HIDDEN = 6;

    private static final List<String> TEXTS = List.of("seven77", "three", "eleven chars", "four", "nine nine", "two 2");

    /// States that depend on text and place alone; a text has as many tokens as letters.
    private record Letters() implements StateSource {
        @Override
        public int hidden() {
            return HIDDEN;
        }

        @Override
        public int length(String text) {
            return text.length();
        }

        @Override
        public TokenStates gather(List<String> texts, int[][] kept) {
            int[] lengths =
                    Arrays.stream(kept).mapToInt(places -> places.length).toArray();
            int longest = Arrays.stream(lengths).max().orElseThrow();
            float[] states = new float[texts.size() * longest * HIDDEN];
            for (int text = 0; text < lengths.length; text++) {
                for (int token = 0; token < lengths[text]; token++) {
                    Random random = new Random(texts.get(text).hashCode() * 31L + kept[text][token]);
                    for (int h = 0; h < HIDDEN; h++) {
                        states[(text * longest + token) * HIDDEN + h] = (float) random.nextGaussian();
                    }
                }
            }
            return new TokenStates(Tensors.of(states, lengths.length, longest, HIDDEN), lengths);
        }

        @Override
        public void close() {}
    }

    private static TextTower tower() throws IOException {
        return new TextTower(
                new TextTower.Config(0, 0, 5, 0, 1, 0, TextTower.Pooling.MEAN_MAX, 4),
                new BertConfig(1, HIDDEN, 1, HIDDEN, 1, 32, 1, 1e-12, 0),
                (name, shape) -> {
                    throw new IOException(name);
                },
                new Parameters(1),
                "");
    }

    private static BatchEncoder encoder(int buckets) {
        return new BatchEncoder(new Letters(), Precision.FLOAT32, buckets, 0);
    }

    private static float[] row(Tensor tensor, long row) {
        return Tensors.floats(tensor.select(0, row));
    }

    @Test
    void theResultDoesNotDependOnTheParts() throws IOException {
        TextTower tower = tower();
        float[] whole = Tensors.floats(encoder(1).sentences(tower, TEXTS));
        for (int buckets : new int[] {2, 3, 16}) {
            float[] parts = Tensors.floats(encoder(buckets).sentences(tower, TEXTS));
            for (int i = 0; i < whole.length; i++) {
                assertThat(parts[i]).isCloseTo(whole[i], within(1e-6f));
            }
        }
    }

    @Test
    void wordsOfSomeTextsAreThoseOfAll() throws IOException {
        TextTower tower = tower();
        BatchEncoder.Encoded all = encoder(3).words(tower, TEXTS);
        int[] wanted = {4, 0, 3};
        BatchEncoder.Encoded some = encoder(3).words(tower, TEXTS, wanted, new Random(1));

        assertThat(some.sentences().size(0)).isEqualTo(TEXTS.size());
        assertThat(some.words().size(0)).isEqualTo(wanted.length);
        assertThat(some.words().size(1)).as("padded to the longest wanted").isEqualTo("nine nine".length());
        for (int i = 0; i < wanted.length; i++) {
            int tokens = TEXTS.get(wanted[i]).length();
            assertThat(Arrays.copyOf(row(some.words(), i), tokens * 5))
                    .containsExactly(Arrays.copyOf(row(all.words(), wanted[i]), tokens * 5), within(1e-6f));
            float[] mask = row(some.mask(), i);
            for (int token = 0; token < mask.length; token++) {
                assertThat(mask[token]).isEqualTo(token > 0 && token < tokens - 1 ? 1f : 0f);
            }
        }
    }
}
