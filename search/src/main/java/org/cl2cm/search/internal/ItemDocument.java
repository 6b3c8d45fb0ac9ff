package org.cl2cm.search.internal;

import java.util.LinkedHashMap;
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
import org.cl2cm.search.IndexedItem;
import org.cl2cm.search.VectorItem;

/// How an item lies in a Lucene document: `id` as a term and as a column, `vector`, `field.<name>`
/// stored, and what [FilterQuery] asks for.
final class ItemDocument {
    static final String ID = "id";
    static final String VECTOR = "vector";
    private static final String FIELD = "field.";

    private ItemDocument() {}

    /// @throws IllegalArgumentException with the reason why the item cannot be stored
    static Document of(VectorItem given, CollectionInfo info) {
        IndexedItem item = IndexedItem.of(given, info);
        BytesRef id = new BytesRef(item.id());
        Document document = new Document();
        document.add(new StringField(ID, id, Field.Store.NO));
        document.add(new BinaryDocValuesField(ID, id));
        document.add(new KnnFloatVectorField(VECTOR, item.vector(), VectorSimilarityFunction.DOT_PRODUCT));
        item.stored().forEach((name, value) -> document.add(new StoredField(FIELD + name, value)));
        for (IndexedItem.Captions captions : item.captions()) {
            String words = CaptionWords.field(captions.language());
            captions.lines().forEach(caption -> document.add(new TextField(words, caption, Field.Store.NO)));
        }
        for (IndexedItem.Declared declared : item.declared()) {
            document.add(new StringField(FilterQuery.HAS, declared.field(), Field.Store.NO));
            declare(document, declared);
        }
        return document;
    }

    private static void declare(Document document, IndexedItem.Declared declared) {
        String field = FilterQuery.field(declared.field());
        switch (declared) {
            case IndexedItem.Keywords keywords ->
                keywords.values().forEach(value -> document.add(new StringField(field, value, Field.Store.NO)));
            case IndexedItem.Numbers numbers ->
                numbers.values().forEach(value -> document.add(new DoublePoint(field, value)));
            case IndexedItem.Dates dates -> dates.values().forEach(value -> document.add(new LongPoint(field, value)));
            case IndexedItem.Text text ->
                text.words().forEach(word -> document.add(new StringField(field, word, Field.Store.NO)));
        }
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
}
