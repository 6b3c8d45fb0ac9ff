package org.cl2cm.search;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An item as every engine indexes it, checked: whatever one engine refuses the others refuse too.
///
/// @param vector of length 1
/// @param stored fields as they were given
/// @param captions by language, as [VectorItem#CAPTION] fields name them
/// @param declared values of the declared fields that the item has
public record IndexedItem(
        String id, float[] vector, Map<String, String> stored, List<Captions> captions, List<Declared> declared) {
    /// Bytes of the longest keyword, in UTF-8.
    public static final int LONGEST_KEYWORD = 8_000;

    /// The captions in one language, each a line of the stored field.
    public record Captions(String language, List<String> lines) {}

    /// The values of a declared field, at least one.
    public sealed interface Declared {
        String field();
    }

    /// Compared as a whole.
    public record Keywords(String field, List<String> values) implements Declared {}

    /// None is NaN.
    public record Numbers(String field, List<Double> values) implements Declared {}

    /// The first millisecond since 1970 of each.
    public record Dates(String field, List<Long> values) implements Declared {}

    /// Words as [SearchWords#plain] cuts them; may be none.
    public record Text(String field, List<String> words) implements Declared {}

    /// @throws IllegalArgumentException with the reason why the item cannot be stored
    public static IndexedItem of(VectorItem item, CollectionInfo info) {
        checkId(item.id());
        float[] vector = UnitVector.of(item.vector(), info.dimension());
        List<Captions> captions = new ArrayList<>();
        item.fields().forEach((name, value) -> {
            if (name.startsWith(VectorItem.CAPTION)) {
                captions.add(new Captions(
                        name.substring(VectorItem.CAPTION.length()),
                        value.lines().toList()));
            }
        });
        List<Declared> declared = new ArrayList<>();
        info.fields().forEach((name, type) -> {
            List<String> values = item.fields()
                    .getOrDefault(name, "")
                    .lines()
                    .filter(value -> !value.isBlank())
                    .toList();
            if (!values.isEmpty()) {
                declared.add(declared(name, type, values));
            }
        });
        return new IndexedItem(item.id(), vector, item.fields(), captions, declared);
    }

    private static Declared declared(String name, FieldType type, List<String> values) {
        try {
            return switch (type) {
                case KEYWORD ->
                    new Keywords(name, values.stream().map(IndexedItem::keyword).toList());
                case NUMBER ->
                    new Numbers(name, values.stream().map(IndexedItem::number).toList());
                case DATE ->
                    new Dates(
                            name,
                            values.stream()
                                    .map(value -> DateSpan.parse(value).first())
                                    .toList());
                case TEXT ->
                    new Text(
                            name,
                            values.stream()
                                    .flatMap(value -> SearchWords.plain(value).stream())
                                    .toList());
            };
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
