package org.cl2cm.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.cl2cm.model.TextTokenizer;
import org.cl2cm.model.nn.CrossLingualNetwork;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.train.losses.WordAlignmentLoss;

/// Which words of a sentence the teacher's transport plan ties to which words of its translation.
///
/// @param source words of the sentence, pieces joined
/// @param target words of the translation
/// @param shares of each source word, where it is carried to; a row sums to 1,
///     `[source.size()][target.size()]`
record Alignment(List<String> source, List<String> target, double[][] shares) {
    private static final String GOES_ON = "##";

    /// @param maxLength at which texts were cut, special tokens included
    static Alignment of(
            CrossLingualNetwork teacher,
            BatchEncoder encoder,
            TextTokenizer tokenizer,
            int maxLength,
            WordAlignmentLoss words,
            String source,
            String target) {
        List<List<Integer>> s = new ArrayList<>();
        List<List<Integer>> t = new ArrayList<>();
        List<String> from = words(pieces(tokenizer, source, maxLength), s);
        List<String> to = words(pieces(tokenizer, target, maxLength), t);
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            BatchEncoder.Encoded both = encoder.words(teacher.text(), List.of(source, target));
            int length = (int) both.words().size(1);
            float[] plan = Tensors.floats(words.alignment(
                    both.words().narrow(0, 0, 1),
                    both.mask().narrow(0, 0, 1),
                    both.words().narrow(0, 1, 1),
                    both.mask().narrow(0, 1, 1)));
            double[][] shares = new double[from.size()][to.size()];
            for (int a = 0; a < shares.length; a++) {
                for (int b = 0; b < shares[a].length; b++) {
                    for (int i : s.get(a)) {
                        for (int j : t.get(b)) {
                            // Place 0 is the special token before the first piece.
                            shares[a][b] += plan[(i + 1) * length + j + 1];
                        }
                    }
                }
                double sum = Arrays.stream(shares[a]).sum();
                for (int b = 0; b < shares[a].length && sum > 0; b++) {
                    shares[a][b] /= sum;
                }
            }
            return new Alignment(from, to, shares);
        }
    }

    private static List<String> pieces(TextTokenizer tokenizer, String text, int maxLength) {
        List<String> all = tokenizer.pieces(tokenizer.encode(List.of(text), maxLength)[0]);
        return all.subList(1, all.size() - 1);
    }

    /// Joins pieces to words.
    ///
    /// @param places takes the places of each word's pieces
    private static List<String> words(List<String> pieces, List<List<Integer>> places) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            String piece = pieces.get(i);
            if (piece.startsWith(GOES_ON) && !words.isEmpty()) {
                words.set(words.size() - 1, words.getLast() + piece.substring(GOES_ON.length()));
                places.getLast().add(i);
            } else {
                words.add(piece);
                places.add(new ArrayList<>(List.of(i)));
            }
        }
        return words;
    }

    /// `dog → 狗 0.93`, a line for each source word, its likeliest target.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int a = 0; a < source.size(); a++) {
            double[] row = shares[a];
            int best = IntStream.range(0, row.length)
                    .reduce((x, y) -> row[y] > row[x] ? y : x)
                    .orElseThrow();
            lines.add(String.format(java.util.Locale.ROOT, "%s → %s %.2f", source.get(a), target.get(best), row[best]));
        }
        return lines;
    }
}
