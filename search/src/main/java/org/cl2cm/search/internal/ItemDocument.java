package org.cl2cm.search.internal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.DateSpan;
import org.cl2cm.search.FieldType;
import org.cl2cm.search.UnitVector;
import org.cl2cm.search.VectorItem;

/// How an item lies in a Lucene document: `id` as a term and as a column, `vector`, `field.<name>`
/// stored, and what [FilterQuery] asks for.
final class ItemDocument {
    static final String ID = "id";
    static final String VECTOR = "vector";
    private static final String FIELD = "field.";
    private static final int LONGEST_KEYWORD = 8_000;

    private ItemDocument() {}

    /// @throws IllegalArgumentException with the reason why the item cannot be stored
    static Document of(VectorItem item, CollectionInfo info) {
        checkId(item.id());
        BytesRef id = new BytesRef(item.id());
        Document document = new Document();
        document.add(new StringField(ID, id, Field.Store.NO));
        document.add(new BinaryDocValuesField(ID, id));
        document.add(new KnnFloatVectorField(
                VECTOR, UnitVector.of(item.vector(), info.dimension()), VectorSimilarityFunction.DOT_PRODUCT));
        item.fields().forEach((name, value) -> document.add(new StoredField(FIELD + name, value)));
        item.fields().forEach((name, value) -> {
            if (name.startsWith(VectorItem.CAPTION)) {
                String words = CaptionWords.field(name.substring(VectorItem.CAPTION.length()));
                value.lines().forEach(caption -> document.add(new TextField(words, caption, Field.Store.NO)));
            }
        });
        info.fields().forEach((name, type) -> {
            List<String> values = item.fields()
                    .getOrDefault(name, "")
                    .lines()
                    .filter(value -> !value.isBlank())
                    .toList();
            if (!values.isEmpty()) {
                document.add(new StringField(FilterQuery.HAS, name, Field.Store.NO));
            }
            for (String value : values) {
                declare(document, name, type, value);
            }
        });
        return document;
    }

    private static void declare(Document document, String name, FieldType type, String value) {
        String field = FilterQuery.field(name);
        try {
            switch (type) {
                case KEYWORD -> document.add(new StringField(field, keyword(value), Field.Store.NO));
                case NUMBER -> document.add(new DoublePoint(field, number(value)));
                case DATE ->
                    document.add(new LongPoint(field, DateSpan.parse(value).first()));
                case TEXT ->
                    FilterQuery.words(value)
                            .forEach(word -> document.add(new StringField(field, word, Field.Store.NO)));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("field \"" + name + "\": " + e.getMessage(), e);
        }
    }

    private static String keyword(String value) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_KEYWORD) {
            throw new IllegalArgumentException("a keyword of " + bytes + " bytes, more than " + LONGEST_KEYWORD);
        }
        return value;
    }

    private static double number(String value) {
        double number;
        try {
            number = Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + value + "\" is no number", e);
        }
        if (Double.isNaN(number)) {
            throw new IllegalArgumentException("NaN is no number");
        }
        return number;
    }

    static Term term(String id) {
        return new Term(ID, new BytesRef(id));
    }

    static Map<String, String> fields(Document document) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (IndexableField field : document) {
            String value = field.stringValue();
            if (value != null && field.name().startsWith(FIELD)) {
                fields.put(field.name().substring(FIELD.length()), value);
            }
        }
        return fields;
    }

    /// Half of a surrogate pair would become a question mark, and two ids the same one.
    private static void checkId(String id) {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("the id is empty");
        }
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(id));
            if (bytes.remaining() > VectorItem.LONGEST_ID) {
                throw new IllegalArgumentException(
                        "the id has " + bytes.remaining() + " bytes, more than " + VectorItem.LONGEST_ID);
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the id is not well-formed Unicode", e);
        }
    }
}
