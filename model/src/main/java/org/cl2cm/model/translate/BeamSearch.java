package org.cl2cm.model.translate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Beam search as Hugging Face's `BeamSearchScorer` does it: each step keeps the `beams` best open
/// hypotheses of the 2 x `beams` best continuations; a continuation that ends counts as finished when
/// it is among the best `beams`; a finished hypothesis is worth its log probability divided by (tokens
/// with the end, without the start) to the power of the length penalty. Ties go to the better beam,
/// then to the lower token.
final class BeamSearch {
    /// Keeps the beams that copy the first one at the start out of the race.
    private static final double OUT = -1e9;

    /// A continuation of a beam.
    private record Candidate(double score, int beam, int token) {}

    /// A finished translation.
    private record Hypothesis(double score, int[] tokens) {}

    private final NextTokens next;
    private final GenerationSettings settings;
    private final TokenRules rules;
    private final int beams;
    private final int[][] rows;
    private final int[] from;
    private final double[] scores;
    private final List<List<Hypothesis>> finished = new ArrayList<>();
    private final boolean[] done;

    private BeamSearch(NextTokens next, int sentences, GenerationSettings settings) {
        this.next = next;
        this.settings = settings;
        this.rules = new TokenRules(settings);
        this.beams = settings.beams();
        this.rows = new int[sentences * beams][];
        Arrays.setAll(rows, i -> new int[] {settings.start()});
        this.from = new int[rows.length];
        Arrays.setAll(from, i -> i);
        this.scores = new double[rows.length];
        Arrays.setAll(scores, i -> i % beams == 0 ? 0 : OUT);
        this.done = new boolean[sentences];
        for (int i = 0; i < sentences; i++) {
            finished.add(new ArrayList<>());
        }
    }

    /// @param next sees `beams` rows a sentence, one after another
    /// @return the tokens of the best translation of each sentence, start and end left out
    static int[][] run(NextTokens next, int sentences, GenerationSettings settings) throws IOException {
        return new BeamSearch(next, sentences, settings).search();
    }

    private int[][] search() throws IOException {
        int length = 1;
        while (length < settings.maxLength() && !allDone()) {
            float[][] logits = next.logits(rows, from);
            int[][] before = rows.clone();
            for (int sentence = 0; sentence < done.length; sentence++) {
                if (done[sentence]) {
                    for (int beam = 0; beam < beams; beam++) {
                        extend(before, sentence * beams + beam, sentence * beams + beam, settings.pad());
                    }
                } else {
                    step(sentence, before, logits);
                }
            }
            length++;
        }
        int[][] best = new int[done.length][];
        Arrays.setAll(best, this::best);
        return best;
    }

    private boolean allDone() {
        for (boolean one : done) {
            if (!one) {
                return false;
            }
        }
        return true;
    }

    private void extend(int[][] before, int row, int parent, int token) {
        int length = before[parent].length;
        rows[row] = Arrays.copyOf(before[parent], length + 1);
        rows[row][length] = token;
        from[row] = parent;
    }

    private void step(int sentence, int[][] before, float[][] logits) {
        int first = sentence * beams;
        int length = before[first].length;
        List<Candidate> candidates = candidates(first, before, logits);
        double[] old = Arrays.copyOfRange(scores, first, first + beams);
        int kept = 0;
        for (int rank = 0; rank < candidates.size() && kept < beams; rank++) {
            Candidate candidate = candidates.get(rank);
            if (settings.ends().contains(candidate.token())) {
                if (rank < beams) {
                    finish(sentence, candidate.score(), before[first + candidate.beam()], length);
                }
            } else {
                extend(before, first + kept, first + candidate.beam(), candidate.token());
                scores[first + kept] = candidate.score();
                kept++;
            }
        }
        // More ends than tokens: nothing is left to go on with.
        for (; kept < beams; kept++) {
            extend(before, first + kept, first + kept, settings.pad());
            scores[first + kept] = Math.min(old[kept], OUT);
        }
        done[sentence] = isDone(finished.get(sentence), candidates.getFirst().score(), length);
    }

    /// The best 2 x `beams` continuations, best first.
    private List<Candidate> candidates(int first, int[][] before, float[][] logits) {
        Comparator<Candidate> order = Comparator.comparingDouble(Candidate::score)
                .thenComparing(Comparator.comparingInt(Candidate::beam).reversed())
                .thenComparing(Comparator.comparingInt(Candidate::token).reversed());
        PriorityQueue<Candidate> best = new PriorityQueue<>(order);
        for (int beam = 0; beam < beams; beam++) {
            float[] likely = logits[first + beam];
            TokenRules.logSoftmax(likely);
            rules.apply(before[first + beam], likely);
            for (int token = 0; token < likely.length; token++) {
                double score = scores[first + beam] + likely[token];
                if (best.size() < 2 * beams) {
                    best.add(new Candidate(score, beam, token));
                } else if (score > best.element().score()) {
                    best.remove();
                    best.add(new Candidate(score, beam, token));
                }
            }
        }
        List<Candidate> sorted = new ArrayList<>(best);
        sorted.sort(order.reversed());
        return sorted;
    }

    /// @param length tokens with the start; with the end in its place
    private void finish(int sentence, double logProbability, int[] tokens, int length) {
        List<Hypothesis> all = finished.get(sentence);
        double score = logProbability / Math.pow(length, settings.lengthPenalty());
        if (all.size() < beams || score > all.getLast().score()) {
            all.add(new Hypothesis(score, Arrays.copyOfRange(tokens, 1, tokens.length)));
            all.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
            if (all.size() > beams) {
                all.removeLast();
            }
        }
    }

    private boolean isDone(List<Hypothesis> all, double best, int length) {
        if (all.size() < beams) {
            return false;
        }
        double attainable = switch (settings.stopping()) {
            case EARLY -> Double.NEGATIVE_INFINITY;
            case USUAL -> best / Math.pow(length, settings.lengthPenalty());
            case NEVER ->
                best
                        / Math.pow(
                                settings.lengthPenalty() > 0 ? settings.maxLength() - 1 : length,
                                settings.lengthPenalty());
        };
        return all.getLast().score() >= attainable;
    }

    /// Those that never ended are taken as they are.
    private int[] best(int sentence) {
        if (!done[sentence]) {
            for (int row = sentence * beams; row < (sentence + 1) * beams; row++) {
                finish(sentence, scores[row], rows[row], rows[row].length - 1);
            }
        }
        return finished.get(sentence).getFirst().tokens();
    }
}
