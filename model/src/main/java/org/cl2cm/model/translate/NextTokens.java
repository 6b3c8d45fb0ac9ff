package org.cl2cm.model.translate;

import java.io.IOException;

/// What a decoder thinks of the next token.
interface NextTokens {
    /// Scores of every token as the next of each row.
    ///
    /// @param rows the tokens of each row so far, all of one length, which grows by one from call to
    ///     call
    /// @param from the row of the call before that each row continues
    /// @return logits, `[rows][vocabulary]`; the caller may change them
    float[][] logits(int[][] rows, int[] from) throws IOException;
}
