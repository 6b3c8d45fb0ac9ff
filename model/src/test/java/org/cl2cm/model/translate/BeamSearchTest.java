package org.cl2cm.model.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.cl2cm.model.translate.GenerationSettings.Stopping;
import org.junit.jupiter.api.Test;

class BeamSearchTest {
    private static final int END = TinyTranslationModel.END;

    private static GenerationSettings settings(int beams, int maxLength, double penalty, Stopping stopping) {
        return new GenerationSettings(
                TinyTranslationModel.PAD,
                Set.of(END),
                TinyTranslationModel.PAD,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Set.of(TinyTranslationModel.PAD),
                0,
                maxLength,
                beams,
                penalty,
                stopping,
                0,
                false);
    }

    private static NextTokens next(TinyTranslationModel model, int[][] sources, int beams) {
        return (rows, from) -> {
            float[][] logits = new float[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                logits[i] = model.logits(sources[i / beams], rows[i]);
            }
            return logits;
        };
    }

    /// A row of tokens with its log probability, or a finished one with its score.
    private record Row(int[] tokens, double score) {}

    /// The search of one sentence, with every candidate in one sorted list.
    private static int[] naive(TinyTranslationModel model, int[] source, GenerationSettings settings) {
        TokenRules rules = new TokenRules(settings);
        List<Row> open = new ArrayList<>();
        for (int i = 0; i < settings.beams(); i++) {
            open.add(new Row(new int[] {settings.start()}, i == 0 ? 0 : -1e9));
        }
        List<Row> finished = new ArrayList<>();
        boolean done = false;
        for (int length = 1; length < settings.maxLength() && !done; length++) {
            List<Row> candidates = new ArrayList<>();
            for (Row row : open) {
                float[] scores = model.logits(source, row.tokens());
                TokenRules.logSoftmax(scores);
                rules.apply(row.tokens(), scores);
                for (int token = 0; token < scores.length; token++) {
                    int[] tokens = Arrays.copyOf(row.tokens(), length + 1);
                    tokens[length] = token;
                    candidates.add(new Row(tokens, row.score() + scores[token]));
                }
            }
            candidates.sort(Comparator.comparingDouble(Row::score).reversed());
            open.clear();
            for (int rank = 0; rank < 2 * settings.beams() && open.size() < settings.beams(); rank++) {
                Row row = candidates.get(rank);
                if (row.tokens()[length] != END) {
                    open.add(row);
                } else if (rank < settings.beams()) {
                    keep(finished, row.score(), Arrays.copyOf(row.tokens(), length), length, settings);
                }
            }
            double worst = finished.isEmpty() ? 0 : finished.getLast().score();
            double power = settings.stopping() == Stopping.NEVER && settings.lengthPenalty() > 0
                    ? settings.maxLength() - 1
                    : length;
            done = finished.size() == settings.beams()
                    && (settings.stopping() == Stopping.EARLY
                            || worst >= candidates.getFirst().score() / Math.pow(power, settings.lengthPenalty()));
        }
        if (!done) {
            for (Row row : open) {
                keep(finished, row.score(), row.tokens(), row.tokens().length - 1, settings);
            }
        }
        int[] best = finished.getFirst().tokens();
        return Arrays.copyOfRange(best, 1, best.length);
    }

    private static void keep(
            List<Row> finished, double logProbability, int[] tokens, int length, GenerationSettings settings) {
        finished.add(new Row(tokens, logProbability / Math.pow(length, settings.lengthPenalty())));
        finished.sort(Comparator.comparingDouble(Row::score).reversed());
        if (finished.size() > settings.beams()) {
            finished.removeLast();
        }
    }

