package org.cl2cm.data.translate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.JsonLines;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.TextLines;

/// Where captions are read from: a manifest, parallel text (`{"id", "en": [..]}` a line), or plain
/// text, one caption a line, whose number is its id.
public sealed interface CaptionSource {
    /// The captions of a manifest's items.
    ///
    /// @param from a language of human captions (`en`), or the key of translations (`es.apertium`)
    record OfManifest(Manifest manifest, String from) implements CaptionSource {
        private List<CaptionGroup> ofSplit(Optional<String> split) {
            return manifest.items().stream()
                    .filter(item -> split.isEmpty() || item.isIn(split.get()))
                    .map(item -> group(item, from))
                    .toList();
        }
    }

    /// Texts without images.
    record OfText(Path file, List<CaptionGroup> groups) implements CaptionSource {}

    /// Reads a file of any of these kinds: `.jsonl` whose first line has `captions` is a manifest,
    /// with its side-cars.
    ///
    /// @param from what to translate: a language, or for a manifest the key of translations
    /// @throws DataException for a file that is none of these, naming file and line
    static CaptionSource read(Path file, String from) throws IOException {
        if (!file.toString().endsWith(".jsonl")) {
            List<CaptionGroup> groups = new ArrayList<>();
            TextLines.forEach(file, (line, text) -> {
                if (!text.isBlank()) {
                    groups.add(new CaptionGroup("" + line, List.of(text)));
                }
            });
            return new OfText(file, groups);
        }
        if (isManifest(file)) {
            return new OfManifest(Manifest.readWithTranslations(file), from);
        }
        List<CaptionGroup> groups = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        JsonLines.forEach(file, (line, node) -> {
            String id = JsonLines.text(file, line, node, "id");
            if (!ids.add(id)) {
                throw DataException.at(file, line, "id \"" + id + "\" stands in the file twice");
            }
            groups.add(new CaptionGroup(id, JsonLines.texts(file, line, node, from)));
        });
        return new OfText(file, groups);
    }

    private static boolean isManifest(Path file) throws IOException {
        List<JsonNode> first = new ArrayList<>();
        JsonLines.forEach(file, (line, node) -> {
            if (first.isEmpty()) {
                first.add(node);
            }
        });
        return first.isEmpty() || first.getFirst().has("captions");
    }

    /// The groups to translate, in the order of the file; those without any text are left out.
    ///
    /// @param split of a manifest, or all
    /// @param limit at most this many groups
    /// @throws DataException when nothing is left
    default List<CaptionGroup> groups(Optional<String> split, int limit) throws DataException {
        List<CaptionGroup> all = switch (this) {
            case OfText text -> text.groups();
            case OfManifest items -> items.ofSplit(split);
        };
        List<CaptionGroup> groups = all.stream()
                .filter(group -> !group.texts().isEmpty())
                .limit(limit)
                .toList();
        if (groups.isEmpty()) {
            throw DataException.in(file(), "has nothing to translate" + missing(split));
        }
        return groups;
    }

    private String missing(Optional<String> split) {
        return this instanceof OfManifest items
                ? ": no captions or translations \"" + items.from() + "\""
                        + split.map(name -> " in split \"" + name + "\"").orElse("")
                : "";
    }

    private static CaptionGroup group(Item item, String from) {
        return new CaptionGroup(
                item.id(),
                item.captions(from).isEmpty() ? item.translations(from) : new ArrayList<>(item.captions(from)));
    }

    /// The file that was read.
    default Path file() {
        return switch (this) {
            case OfText text -> text.file();
            case OfManifest items -> items.manifest().file();
        };
    }
}
