package org.cl2cm.model.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.cl2cm.data.DataException;
import org.jspecify.annotations.Nullable;

/// The pieces and special tokens that a `tokenizer.json` names. Read token by token: the file of XLM-R
/// has 17 MB.
///
/// @param pieces by id; empty where an id has none
/// @param special ids of special tokens by their text
public record TokenizerVocabulary(List<String> pieces, Map<String, Integer> special) {
    private static final JsonFactory JSON = new JsonFactory();

    public TokenizerVocabulary {
        pieces = List.copyOf(pieces);
        special = Map.copyOf(special);
    }

    /// @throws DataException when the file is no `tokenizer.json`, naming it
    public static TokenizerVocabulary read(Path file) throws IOException {
        Builder builder = new Builder();
        try (JsonParser parser = JSON.createParser(file.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw DataException.in(file, "is no JSON object");
            }
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                parser.nextToken();
                switch (key) {
                    case "added_tokens" -> builder.added(parser);
                    case "model" -> builder.model(parser);
                    default -> parser.skipChildren();
                }
            }
        } catch (JsonProcessingException e) {
            throw DataException.in(file, "is no JSON: " + e.getOriginalMessage(), e);
        }
        if (builder.count == 0) {
            throw DataException.in(file, "key \"model.vocab\": no pieces found");
        }
        return builder.build();
    }

    /// The id of the first of `candidates` that is a special token.
    public OptionalInt specialId(String... candidates) {
        for (String candidate : candidates) {
            Integer id = special.get(candidate);
            if (id != null) {
                return OptionalInt.of(id);
            }
        }
        return OptionalInt.empty();
    }

    private static final class Builder {
        private final Map<String, Integer> special = new HashMap<>();
        private @Nullable String[] pieces = new String[1 << 16];
        private int count;

        private void put(int id, @Nullable String piece) {
            if (id < 0 || id > 1 << 28 || piece == null) {
                return;
            }
            if (id >= pieces.length) {
                pieces = Arrays.copyOf(pieces, Math.max(id + 1, 2 * pieces.length));
            }
            pieces[id] = piece;
            count = Math.max(count, id + 1);
        }

        private void added(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                int id = -1;
                String content = null;
                boolean isSpecial = false;
                for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                    parser.nextToken();
                    switch (key) {
                        case "id" -> id = parser.getIntValue();
                        case "content" -> content = parser.getText();
                        case "special" -> isSpecial = parser.getBooleanValue();
                        default -> parser.skipChildren();
                    }
                }
                put(id, content);
                if (isSpecial && content != null) {
                    special.put(content, id);
                }
            }
        }

        private void model(JsonParser parser) throws IOException {
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                if (!key.equals("vocab")) {
                    parser.skipChildren();
                } else if (value == JsonToken.START_OBJECT) {
                    ids(parser);
                } else if (value == JsonToken.START_ARRAY) {
                    scores(parser);
                }
            }
        }

        /// WordPiece and BPE: `{"piece": id}`.
        private void ids(JsonParser parser) throws IOException {
            for (String piece = parser.nextFieldName(); piece != null; piece = parser.nextFieldName()) {
                parser.nextToken();
                put(parser.getIntValue(), piece);
            }
        }

        /// Unigram: `[["piece", score]]`, its id is its place.
        private void scores(JsonParser parser) throws IOException {
            for (int id = 0; parser.nextToken() == JsonToken.START_ARRAY; id++) {
                put(id, parser.nextTextValue());
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    parser.skipChildren();
                }
            }
        }

        TokenizerVocabulary build() {
            String[] all = new String[count];
            for (int id = 0; id < count; id++) {
                String piece = pieces[id];
                all[id] = piece == null ? "" : piece;
            }
            return new TokenizerVocabulary(List.of(all), special);
        }
    }
}
