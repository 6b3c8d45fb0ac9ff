package org.cl2cm.data;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.cl2cm.data.Finding.Severity;
import org.jspecify.annotations.Nullable;

/// The part of [DataCheck] that reads captions and translations.
final class TextCheck {
    private static final double LEAST_SHARE = 0.3;
    private static final int LONG_CAPTION = 4;

    private final Path manifest;
    private final List<Finding> findings;

    TextCheck(Path manifest, List<Finding> findings) {
        this.manifest = manifest;
        this.findings = findings;
    }

    private void add(Severity severity, Path file, long line, String id, String message) {
        findings.add(new Finding(severity, file, line, id, message));
    }

    /// Empty captions and captions that stand twice in one item.
    void captions(DataCheck.Line line) {
        Item item = line.item();
        if (item.captions().values().stream().allMatch(List::isEmpty)) {
            add(Severity.WARNING, manifest, line.number(), item.id(), "has no caption in any language");
        }
        for (Map.Entry<String, List<String>> entry : item.captions().entrySet()) {
            Map<String, Integer> seen = new HashMap<>();
            List<String> texts = entry.getValue();
            for (int i = 0; i < texts.size(); i++) {
                String place = "captions." + entry.getKey() + "[" + i + "]";
                if (texts.get(i).isBlank()) {
                    add(Severity.ERROR, manifest, line.number(), item.id(), place + " is empty");
                    continue;
                }
                Integer before = seen.putIfAbsent(normal(texts.get(i)), i);
                if (before != null) {
                    add(
                            Severity.WARNING,
                            manifest,
                            line.number(),
                            item.id(),
                            place + " is the same as [" + before + "]: \""
                                    + texts.get(i).strip() + "\"");
                }
            }
        }
    }

    private static String normal(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").replaceFirst("\\s*[.。!?]$", "");
    }

    /// Translations that do not lie beside the English captions, are nearly empty, or are not in the language's script.
    void translations(Path file, long line, Item item, String key, List<@Nullable String> texts) {
        String place = "translations." + key;
        List<String> english = item.captions("en");
        if (texts.size() != english.size()) {
            add(
                    Severity.ERROR,
                    file,
                    line,
                    item.id(),
                    place + " has " + texts.size() + " texts for " + english.size()
                            + " English captions; write null where one is missing");
            return;
        }
        String language = key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            if (text == null) {
                continue;
            }
            String which = place + "[" + i + "]";
            if (text.isBlank()) {
                add(Severity.ERROR, file, line, item.id(), which + " is empty; write null for a missing one");
            } else if (Scripts.letters(text) < 2 && Scripts.tokens(english.get(i)) >= LONG_CAPTION) {
                add(Severity.INFO, file, line, item.id(), which + " is nearly empty: \"" + text.strip() + "\"");
            } else if (Scripts.share(text, language) < LEAST_SHARE) {
                add(
                        Severity.INFO,
                        file,
                        line,
                        item.id(),
                        which + " is not in the script of " + language + ": \"" + text.strip() + "\"");
            }
        }
    }

    /// Captions of val or test that stand word for word in train, counted by split and language.
    void leaks(List<DataCheck.Line> lines) {
        Map<String, Set<String>> train = new HashMap<>();
        for (DataCheck.Line line : lines) {
            if (line.item().isIn("train")) {
                line.item()
                        .captions()
                        .forEach((language, texts) ->
                                texts.forEach(text -> train.computeIfAbsent(language, key -> new HashSet<>())
                                        .add(normal(text))));
            }
        }
        Map<String, Leak> leaks = new TreeMap<>();
        for (DataCheck.Line line : lines) {
            if (line.item().split().isEmpty() || line.item().isIn("train")) {
                continue;
            }
            String split = line.item().split().get();
            line.item().captions().forEach((language, texts) -> {
                Set<String> known = train.getOrDefault(language, Set.of());
                Leak leak = leaks.computeIfAbsent(split + " " + language, key -> new Leak());
                for (String text : texts) {
                    leak.captions++;
                    if (known.contains(normal(text))) {
                        leak.same++;
                        leak.first = leak.first == null ? line : leak.first;
                    }
                }
            });
        }
        for (Map.Entry<String, Leak> entry : leaks.entrySet()) {
            Leak leak = entry.getValue();
            DataCheck.Line first = leak.first;
            if (first != null) {
                add(
                        Severity.WARNING,
                        manifest,
                        0,
                        first.item().id(),
                        leak.same + " of " + leak.captions + " captions of " + entry.getKey()
                                + " stand word for word in train, the first in line " + first.number());
            }
        }
    }

    /// Captions of one split and language, and how many of them train has too.
    private static final class Leak {
        long captions;
        long same;
        DataCheck.@Nullable Line first;
    }
}
