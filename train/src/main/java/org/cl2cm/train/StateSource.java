package org.cl2cm.train;

import java.io.IOException;
import java.util.List;

/// Gives the output of the frozen layers for any text that it was prepared for.
interface StateSource extends AutoCloseable {
    /// Width of the states.
    int hidden();

    /// Tokens of `text`, special tokens included.
    int length(String text);

    /// The states of `texts`, in their order, padded to the longest.
    TokenStates gather(List<String> texts);

    @Override
    void close() throws IOException;
}
