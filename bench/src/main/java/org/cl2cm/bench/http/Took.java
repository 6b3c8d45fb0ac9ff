package org.cl2cm.bench.http;

/// Where the time of requests went, in milliseconds; sums, or means of one request.
///
/// @param queue waiting for the model
/// @param tokenise cutting into word pieces, the whole batch
/// @param encode the model, the whole batch
/// @param search in the collection
/// @param rest HTTP, JSON, the language of the query, and the client
public record Took(double queue, double tokenise, double encode, double search, double rest) {
    static final Took NONE = new Took(0, 0, 0, 0, 0);

    /// Reads `took_ms` of an answer.
    ///
    /// @param total milliseconds that the client waited
    /// @throws IllegalArgumentException when the answer holds none
    static Took of(String answer, double total) {
        int at = answer.indexOf("\"took_ms\"");
        if (at < 0) {
            throw new IllegalArgumentException("an answer without took_ms: " + answer);
        }
        String took = answer.substring(at, answer.indexOf('}', at));
        double queue = number(took, "queue");
        double tokenise = number(took, "tokenise");
        double encode = number(took, "encode");
        double search = number(took, "search");
        return new Took(queue, tokenise, encode, search, total - queue - tokenise - encode - search);
    }

    private static double number(String took, String key) {
        int at = took.indexOf("\"" + key + "\":");
        if (at < 0) {
            throw new IllegalArgumentException("took_ms without " + key + ": " + took);
        }
        int from = at + key.length() + 3;
        int to = took.indexOf(',', from);
        return Double.parseDouble(
                took.substring(from, to < 0 ? took.length() : to).strip());
    }

    Took plus(Took other) {
        return new Took(
                queue + other.queue,
                tokenise + other.tokenise,
                encode + other.encode,
                search + other.search,
                rest + other.rest);
    }

    Took over(double count) {
        return new Took(queue / count, tokenise / count, encode / count, search / count, rest / count);
    }
}
