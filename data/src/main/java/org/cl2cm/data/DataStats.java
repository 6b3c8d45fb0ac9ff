package org.cl2cm.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Counts of a manifest by split and language.
public final class DataStats {
    /// One row.
    ///
    /// @param split of the items, `-` for those without one
    /// @param language of human captions (`en`), or key of machine translations (`zh.google`)
    /// @param translated whether these are machine translations
    /// @param splitItems items of the split in all
    /// @param items items with at least one text of this kind
    /// @param texts captions or translations that are there
    /// @param missing translations that are `null`, or that items with English captions lack altogether
    /// @param meanTokens words a text; in scripts without spaces, letters
    public record Row(
            String split,
            String language,
            boolean translated,
            long splitItems,
            long items,
            long texts,
            long missing,
            double meanTokens) {
        /// Texts for each item that has any.
        public double textsPerItem() {
            return items == 0 ? 0 : (double) texts / items;
        }
    }

    private static final class Counts {
        long items;
        long texts;
        long nulls;
        long tokens;
        long aligned;

        void add(List<? extends @Nullable String> lines) {
            long before = texts;
            for (String line : lines) {
                if (line == null) {
                    nulls++;
                } else {
                    texts++;
                    tokens += Scripts.tokens(line);
                }
            }
            items += texts > before ? 1 : 0;
            aligned += lines.size();
        }
    }

    private DataStats() {}

    /// The rows, by split, human captions before translations, by language.
    public static List<Row> of(Manifest manifest) {
        Map<String, List<Item>> splits = new TreeMap<>();
        for (Item item : manifest.items()) {
            splits.computeIfAbsent(item.split().orElse("-"), name -> new ArrayList<>())
                    .add(item);
        }
        List<Row> rows = new ArrayList<>();
        splits.forEach((split, items) -> addSplit(split, items, rows));
        return rows;
    }

    private static void addSplit(String split, List<Item> items, List<Row> rows) {
        Map<String, Counts> captions = new TreeMap<>();
        Map<String, Counts> translations = new TreeMap<>();
        long english = 0;
        for (Item item : items) {
            english += item.captions("en").size();
            item.captions()
                    .forEach((language, texts) -> captions.computeIfAbsent(language, key -> new Counts())
                            .add(texts));
            item.translations()
                    .forEach((key, texts) ->
                            translations.computeIfAbsent(key, k -> new Counts()).add(texts));
        }
        captions.forEach((language, counts) -> rows.add(row(split, language, false, items.size(), counts, 0)));
        for (Map.Entry<String, Counts> entry : translations.entrySet()) {
            Counts counts = entry.getValue();
            long missing = counts.nulls + Math.max(0, english - counts.aligned);
            rows.add(row(split, entry.getKey(), true, items.size(), counts, missing));
        }
    }

    private static Row row(String split, String language, boolean translated, long all, Counts counts, long missing) {
        double mean = counts.texts == 0 ? 0 : (double) counts.tokens / counts.texts;
        return new Row(split, language, translated, all, counts.items, counts.texts, missing, mean);
    }
}
