package org.cl2cm.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/// How the answers of two generations of a collection differ, before one takes the other's place.
///
/// @param top how many results of each query were looked at
/// @param queries each query and what became of it
public record GenerationComparison(int top, List<Compared> queries) {
    /// A question in the vectors of both generations.
    ///
    /// @param text as a person wrote it
    /// @param live its vector for the live generation
    /// @param next its vector for the next one
    /// @param relevant ids of the right answers, empty where nobody knows them
    public record Question(String text, float[] live, float[] next, Set<String> relevant) {}

    /// @param overlap share of the first results that both generations have, 0 to 1
    /// @param live recall among the first results of the live generation: right ones that were found,
    ///     of those there are; empty where nobody knows them
    /// @param next the same of the next generation
    public record Compared(String text, double overlap, OptionalDouble live, OptionalDouble next) {}

    /// Asks both generations.
    public static GenerationComparison of(VectorEngine live, VectorEngine next, List<Question> questions, int top)
            throws IOException {
        List<Compared> compared = new ArrayList<>();
        for (Question question : questions) {
            Set<String> before = ids(live, question.live, top);
            Set<String> after = ids(next, question.next, top);
            Set<String> both = new HashSet<>(before);
            both.retainAll(after);
            int most = Math.max(before.size(), after.size());
            compared.add(new Compared(
                    question.text,
                    most == 0 ? 1 : both.size() / (double) most,
                    recall(before, question.relevant, top),
                    recall(after, question.relevant, top)));
        }
        return new GenerationComparison(top, List.copyOf(compared));
    }

    private static Set<String> ids(VectorEngine engine, float[] vector, int top) throws IOException {
        Set<String> ids = new HashSet<>();
        engine.search(new VectorQuery(engine.info().model(), vector, top)).forEach(hit -> ids.add(hit.id()));
        return ids;
    }

    private static OptionalDouble recall(Set<String> found, Set<String> relevant, int top) {
        if (relevant.isEmpty()) {
            return OptionalDouble.empty();
        }
        long right = relevant.stream().filter(found::contains).count();
        return OptionalDouble.of(right / (double) Math.min(top, relevant.size()));
    }

    /// Mean share of results that both have.
    public double overlap() {
        return mean(query -> OptionalDouble.of(query.overlap)).orElse(1);
    }

    /// Mean recall of the live generation over the queries whose right answers are known.
    public OptionalDouble liveRecall() {
        return mean(Compared::live);
    }

    /// Mean recall of the next generation over the same queries.
    public OptionalDouble nextRecall() {
        return mean(Compared::next);
    }

    private OptionalDouble mean(Function<Compared, OptionalDouble> value) {
        return queries.stream()
                .map(value)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .average();
    }
}
