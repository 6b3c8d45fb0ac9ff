package org.cl2cm.data.importer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.Item;
import org.jspecify.annotations.Nullable;

/// An item while its parts are being found.
final class Draft {
    final String id;
    private final Map<String, List<String>> captions = new LinkedHashMap<>();
    private final Map<String, List<@Nullable String>> translations = new LinkedHashMap<>();
    private final Map<String, Object> meta = new LinkedHashMap<>();
    private Optional<String> media = Optional.empty();
    private Optional<String> split = Optional.empty();

    Draft(String id) {
        this.id = id;
    }

    Draft media(String path) {
        media = Optional.of(path);
        return this;
    }

    Draft split(Optional<String> name) {
        split = name;
        return this;
    }

    Draft caption(String language, String text) {
        captions.computeIfAbsent(language, key -> new ArrayList<>()).add(text);
        return this;
    }

    Draft captions(String language, List<String> texts) {
        texts.forEach(text -> caption(language, text));
        return this;
    }

    Draft translations(String key, List<@Nullable String> texts) {
        translations.put(key, texts);
        return this;
    }

    Draft meta(String key, Object value) {
        meta.put(key, value);
        return this;
    }

    Item item() {
        return new Item(id, media, split, captions, translations, meta);
    }
}
