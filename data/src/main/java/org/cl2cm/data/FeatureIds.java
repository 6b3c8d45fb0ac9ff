package org.cl2cm.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The ids of the rows of a feature store, each once.
final class FeatureIds {
    private final List<String> ids = new ArrayList<>();
    private final Map<String, Integer> rows = new HashMap<>();

    /// Appends the ids of `file`, one a line.
    ///
    /// @return how many there were
    int addLines(Path file) throws IOException {
        int before = ids.size();
        TextLines.forEach(file, (line, text) -> {
            if (text.isEmpty()) {
                throw DataException.at(file, line, "an empty line where an id is expected");
            }
            add(file, line, text);
        });
        return ids.size() - before;
    }

    /// Appends the ids of `file`, separated by white space.
    ///
    /// @return how many there were
    int addWords(Path file) throws IOException {
        int before = ids.size();
        TextLines.forEach(file, (line, text) -> {
            for (String word : text.strip().split("\\s+", -1)) {
                if (!word.isEmpty()) {
                    add(file, line, word);
                }
            }
        });
        return ids.size() - before;
    }

    private void add(Path file, long line, String id) throws DataException {
        if (rows.putIfAbsent(id, ids.size()) != null) {
            throw DataException.at(file, line, "id \"" + id + "\" stands in this store twice; each id needs one row");
        }
        ids.add(id);
    }

    String id(int row) {
        return ids.get(row);
    }

    int row(String id) {
        return rows.getOrDefault(id, -1);
    }

    List<String> all() {
        return List.copyOf(ids);
    }
}
