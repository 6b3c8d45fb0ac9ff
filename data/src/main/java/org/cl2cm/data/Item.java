package org.cl2cm.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One image or video with what is said about it.
///
/// @param id unique in its manifest, not empty
/// @param media path of the image or video, relative to the manifest's folder or absolute
/// @param split `train`, `val`, `test` or a name of the user's
/// @param captions human captions by language code, e.g. `en`
/// @param translations machine translations by `<lang>` or `<lang>.<system>`, e.g. `zh.google`; position i translates
///     the English caption i, `null` where a translation is missing
/// @param meta anything else, kept as it is read
public record Item(
        String id,
        Optional<String> media,
        Optional<String> split,
        Map<String, List<String>> captions,
        Map<String, List<@Nullable String>> translations,
        Map<String, Object> meta) {

    public Item {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("an item needs an id that is not empty");
        }
        captions = Collections.unmodifiableMap(new LinkedHashMap<>(captions));
        translations = Collections.unmodifiableMap(new LinkedHashMap<>(translations));
        meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    }

    /// Human captions in `language`, empty when there are none.
    public List<String> captions(String language) {
        return captions.getOrDefault(language, List.of());
    }

    /// Machine translations under `key` (`zh` or `zh.google`), empty when there are none.
    public List<@Nullable String> translations(String key) {
        return translations.getOrDefault(key, List.of());
    }

    public boolean isIn(String split) {
        return this.split.isPresent() && this.split.get().equals(split);
    }

    /// The same item with one more set of translations.
    public Item withTranslations(String key, List<@Nullable String> lines) {
        Map<String, List<@Nullable String>> all = new LinkedHashMap<>(translations);
        all.put(key, lines);
        return new Item(id, media, split, captions, all, meta);
    }
}
