package org.cl2cm.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/// Turns words, pictures, items and vectors with their weights into one question to a collection.
public final class QueryParts {
    private QueryParts() {}

    /// The question that the parts make together. A single part is asked as it is.
    ///
    /// @param encoder asked only when there are words or pictures; the words go to it together
    /// @param parts at least one
    /// @throws QueryPartException when a part cannot be used
    /// @throws IllegalArgumentException when the parts cancel each other out, or `top` is out of range
    public static VectorQuery query(VectorEngine engine, QueryEncoder encoder, List<QueryPart> parts, int top)
            throws IOException {
        List<VectorMix.Part> vectors = vectors(engine, encoder, parts);
        VectorMix.Part first = vectors.getFirst();
        float[] vector = vectors.size() == 1 && first.weight() > 0 ? first.vector() : VectorMix.of(vectors);
        return new VectorQuery(engine.info().model(), vector, top);
    }

    /// All words that are wanted, for a search in the captions.
    public static String words(List<QueryPart> parts) {
        return parts.stream()
                .filter(part -> part.weight() > 0)
                .filter(QueryPart.Text.class::isInstance)
                .map(part -> ((QueryPart.Text) part).text())
                .collect(Collectors.joining(" "));
    }

    private static List<VectorMix.Part> vectors(VectorEngine engine, QueryEncoder encoder, List<QueryPart> parts)
            throws IOException {
        // What costs nothing comes first: a mistake is said before anything is encoded.
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            switch (parts.get(i)) {
                case QueryPart.Text text
                when text.text().isBlank() -> throw new QueryPartException(i, "a query is empty");
                case QueryPart.Text text -> texts.add(text.text());
                case QueryPart.Vector vector -> check(i, vector.vector(), engine.info());
                case QueryPart.Like like -> item(engine, i, like.id());
                case QueryPart.Picture _ -> {}
            }
        }
        Iterator<float[]> encoded = (texts.isEmpty() ? List.<float[]>of() : encoder.texts(texts)).iterator();
        List<VectorMix.Part> vectors = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            QueryPart part = parts.get(i);
            float[] vector = switch (part) {
                case QueryPart.Text _ -> encoded.next();
                case QueryPart.Picture picture -> encoder.image(picture.content(), picture.name());
                case QueryPart.Like like -> item(engine, i, like.id());
                case QueryPart.Vector ready -> ready.vector();
            };
            vectors.add(new VectorMix.Part(vector, part.weight()));
        }
        return vectors;
    }

    private static void check(int part, float[] vector, CollectionInfo info) {
        try {
            UnitVector.of(vector, info.dimension());
        } catch (IllegalArgumentException e) {
            throw new QueryPartException(part, String.valueOf(e.getMessage()));
        }
    }

    private static float[] item(VectorEngine engine, int part, String id) throws IOException {
        return engine.get(id)
                .orElseThrow(() -> new QueryPartException(
                        part, "collection \"" + engine.info().name() + "\" has no item \"" + id + "\""))
                .vector();
    }
}
