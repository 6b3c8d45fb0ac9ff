package org.cl2cm.evaluate;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.TextLines;

/// Rankings and relevance judgements in the formats of TREC, which trec_eval, ir_measures and others
/// read.
///
/// A run has lines `qid Q0 docid rank score tag`, qrels have lines `qid 0 docid relevance`. trec_eval
/// sorts by score
/// and breaks ties by document id, not against the model; with many ties its numbers are a little
/// higher than ours.
public final class TrecFiles {
    private static final int BLOCK = 4096;

    /// One line of a run.
    ///
    /// @param rank from 1
    public record RunLine(String document, int rank, double score) {}

    private TrecFiles() {}

    /// Writes the first `k` answers of each query; needs memory for a block of queries only.
    ///
    /// @param tag name of the run, without white space
    /// @throws IllegalArgumentException when an id or the tag is empty or holds white space, which the
    ///     format cannot
    ///     keep
    public static void writeRun(Path file, Retrieval retrieval, Direction direction, int k, String tag, int threads)
            throws IOException {
        boolean text = direction == Direction.TEXT_TO_IMAGE;
        TopK search = text ? TopK.textToImage(retrieval) : TopK.imageToText(retrieval);
        List<String> asking = text ? retrieval.queryIds() : retrieval.galleryIds();
        List<String> answering = text ? retrieval.galleryIds() : retrieval.queryIds();
        requireWord("tag", tag);
        requireWords(retrieval);
        int[] captions = new int[retrieval.gallerySize()];
        for (int target : retrieval.targets()) {
            captions[target]++;
        }
        AtomicFile.write(file, out -> {
            for (int first = 0; first < asking.size(); first += BLOCK) {
                int end = Math.min(first + BLOCK, asking.size());
                List<List<TopK.Hit>> hits = search.search(first, end, k, threads);
                for (int query = first; query < end; query++) {
                    if (text || captions[query] > 0) {
                        writeHits(out, asking.get(query), hits.get(query - first), answering, tag);
                    }
                }
            }
        });
    }

    private static void writeHits(
            OutputStream out, String query, List<TopK.Hit> hits, List<String> answering, String tag)
            throws IOException {
        StringBuilder lines = new StringBuilder();
        int rank = 1;
        for (TopK.Hit hit : hits) {
            lines.append(query)
                    .append(" Q0 ")
                    .append(answering.get(hit.row()))
                    .append(' ')
                    .append(rank++)
                    .append(' ')
                    .append(hit.score())
                    .append(' ')
                    .append(tag)
                    .append('\n');
        }
        out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// Writes who belongs to whom, relevance 1.
    public static void writeQrels(Path file, Retrieval retrieval, Direction direction) throws IOException {
        requireWords(retrieval);
        int[] targets = retrieval.targets();
        boolean text = direction == Direction.TEXT_TO_IMAGE;
        int[] order = text
                ? IntStream.range(0, targets.length).toArray()
                : IntStream.range(0, targets.length)
                        .boxed()
                        .sorted((a, b) -> Integer.compare(targets[a], targets[b]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        AtomicFile.write(file, out -> {
            for (int query : order) {
                String caption = retrieval.queryIds().get(query);
                String item = retrieval.galleryIds().get(targets[query]);
                String line = text ? caption + " 0 " + item : item + " 0 " + caption;
                out.write((line + " 1\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /// @return the lines of each query by rank, queries in the order of the file
    /// @throws DataException for a line that is none of a run, naming file and line
    public static Map<String, List<RunLine>> readRun(Path file) throws IOException {
        Map<String, List<RunLine>> run = new LinkedHashMap<>();
        TextLines.forEach(file, (line, text) -> {
            if (text.isBlank()) {
                return;
            }
            String[] fields = text.strip().split("\\s+", -1);
            if (fields.length != 6) {
                throw DataException.at(file, line, fields.length + " fields, a run has 6: qid Q0 docid rank score tag");
            }
            try {
                run.computeIfAbsent(fields[0], q -> new ArrayList<>())
                        .add(new RunLine(fields[2], Integer.parseInt(fields[3]), Double.parseDouble(fields[4])));
            } catch (NumberFormatException e) {
                throw DataException.at(
                        file, line, "rank \"" + fields[3] + "\" or score \"" + fields[4] + "\" is no number");
            }
        });
        run.values().forEach(lines -> lines.sort((a, b) -> Integer.compare(a.rank(), b.rank())));
        return run;
    }

    /// @return relevance by document by query, in the order of the file
    /// @throws DataException for a line that is none of qrels, naming file and line
    public static Map<String, Map<String, Integer>> readQrels(Path file) throws IOException {
        Map<String, Map<String, Integer>> qrels = new LinkedHashMap<>();
        TextLines.forEach(file, (line, text) -> {
            if (text.isBlank()) {
                return;
            }
            String[] fields = text.strip().split("\\s+", -1);
            if (fields.length != 4) {
                throw DataException.at(file, line, fields.length + " fields, qrels have 4: qid 0 docid relevance");
            }
            Integer before;
            try {
                before = qrels.computeIfAbsent(fields[0], q -> new LinkedHashMap<>())
                        .put(fields[2], Integer.parseInt(fields[3]));
            } catch (NumberFormatException e) {
                throw DataException.at(file, line, "relevance \"" + fields[3] + "\" is no whole number");
            }
            if (before != null) {
                throw DataException.at(
                        file, line, "query \"" + fields[0] + "\" and document \"" + fields[2] + "\" stand twice");
            }
        });
        return qrels;
    }

    /// The one gallery row of each query by text-to-image qrels.
    ///
    /// @param queryIds M ids
    /// @return `[M]`
    /// @throws DataException when a query has no relevant gallery item or more than one, naming it
    public static int[] targets(Path qrels, List<String> queryIds, List<String> galleryIds) throws IOException {
        Map<String, Integer> rows = new LinkedHashMap<>();
        for (int row = 0; row < galleryIds.size(); row++) {
            rows.put(galleryIds.get(row), row);
        }
        Map<String, Map<String, Integer>> judged = readQrels(qrels);
        int[] targets = new int[queryIds.size()];
        for (int query = 0; query < targets.length; query++) {
            String id = queryIds.get(query);
            Set<Map.Entry<String, Integer>> documents =
                    judged.getOrDefault(id, Map.of()).entrySet();
            List<String> relevant = documents.stream()
                    .filter(entry -> entry.getValue() > 0)
                    .map(Map.Entry::getKey)
                    .toList();
            if (relevant.size() != 1) {
                throw DataException.in(
                        qrels, "query \"" + id + "\" has " + relevant.size() + " relevant items, must have 1");
            }
            Integer row = rows.get(relevant.getFirst());
            if (row == null) {
                throw DataException.in(
                        qrels,
                        "query \"" + id + "\" belongs to \"" + relevant.getFirst() + "\", which is not in the gallery");
            }
            targets[query] = row;
        }
        return targets;
    }

    private static void requireWords(Retrieval retrieval) {
        retrieval.galleryIds().forEach(id -> requireWord("gallery id", id));
        retrieval.queryIds().forEach(id -> requireWord("query id", id));
    }

    private static void requireWord(String what, String text) {
        if (text.isEmpty() || text.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "the " + what + " \"" + text + "\" is empty or holds white space; TREC files cannot keep it");
        }
    }
}
