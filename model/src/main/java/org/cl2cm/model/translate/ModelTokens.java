package org.cl2cm.model.translate;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import org.cl2cm.model.TextTokenizer;

/// The tokens of a translation model.
interface ModelTokens extends AutoCloseable {
    /// @return ids without special tokens, one row a text
    int[][] words(List<String> texts);

    /// The text that `ids` stand for, special tokens left out.
    String text(int[] ids);

    /// The id of a token as it stands in the vocabulary, e.g. `__en__`.
    OptionalInt id(String piece);

    /// Tokens that stand for no word.
    Collection<String> specialPieces();

    /// Every token.
    List<String> allPieces();

    /// Changes with everything that changes the tokens.
    String fingerprint();

    @Override
    void close();

    /// Those of `tokenizer.json`, or of `source.spm` and `vocab.json` as Marian models have them.
    ///
    /// @throws org.cl2cm.data.DataException when the folder has neither, or one that cannot be read
    static ModelTokens open(java.nio.file.Path folder) throws IOException {
        return MarianTokens.areIn(folder) ? MarianTokens.open(folder) : of(TextTokenizer.open(folder));
    }

    private static ModelTokens of(TextTokenizer tokenizer) {
        return new ModelTokens() {
            @Override
            public int[][] words(List<String> texts) {
                return tokenizer.encodeWords(texts);
            }

            @Override
            public String text(int[] ids) {
                return tokenizer.text(ids);
            }

            @Override
            public OptionalInt id(String piece) {
                return tokenizer.id(piece);
            }

            @Override
            public Collection<String> specialPieces() {
                return tokenizer.specialPieces();
            }

            @Override
            public List<String> allPieces() {
                return tokenizer.allPieces();
            }

            @Override
            public String fingerprint() {
                return tokenizer.fingerprint();
            }

            @Override
            public void close() {
                tokenizer.close();
            }
        };
    }
}
