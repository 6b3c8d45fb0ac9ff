package org.cl2cm.data.importer;

import java.io.IOException;
import java.util.List;

/// Reads one format. Without state; safe for use by many threads.
public interface Importer {
    /// The name on the command line.
    String format();

    /// What it reads, in one line for a person.
    String description();

    /// Reads everything `settings.from()` names and gives item by item to `sink`.
    ///
    /// @throws DataException when the input is not in this format, naming file, line or record, and key
    void read(ImportSettings settings, ItemSink sink) throws IOException;

    /// Every format there is.
    static List<Importer> all() {
        return List.of(
                new KarpathyImporter(),
                new CocoImporter(),
                new Multi30kImporter(),
                new NrccrImporter(),
                new VatexImporter(),
                new MsrVttImporter(),
                new Xtd10Importer(),
                new Xm3600Importer(),
                new WebDatasetImporter(),
                new FolderImporter());
    }

    /// @throws IllegalArgumentException when there is no such format, naming those there are
    static Importer of(String format) {
        return all().stream()
                .filter(importer -> importer.format().equals(format))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("format \"" + format + "\" is not known; there are "
                        + String.join(", ", all().stream().map(Importer::format).toList())));
    }
}
