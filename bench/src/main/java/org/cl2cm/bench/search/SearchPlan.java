package org.cl2cm.bench.search;

import java.nio.file.Path;
import java.util.List;
import org.cl2cm.data.DataException;
import org.cl2cm.search.EngineSettings;

/// What one size is measured with, and where its files lie.
///
/// @param work folder of vectors, queries, truths and collections
/// @param rows items in the collection
/// @param queries how many there are
/// @param threads numbers of threads that search at the same time
/// @param rounds of all engines in turn
/// @param seconds that one engine is measured in a round
/// @param exactBelow fewer items than this are searched by comparing every vector; of the default
///     settings 100,000
public record SearchPlan(
        Path work, int rows, int queries, List<Integer> threads, int rounds, double seconds, int exactBelow) {
    /// Results asked for.
    static final int TOP = 10;

    /// The fingerprint that collections of generated vectors have.
    static final String MODEL = "generated";

    public SearchPlan {
        threads = List.copyOf(threads);
        if (rows < 100
                || queries < 1
                || rounds < 1
                || !(seconds > 0)
                || threads.stream().anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException("needs at least 100 items, 1 query, 1 round and 1 thread");
        }
    }

    /// The settings of the engine that is measured.
    EngineSettings settings() {
        return new EngineSettings(exactBelow, EngineSettings.DEFAULT.oversampling());
    }

    /// What that engine is called.
    String engine() {
        return settings().equals(EngineSettings.DEFAULT) ? SearchResult.DEFAULT : "exact below " + exactBelow;
    }

    Path vectors() {
        return work.resolve("vectors.npy");
    }

    Path queriesFile() {
        return work.resolve("queries.npy");
    }

    /// Rows of the true neighbours, by case.
    Path truth() {
        return work.resolve("truth-" + rows + ".json");
    }

    Path collections() {
        return work.resolve("collections");
    }

    String collection() {
        return "n" + rows;
    }

    List<String> arguments() {
        return List.of(
                work.toString(),
                Integer.toString(rows),
                Integer.toString(queries),
                String.join(",", threads.stream().map(String::valueOf).toList()),
                Integer.toString(rounds),
                Double.toString(seconds),
                Integer.toString(exactBelow));
    }

    static SearchPlan parse(List<String> arguments) throws DataException {
        if (arguments.size() != 7) {
            throw new DataException("not the arguments of a plan: " + String.join(", ", arguments));
        }
        return new SearchPlan(
                Path.of(arguments.get(0)),
                Integer.parseInt(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                java.util.Arrays.stream(arguments.get(3).split(",", -1))
                        .map(Integer::valueOf)
                        .toList(),
                Integer.parseInt(arguments.get(4)),
                Double.parseDouble(arguments.get(5)),
                Integer.parseInt(arguments.get(6)));
    }
}
