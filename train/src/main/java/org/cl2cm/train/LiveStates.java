package org.cl2cm.train;

import java.util.Arrays;
import java.util.List;
import org.cl2cm.model.nn.FrozenPrefix;

/// Runs the frozen layers anew for every batch: used where nothing is frozen but the embeddings, which
/// costs less to compute than to store.
final class LiveStates implements StateSource {
    private final FrozenPrefix prefix;

    LiveStates(FrozenPrefix prefix) {
        this.prefix = prefix;
    }

    @Override
    public int hidden() {
        return prefix.bert().config().hidden();
    }

    @Override
    public int length(String text) {
        return prefix.tokens(List.of(text))[0].length;
    }

    @Override
    public TokenStates gather(List<String> texts, int[][] kept) {
        int[][] tokens = prefix.tokens(texts);
        for (int i = 0; i < tokens.length; i++) {
            int[] all = tokens[i];
            tokens[i] = Arrays.stream(kept[i]).map(place -> all[place]).toArray();
        }
        return new TokenStates(
                prefix.states(tokens),
                Arrays.stream(tokens).mapToInt(row -> row.length).toArray());
    }

    @Override
    public void close() {}
}
