package org.cl2cm.serve.internal;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.serve.ServeSettings;

/// One request while it is answered, for one thread.
///
/// @param variables what stands in the path where the route has `{name}`
/// @param bodies reads the body
record Exchange(
        ServerRequest request,
        Map<String, String> variables,
        ServeSettings settings,
        Deadline deadline,
        Bodies bodies) {

    String variable(String name) {
        return String.valueOf(variables.get(name));
    }

    Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    String contentType() {
        return header("Content-Type").orElse("");
    }

    /// Whole, at most as long as the settings say.
    byte[] body() {
        return bodies.read(request, deadline);
    }

    /// The body of a request that must be JSON.
    ///
    /// @throws Problem 415 when it is of another type
    byte[] jsonBody() {
        requireUtf8();
        if (!Multipart.mediaType(contentType()).equals("application/json")) {
            throw Problem.of(
                    Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                    "send JSON with the header \"Content-Type: application/json\"");
        }
        return body();
    }

    private void requireUtf8() {
        String type = contentType().toLowerCase(java.util.Locale.ROOT);
        int charset = type.indexOf("charset=");
        if (charset >= 0) {
            String name = type.substring(charset + "charset=".length())
                    .split(";", -1)[0]
                    .strip()
                    .replace("\"", "");
            if (!List.of("utf-8", "utf8").contains(name)) {
                throw Problem.of(Problem.Kind.UNSUPPORTED_MEDIA_TYPE, "only UTF-8 is read");
            }
        }
    }

    /// A parameter of the address, after `?`.
    ///
    /// @throws Problem 422 when it is no whole number of this range
    int parameter(String name, int usual, int least, int most) {
        Map<String, List<String>> all = Paths.query(request.prologue().query().rawValue());
        for (String key : all.keySet()) {
            if (!key.equals(name)) {
                throw Problem.of(
                        Problem.Kind.UNUSABLE, "unknown parameter; the address takes \"" + name + "\" and no other");
            }
        }
        List<String> values = all.getOrDefault(name, List.of());
        if (values.isEmpty()) {
            return usual;
        }
        String value = values.getFirst();
        if (values.size() > 1 || !value.matches("\\d{1,9}") || !within(Integer.parseInt(value), least, most)) {
            throw Problem.of(
                    Problem.Kind.UNUSABLE,
                    "parameter \"" + name + "\": " + least + " to " + most + " are possible, once");
        }
        return Integer.parseInt(value);
    }

    private static boolean within(int value, int least, int most) {
        return value >= least && value <= most;
    }
}
