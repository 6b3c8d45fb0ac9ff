package org.cl2cm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.data.JsonLines;
import org.cl2cm.data.TextLines;

/// Queries that people asked, with the right answers where somebody knows them: JSONL of
/// `{"text": "...", "relevant": ["id", ...]}`, or a text file of one query a line.
final class QueryFile {
    /// @param relevant ids of the right answers, empty where nobody knows them
    record Asked(String text, Set<String> relevant) {}

    private QueryFile() {}

    /// @throws DataException naming line and key, or when there is no query
    static List<Asked> read(Path file) throws IOException {
        List<Asked> queries = new ArrayList<>();
        if (file.toString().endsWith(".jsonl")) {
            JsonLines.forEach(file, (line, node) -> queries.add(asked(file, line, node)));
        } else {
            TextLines.forEach(file, (line, text) -> {
                if (!text.isBlank()) {
                    queries.add(new Asked(text.strip(), Set.of()));
                }
            });
        }
        if (queries.isEmpty()) {
            throw DataException.in(file, "holds no query");
        }
        return queries;
    }

    private static Asked asked(Path file, long line, JsonNode node) throws DataException {
        String text = JsonLines.text(file, line, node, "text");
        if (text.isBlank()) {
            throw DataException.at(file, line, "key \"text\" is empty");
        }
        Set<String> relevant = new LinkedHashSet<>();
        JsonNode ids = node.path("relevant");
        if (!ids.isMissingNode() && !ids.isArray()) {
            throw DataException.at(file, line, "key \"relevant\" is not a list of ids");
        }
        for (JsonNode id : ids) {
            if (!id.isTextual()) {
                throw DataException.at(
                        file, line, "key \"relevant\" holds " + id + ", which is no id: ids are strings");
            }
            relevant.add(id.textValue());
        }
        return new Asked(text, relevant);
    }
}
