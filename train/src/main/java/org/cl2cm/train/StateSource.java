package org.cl2cm.train;

import java.io.IOException;
import java.util.List;

/// Gives the output of the frozen layers for any text that it was prepared for.
interface StateSource extends AutoCloseable {
    /// Width of the states.
    int hidden();

    /// Tokens of `text`, special tokens included.
    int length(String text);

    /// The states of some tokens of `texts`, in their order, padded to the most.
    ///
    /// @param kept for each text the places of the tokens that are wanted, ascending
    TokenStates gather(List<String> texts, int[][] kept);

    @Override
    void close() throws IOException;
}
