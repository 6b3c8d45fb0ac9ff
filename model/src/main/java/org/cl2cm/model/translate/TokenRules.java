package org.cl2cm.model.translate;

import java.util.Arrays;

/// Takes from the scores of a next token what the settings do not allow, in the order in which Hugging
/// Face's generation applies its processors.
final class TokenRules {
    private static final float NEVER = Float.NEGATIVE_INFINITY;

    private final GenerationSettings settings;

    TokenRules(GenerationSettings settings) {
        this.settings = settings;
    }

    /// Changes the scores of the token after `tokens` in place.
    ///
    /// @param scores logits or log probabilities
    void apply(int[] tokens, float[] scores) {
        withoutRepetition(tokens, scores);
        settings.banned().stream().filter(id -> id < scores.length).forEach(id -> scores[id] = NEVER);
        if (tokens.length < settings.minLength()) {
            settings.ends().forEach(id -> scores[id] = NEVER);
        }
        if (tokens.length == 1 && settings.forcedFirst().isPresent()) {
            only(settings.forcedFirst().getAsInt(), scores);
        }
        if (tokens.length == settings.maxLength() - 1 && settings.forcedLast().isPresent()) {
            only(settings.forcedLast().getAsInt(), scores);
        }
        if (settings.renormalize()) {
            logSoftmax(scores);
        }
    }

    private static void only(int token, float[] scores) {
        Arrays.fill(scores, NEVER);
        scores[token] = 0;
    }

    /// Bans every token that would end a sequence of `noRepeat` tokens that is there already.
    private void withoutRepetition(int[] tokens, float[] scores) {
        int n = settings.noRepeat();
        if (n == 0 || tokens.length + 1 < n) {
            return;
        }
        int end = tokens.length - n + 1;
        for (int i = 0; i < end; i++) {
            if (Arrays.equals(tokens, i, i + n - 1, tokens, end, tokens.length)) {
                scores[tokens[i + n - 1]] = NEVER;
            }
        }
    }

    /// Makes log probabilities of logits, in place.
    static void logSoftmax(float[] scores) {
        float most = NEVER;
        for (float score : scores) {
            most = Math.max(most, score);
        }
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score - most);
        }
        float log = (float) (most + Math.log(sum));
        for (int i = 0; i < scores.length; i++) {
            scores[i] -= log;
        }
    }
}