    @Test
    void findsWhatTheNaiveSearchFinds() throws IOException {
        int longer = 0;
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            TinyTranslationModel model = TinyTranslationModel.random(seed, 3 + random.nextInt(8));
            int beams = 2 + random.nextInt(4);
            double penalty = new double[] {0, 0.6, 1, 2, -0.5}[random.nextInt(5)];
            Stopping stopping =
                    List.of(Stopping.EARLY, Stopping.USUAL, Stopping.NEVER).get(random.nextInt(3));
            GenerationSettings settings = settings(beams, 3 + random.nextInt(7), penalty, stopping);
            int[][] sources = {{3}, {4, 3, 5}, {5, 5}, {3, 4}};
            int[][] found = BeamSearch.run(next(model, sources, beams), sources.length, settings);
            for (int i = 0; i < sources.length; i++) {
                assertThat(found[i])
                        .as("seed %d, source %d, %s", seed, i, settings)
                        .containsExactly(naive(model, sources[i], settings));
                longer += found[i].length > 2 ? 1 : 0;
            }
        }
        assertThat(longer).as("translations of three words or more").isGreaterThan(60);
    }

    @Test
    void aBeamThatHoldsEverythingFindsTheBestOfAll() throws IOException {
        for (int seed = 0; seed < 10; seed++) {
            TinyTranslationModel model = TinyTranslationModel.random(100 + seed, 2);
            GenerationSettings settings = settings(400, 5, 1, Stopping.NEVER);
            int[] source = {3, 4};
            List<Row> all = new ArrayList<>();
            every(model, source, settings, new Row(new int[] {settings.start()}, 0), all);
            int[] best = all.stream()
                    .max(Comparator.comparingDouble(Row::score))
                    .orElseThrow()
                    .tokens();
            assertThat(BeamSearch.run(next(model, new int[][] {source}, 400), 1, settings)[0])
                    .as("seed %d", seed)
                    .containsExactly(Arrays.copyOfRange(best, 1, best.length));
        }
    }

    private static void every(
            TinyTranslationModel model, int[] source, GenerationSettings settings, Row row, List<Row> all) {
        int length = row.tokens().length;
        if (length == settings.maxLength()) {
            all.add(new Row(row.tokens(), row.score() / (length - 1)));
            return;
        }
        float[] scores = model.logits(source, row.tokens());
        TokenRules.logSoftmax(scores);
        new TokenRules(settings).apply(row.tokens(), scores);
        for (int token = 0; token < scores.length; token++) {
            double score = row.score() + scores[token];
            if (token == END) {
                all.add(new Row(row.tokens(), score / length));
            } else if (token != TinyTranslationModel.PAD) {
                int[] tokens = Arrays.copyOf(row.tokens(), length + 1);
                tokens[length] = token;
                every(model, source, settings, new Row(tokens, score), all);
            }
        }
    }

    @Test
    void rulesTakeWhatTheSettingsForbid() {
        GenerationSettings settings = new GenerationSettings(
                0,
                Set.of(1),
                0,
                OptionalInt.of(5),
                OptionalInt.of(1),
                Set.of(0, 4),
                4,
                8,
                1,
                1,
                Stopping.USUAL,
                2,
                false);
        TokenRules rules = new TokenRules(settings);
        assertThat(after(rules, 0)).as("the forced first token").containsExactly(5);
        assertThat(after(rules, 0, 5)).as("neither banned nor the end").containsExactly(2, 3, 5);
        assertThat(after(rules, 0, 5, 3, 5)).as("no pair twice").containsExactly(1, 2, 5);
        assertThat(after(rules, 0, 5, 3, 5, 2, 2, 3))
                .as("the forced last token")
                .containsExactly(1);
    }

    private static List<Integer> after(TokenRules rules, int... tokens) {
        float[] scores = new float[6];
        rules.apply(tokens, scores);
        List<Integer> possible = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] > Float.NEGATIVE_INFINITY) {
                possible.add(i);
            }
        }
        return possible;
    }

    @Test
    void renormalizedScoresAreADistribution() {
        GenerationSettings settings = new GenerationSettings(
                0,
                Set.of(1),
                0,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Set.of(0),
                0,
                8,
                1,
                1,
                Stopping.USUAL,
                0,
                true);
        float[] scores = {3, 1, 2, 1.5f};
        TokenRules.logSoftmax(scores);
        new TokenRules(settings).apply(new int[] {0}, scores);
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score);
        }
        assertThat(sum).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-6));
        assertThat(scores[0]).isEqualTo(Float.NEGATIVE_INFINITY);
    }
}
