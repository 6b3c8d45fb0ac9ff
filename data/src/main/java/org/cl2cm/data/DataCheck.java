package org.cl2cm.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.Finding.Severity;
import org.jspecify.annotations.Nullable;

/// Looks for everything in a manifest, its side-cars and its media that would fail or mislead later.
///
/// Unlike [Manifest#read] it does not stop at the first broken line.
public final class DataCheck {
    /// An item with the line it stands in.
    record Line(long number, Item item) {}

    private final Path manifest;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final Map<String, Integer> index = new HashMap<>();

    private DataCheck(Path manifest) {
        this.manifest = manifest;
    }

    /// Checks `manifest` and the side-cars in the folder `translations` beside it.
    ///
    /// @param media whether every image is decoded, by all processors
    /// @param progress hears of the media
    /// @return what was found, errors first, then by file and line
    /// @throws DataException when the manifest is missing
    public static List<Finding> run(Path manifest, boolean media, ProgressListener progress) throws IOException {
        DataCheck check = new DataCheck(manifest);
        check.readManifest();
        TextCheck texts = new TextCheck(manifest, check.findings);
        check.lines.forEach(texts::captions);
        for (Line line : check.lines) {
            for (Map.Entry<String, List<@Nullable String>> entry :
                    line.item().translations().entrySet()) {
                texts.translations(manifest, line.number(), line.item(), entry.getKey(), entry.getValue());
            }
        }
        for (Path sidecar : check.sidecars()) {
            check.readSidecar(sidecar, texts);
        }
        texts.leaks(check.lines);
        new MediaCheck(manifest, check.findings).run(check.lines, media, progress);
        Collections.sort(
                check.findings,
                Comparator.comparing(Finding::severity)
                        .thenComparing(finding -> finding.file().toString())
                        .thenComparingLong(Finding::line));
        return List.copyOf(check.findings);
    }

    private void add(Severity severity, Path file, long line, String id, String message) {
        findings.add(new Finding(severity, file, line, id, message));
    }

    private void readManifest() throws IOException {
        try {
            TextLines.forEach(manifest, (number, text) -> {
                if (text.isBlank()) {
                    return;
                }
                try {
                    Item item = Manifest.item(manifest, number, JsonLines.parse(manifest, number, text));
                    keep(number, item);
                } catch (DataException e) {
                    add(Severity.ERROR, manifest, number, "", reason(e, manifest, number));
                }
            });
        } catch (DataException e) {
            if (!Files.isRegularFile(manifest)) {
                throw e;
            }
            // Text that is not UTF-8: nothing after it can be read.
            add(Severity.ERROR, manifest, 0, "", reason(e, manifest, 0));
        }
        if (lines.isEmpty()) {
            add(Severity.ERROR, manifest, 0, "", "holds no item that can be read");
        }
    }

    private void keep(long number, Item item) {
        Integer before = index.putIfAbsent(item.id(), lines.size());
        if (before == null) {
            lines.add(new Line(number, item));
            return;
        }
        Line first = lines.get(before);
        String message = first.item().split().equals(item.split())
                ? "id stands in line " + first.number() + " already"
                : "id is in two splits: " + first.item().split().orElse("none") + " in line " + first.number() + ", "
                        + item.split().orElse("none") + " here";
        add(Severity.ERROR, manifest, number, item.id(), message);
    }

    /// The message without the place, which a finding holds by itself.
    private static String reason(DataException e, Path file, long line) {
        String message = String.valueOf(e.getMessage());
        for (String place : List.of(file + ":" + line + ": ", file + ": ", file + ":")) {
            if (message.startsWith(place)) {
                return message.substring(place.length());
            }
        }
        return message;
    }

    private List<Path> sidecars() throws IOException {
        Path folder = manifest.resolveSibling("translations");
        List<Path> sidecars = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var listing = Files.newDirectoryStream(folder, "*.jsonl")) {
                listing.forEach(sidecars::add);
            }
            Collections.sort(sidecars);
        }
        return sidecars;
    }

    private void readSidecar(Path sidecar, TextCheck texts) throws IOException {
        String key = sidecar.getFileName().toString().replaceFirst("\\.jsonl$", "");
        String language = key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
        try {
            TextLines.forEach(sidecar, (number, text) -> {
                if (text.isBlank()) {
                    return;
                }
                try {
                    var node = JsonLines.parse(sidecar, number, text);
                    String id = JsonLines.text(sidecar, number, node, "id");
                    Integer at = index.get(id);
                    if (at == null) {
                        add(
                                Severity.ERROR,
                                sidecar,
                                number,
                                id,
                                "id is not in the manifest; a side-car of other data?");
                        return;
                    }
                    texts.translations(
                            sidecar,
                            number,
                            lines.get(at).item(),
                            key,
                            JsonLines.texts(sidecar, number, node, language));
                } catch (DataException e) {
                    add(Severity.ERROR, sidecar, number, "", reason(e, sidecar, number));
                }
            });
        } catch (DataException e) {
            add(Severity.ERROR, sidecar, 0, "", reason(e, sidecar, 0));
        }
    }
}
