package org.cl2cm.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.JsonLines;

/// The ranks of one run in a file, `<name>.ranks.jsonl`, to look at single queries and to compare runs
/// later.
///
/// ```json
/// {"format": "cl2cm.ranks", "version": 1, "run": "base", "language": "zh", "gallery": 1000, "queries":
/// 5000}
/// {"direction": "i2t", "item": "7", "captions": 5, "rank": 2, "ap": 0.41}
/// {"direction": "t2i", "query": "7#0", "item": "7", "rank": 1}
/// ```
///
/// The first line says how many of the others there must be, so a file cut short is noticed. Items
/// without captions
/// have rank 0.
///
/// @param run name of the run
/// @param language of its queries
public record RunFile(String run, String language, Ranks ranks) {
    /// What the names of these files end in.
    public static final String SUFFIX = ".ranks.jsonl";

    private static final String FORMAT = "cl2cm.ranks";
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Writes `file`, beside and renamed.
    public void write(Path file) throws IOException {
        AtomicFile.write(file, out -> {
            Map<String, Object> head = new LinkedHashMap<>();
            head.put("format", FORMAT);
            head.put("version", VERSION);
            head.put("run", run);
            head.put("language", language);
            head.put("gallery", ranks.gallerySize());
            head.put("queries", ranks.queryCount());
            line(out, head);
            for (int row = 0; row < ranks.gallerySize(); row++) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("direction", Direction.IMAGE_TO_TEXT.tag());
                fields.put("item", ranks.galleryIds().get(row));
                fields.put("captions", ranks.captions(row));
                fields.put("rank", ranks.imageToText(row));
                fields.put("ap", ranks.averagePrecision(row));
                line(out, fields);
            }
            for (int query = 0; query < ranks.queryCount(); query++) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("direction", Direction.TEXT_TO_IMAGE.tag());
                fields.put("query", ranks.queryIds().get(query));
                fields.put("item", ranks.galleryIds().get(ranks.target(query)));
                fields.put("rank", ranks.textToImage(query));
                line(out, fields);
            }
        });
    }

    private static void line(OutputStream out, Map<String, Object> fields) throws IOException {
        out.write(JSON.writeValueAsBytes(fields));
        out.write('\n');
    }

    /// @throws DataException when the file is missing, of another format or version, cut short or
    ///     broken, naming
    ///     file, line and key
    public static RunFile read(Path file) throws IOException {
        Reading reading = new Reading(file);
        JsonLines.forEach(file, reading::accept);
        return reading.finish();
    }

    /// A file while it is being read.
    private static final class Reading {
        private final Path file;
        private boolean begun;
        private String run = "";
        private String language = "";
        private int gallery;
        private int queries;
        private final List<String> galleryIds = new ArrayList<>();
        private final Map<String, Integer> rows = new HashMap<>();
        private final List<Integer> itemRanks = new ArrayList<>();
        private final List<Double> precision = new ArrayList<>();
        private final List<String> queryIds = new ArrayList<>();
        private final List<Integer> targets = new ArrayList<>();
        private final List<Integer> queryRanks = new ArrayList<>();

        Reading(Path file) {
            this.file = file;
        }

        void accept(long line, JsonNode node) throws DataException {
            if (!begun) {
                head(line, node);
                begun = true;
                return;
            }
            String direction = JsonLines.text(file, line, node, "direction");
            if (direction.equals(Direction.IMAGE_TO_TEXT.tag())) {
                String id = JsonLines.text(file, line, node, "item");
                if (rows.put(id, galleryIds.size()) != null) {
                    throw DataException.at(file, line, "the item \"" + id + "\" stands twice");
                }
                galleryIds.add(id);
                itemRanks.add(integer(line, node, "rank"));
                precision.add(number(line, node, "ap"));
            } else if (direction.equals(Direction.TEXT_TO_IMAGE.tag())) {
                String item = JsonLines.text(file, line, node, "item");
                Integer row = rows.get(item);
                if (row == null) {
                    throw DataException.at(file, line, "the item \"" + item + "\" has no i2t line above");
                }
                queryIds.add(JsonLines.text(file, line, node, "query"));
                targets.add(row);
                queryRanks.add(integer(line, node, "rank"));
            } else {
                throw DataException.at(file, line, "key \"direction\" is \"" + direction + "\", not t2i or i2t");
            }
        }

        private void head(long line, JsonNode node) throws DataException {
            String format = JsonLines.optionalText(file, line, node, "format").orElse("");
            if (!format.equals(FORMAT)) {
                throw DataException.at(
                        file, line, "key \"format\" is not \"" + FORMAT + "\": give a file that evaluate wrote");
            }
            int version = integer(line, node, "version");
            if (version != VERSION) {
                throw DataException.at(file, line, "version " + version + ", can read " + VERSION);
            }
            run = JsonLines.text(file, line, node, "run");
            language = JsonLines.text(file, line, node, "language");
            gallery = integer(line, node, "gallery");
            queries = integer(line, node, "queries");
        }

        private int integer(long line, JsonNode node, String key) throws DataException {
            JsonNode value = node.get(key);
            if (value == null || !value.canConvertToInt() || !value.isIntegralNumber()) {
                throw DataException.at(file, line, "key \"" + key + "\" is not a whole number");
            }
            return value.intValue();
        }

        private double number(long line, JsonNode node, String key) throws DataException {
            JsonNode value = node.get(key);
            if (value == null || !value.isNumber()) {
                throw DataException.at(file, line, "key \"" + key + "\" is not a number");
            }
            return value.doubleValue();
        }

        RunFile finish() throws DataException {
            if (!begun) {
                throw DataException.in(file, "is empty");
            }
            if (galleryIds.size() != gallery || queryIds.size() != queries) {
                throw DataException.in(
                        file,
                        "holds " + galleryIds.size() + " items and " + queryIds.size()
                                + " queries, its first line says " + gallery + " and " + queries
                                + ": is the copy complete?");
            }
            try {
                return new RunFile(
                        run,
                        language,
                        new Ranks(
                                galleryIds,
                                queryIds,
                                ints(targets),
                                ints(queryRanks),
                                ints(itemRanks),
                                precision.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .toArray()));
            } catch (IllegalArgumentException e) {
                throw DataException.in(file, String.valueOf(e.getMessage()), e);
            }
        }

        private static int[] ints(List<Integer> values) {
            return values.stream().mapToInt(Integer::intValue).toArray();
        }
    }
}
