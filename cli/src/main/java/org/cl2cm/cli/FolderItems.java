package org.cl2cm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.importer.ImportSettings;
import org.cl2cm.data.importer.Importer;
import org.cl2cm.data.importer.ItemSink;

/// The pictures and videos of a folder, as a manifest that lies there would name them.
final class FolderItems {
    private FolderItems() {}

    /// @param err hears of what was left out
    static Manifest of(Path folder, PrintWriter err) throws IOException {
        List<Item> items = new ArrayList<>();
        Path file = folder.toAbsolutePath().normalize().resolve("manifest.jsonl");
        Importer.of("folder").read(ImportSettings.of(folder, file), new ItemSink() {
            @Override
            public void accept(Item item) {
                items.add(item);
            }

            @Override
            public void skip(String where, String reason) {
                err.println("cl2cm: left out " + where + ": " + reason);
            }
        });
        return Manifest.of(file, items);
    }
}
