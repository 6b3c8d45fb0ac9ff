package org.cl2cm.cli.reproduce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.cl2cm.data.JsonLines;
import org.cl2cm.data.Machine;
import org.cl2cm.data.ProgramVersion;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.RunFile;

/// How one run of a row ended.
///
/// @param ranks of each set of queries
/// @param seconds by stage: cache, teacher, student, rerank, valid, test
/// @param peakMegabytes most resident memory of its process
/// @param epochs of the student
/// @param bestEpoch the one that validation chose; 0 where nothing is chosen
/// @param made by which state of the program, and where
public record Outcome(
        long seed,
        Map<Plan.Query, Ranks> ranks,
        Map<String, Double> seconds,
        long peakMegabytes,
        int epochs,
        int bestEpoch,
        Made made) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Which state of the program made a run, and where.
    ///
    /// @param revision of the program
    /// @param machine in words
    public record Made(String revision, String machine) {
        /// This program on this machine.
        static Made here() throws IOException {
            return new Made(ProgramVersion.current().revision(), Machine.describe());
        }
    }

    /// Whether the run in `folder` has ended.
    public static boolean exists(Path folder) {
        return Files.exists(folder.resolve("done.json"));
    }

    /// @param folder of a run that has ended, on this machine
    /// @param taken the run whose networks it took
    /// @param stages of that run; what they cost is counted here as well
    public static Outcome read(
            Path folder, Optional<Path> taken, Set<String> stages, long seed, List<Plan.Query> queries)
            throws IOException {
        JsonNode done = JSON.readTree(folder.resolve("done.json").toFile());
        Map<String, Double> seconds = new LinkedHashMap<>();
        done.path("seconds")
                .properties()
                .forEach(entry -> seconds.put(entry.getKey(), entry.getValue().asDouble()));
        add(folder, seconds, stage -> true);
        if (taken.isPresent()) {
            add(taken.get(), seconds, stages::contains);
        }
        Map<Plan.Query, Ranks> ranks = new LinkedHashMap<>();
        for (Plan.Query query : queries) {
            ranks.put(query, RunFile.read(query.file(folder)).ranks());
        }
        return new Outcome(
                seed,
                ranks,
                seconds,
                done.path("peak_mb").asLong(),
                done.path("epochs").asInt(),
                done.path("best_epoch").asInt(),
                Made.here());
    }

    private static void add(Path folder, Map<String, Double> seconds, Predicate<String> wanted) throws IOException {
        Path log = folder.resolve("log.jsonl");
        if (!Files.exists(log)) {
            return;
        }
        JsonLines.forEach(log, (line, node) -> {
            String stage = node.path("stage").asText();
            if (wanted.test(stage)) {
                node.path("seconds")
                        .properties()
                        .forEach(entry -> seconds.merge(
                                entry.getKey().equals("valid") ? "valid" : stage,
                                entry.getValue().asDouble(),
                                Double::sum));
            }
        });
    }
}
