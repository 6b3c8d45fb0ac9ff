package org.cl2cm.data.importer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;

/// Writes what an importer reads as a manifest, item by item, beside its place and renamed.
public final class ManifestImport {
    /// What came of an import.
    ///
    /// @param captions human captions in all languages
    /// @param translations machine translations that are there
    /// @param skipped entries that could not become items, each with its place and reason
    public record Report(long items, long captions, long translations, List<String> skipped) {}

    private ManifestImport() {}

    /// Imports to `settings.manifest()`.
    ///
    /// @throws DataException when the input is wrong, two items have one id, or there is no item at all; no
    ///     manifest is written then
    public static Report run(Importer importer, ImportSettings settings, ProgressListener progress) throws IOException {
        long[] counts = new long[3];
        Set<String> ids = new HashSet<>();
        List<String> skipped = new ArrayList<>();
        AtomicFile.write(settings.manifest(), out -> {
            importer.read(settings, new ItemSink() {
                @Override
                public void accept(Item item) throws IOException {
                    if (!ids.add(item.id())) {
                        throw new DataException("two items have the id \"" + item.id()
                                + "\"; import them to separate manifests or rename one (media: "
                                + item.media().orElse("none") + ")");
                    }
                    out.write(Manifest.line(item));
                    out.write('\n');
                    counts[0]++;
                    counts[1] += item.captions().values().stream()
                            .mapToInt(List::size)
                            .sum();
                    counts[2] += item.translations().values().stream()
                            .flatMap(List::stream)
                            .filter(text -> text != null)
                            .count();
                    progress.update(counts[0], -1, "");
                }

                @Override
                public void skip(String where, String reason) {
                    skipped.add(where + ": " + reason);
                }
            });
            if (counts[0] == 0) {
                throw new DataException(settings.from().getFirst().path() + ": no item found"
                        + (skipped.isEmpty()
                                ? ""
                                : "; the first of " + skipped.size() + " skipped: " + skipped.getFirst()));
            }
        });
        return new Report(counts[0], counts[1], counts[2], List.copyOf(skipped));
    }
}
