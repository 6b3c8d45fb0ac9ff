package org.cl2cm.opensearch;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.search.IndexedItem;
import org.cl2cm.search.SearchWords;

/// Writes the lines that store or remove an item, see [IndexSchema].
final class ItemLines {
    private ItemLines() {}

    static byte[] store(IndexedItem item) throws IOException {
        ByteArrayOutputStream lines = action("index", item.id());
        try (JsonGenerator json = Json.MAPPER.createGenerator(lines)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeStringField(IndexSchema.ID, item.id());
            json.writeArrayFieldStart(IndexSchema.VECTOR);
            for (float value : item.vector()) {
                json.writeNumber(value);
            }
            json.writeEndArray();
            json.writeObjectFieldStart(IndexSchema.STORED);
            for (var field : item.stored().entrySet()) {
                json.writeStringField(wellFormed(field.getKey()), wellFormed(field.getValue()));
            }
            json.writeEndObject();
            words(json, item);
            declared(json, item);
            json.writeEndObject();
        }
        lines.write('\n');
        return lines.toByteArray();
    }

    static byte[] remove(String id) throws IOException {
        return action("delete", id).toByteArray();
    }

    private static ByteArrayOutputStream action(String kind, String id) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        lines.write(Json.MAPPER.writeValueAsBytes(Map.of(kind, Map.of("_id", ClusterNames.document(id)))));
        lines.write('\n');
        return lines;
    }

    private static void words(JsonGenerator json, IndexedItem item) throws IOException {
        Map<String, List<String>> words = new LinkedHashMap<>();
        for (IndexedItem.Captions captions : item.captions()) {
            List<String> lines = new ArrayList<>();
            for (String caption : captions.lines()) {
                List<String> found = SearchWords.ofCaption(captions.language(), caption);
                if (!found.isEmpty()) {
                    lines.add(wellFormed(String.join(" ", found)));
                }
            }
            if (!lines.isEmpty()) {
                words.put(captions.language(), lines);
            }
        }
        json.writeObjectFieldStart(IndexSchema.WORDS);
        for (var language : words.entrySet()) {
            texts(json, ClusterNames.field(language.getKey()), language.getValue());
        }
        json.writeEndObject();
        texts(json, IndexSchema.LANGUAGES, words.keySet());
    }

    private static void declared(JsonGenerator json, IndexedItem item) throws IOException {
        texts(
                json,
                IndexSchema.HAS,
                item.declared().stream().map(IndexedItem.Declared::field).toList());
        json.writeObjectFieldStart(IndexSchema.META);
        for (IndexedItem.Declared declared : item.declared()) {
            String field = ClusterNames.field(declared.field());
            switch (declared) {
                case IndexedItem.Keywords keywords -> texts(json, field, keywords.values());
                case IndexedItem.Text text -> texts(json, field, text.words());
                case IndexedItem.Numbers numbers -> {
                    json.writeArrayFieldStart(field);
                    for (double number : numbers.values()) {
                        json.writeNumber(FilterClauses.finite(number));
                    }
                    json.writeEndArray();
                }
                case IndexedItem.Dates dates -> {
                    json.writeArrayFieldStart(field);
                    for (long date : dates.values()) {
                        json.writeNumber(date);
                    }
                    json.writeEndArray();
                }
            }
        }
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String name, Iterable<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(wellFormed(text));
        }
        json.writeEndArray();
    }

    /// Half of a surrogate pair becomes what Lucene makes of it.
    static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                StringBuilder whole = new StringBuilder(text.length());
                text.codePoints()
                        .map(letter -> letter <= Character.MAX_VALUE && Character.isSurrogate((char) letter)
                                ? '\ufffd'
                                : letter)
                        .forEach(whole::appendCodePoint);
                return whole.toString();
            }
        }
        return text;
    }
}
