package org.cl2cm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.evaluate.Retrieval;
import org.cl2cm.model.RetrievalModel;

/// The human captions of a split as queries, each with its image as the one right answer.
///
/// @param texts the queries themselves
/// @param vectors of the queries, `[queries, dimension]`
/// @param target row of each query's image
record CaptionQueries(int dimension, List<String> ids, List<String> texts, float[] vectors, int[] target) {

    /// The languages that are asked for, or all that have captions.
    ///
    /// @throws DataException when there are no captions in one of them
    static List<String> languages(Path manifest, String split, List<Item> items, List<String> wanted)
            throws DataException {
        List<String> present = items.stream()
                .flatMap(item -> item.captions().entrySet().stream())
                .filter(entry -> !entry.getValue().stream().allMatch(String::isBlank))
                .map(java.util.Map.Entry::getKey)
                .distinct()
                .toList();
        for (String language : wanted) {
            if (!present.contains(language)) {
                throw DataException.in(
                        manifest,
                        "no captions in \"" + language + "\" in the split \"" + split + "\"; there are " + present);
            }
        }
        return wanted.isEmpty() ? present : wanted;
    }

    /// Encodes the captions of the items in a language.
    static CaptionQueries of(RetrievalModel network, List<Item> items, String language) {
        List<String> queryIds = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        List<Integer> target = new ArrayList<>();
        for (int row = 0; row < items.size(); row++) {
            List<String> captions = items.get(row).captions(language);
            for (int i = 0; i < captions.size(); i++) {
                if (!captions.get(i).isBlank()) {
                    queryIds.add(items.get(row).id() + "#" + i);
                    texts.add(captions.get(i));
                    target.add(row);
                }
            }
        }
        return new CaptionQueries(
                network.dimension(),
                queryIds,
                texts,
                network.encodeTexts(texts),
                target.stream().mapToInt(Integer::intValue).toArray());
    }

    /// @param gallery vectors of the items, `[items, dimension]`
    Retrieval over(List<String> items, float[] gallery) {
        return Retrieval.of(dimension, gallery, items, vectors, ids, target);
    }

    /// @param gallery vectors of the items, `[items, dimension]`
    static Retrieval of(RetrievalModel network, List<Item> items, List<String> ids, float[] gallery, String language) {
        return of(network, items, language).over(ids, gallery);
    }
}
