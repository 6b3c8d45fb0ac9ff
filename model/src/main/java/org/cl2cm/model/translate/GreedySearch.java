package org.cl2cm.model.translate;

import java.io.IOException;
import java.util.Arrays;

/// Takes the likeliest token each time; of several the one with the lowest id.
final class GreedySearch {
    private GreedySearch() {}

    /// @param sentences rows
    /// @return the tokens of each translation, start and end left out
    static int[][] run(NextTokens next, int sentences, GenerationSettings settings) throws IOException {
        TokenRules rules = new TokenRules(settings);
        int[][] rows = new int[sentences][];
        Arrays.setAll(rows, i -> new int[] {settings.start()});
        int[] lengths = new int[sentences];
        int[] from = new int[sentences];
        Arrays.setAll(from, i -> i);
        int open = sentences;
        for (int length = 1; length < settings.maxLength() && open > 0; length++) {
            float[][] logits = next.logits(rows, from);
            for (int i = 0; i < sentences; i++) {
                int token = settings.pad();
                if (lengths[i] == 0) {
                    rules.apply(rows[i], logits[i]);
                    token = largest(logits[i]);
                    if (settings.ends().contains(token)) {
                        lengths[i] = length;
                        open--;
                    }
                }
                rows[i] = Arrays.copyOf(rows[i], length + 1);
                rows[i][length] = token;
            }
        }
        int[][] translations = new int[sentences][];
        Arrays.setAll(translations, i -> Arrays.copyOfRange(rows[i], 1, lengths[i] == 0 ? rows[i].length : lengths[i]));
        return translations;
    }

    private static int largest(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }
}
