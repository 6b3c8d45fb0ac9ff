package org.cl2cm.serve.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which web pages of other origins a browser lets use the server (CORS). None, unless they are named.
record CrossOrigin(List<String> origins) {
    /// Headers for an answer to a page of this origin.
    Map<String, String> headers(Optional<String> origin) {
        if (origins.isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>(Map.of("Vary", "Origin"));
        origin.filter(origins::contains).ifPresent(known -> {
            headers.put("Access-Control-Allow-Origin", known);
            headers.put("Access-Control-Expose-Headers", "Retry-After");
        });
        return headers;
    }

    /// The answer to a browser that asks what a page of this origin may do.
    ///
    /// @throws Problem 403 when it may do nothing
    Answer preflight(Optional<String> origin) {
        if (origin.filter(origins::contains).isEmpty()) {
            throw Problem.of(Problem.Kind.FORBIDDEN, "pages of this origin may not use the server; see --cors-origin");
        }
        return new Answer(
                204,
                "text/plain",
                new Body.Whole(new byte[0]),
                Map.of(
                        "Access-Control-Allow-Methods",
                        "GET, POST, DELETE",
                        "Access-Control-Allow-Headers",
                        "Authorization, Content-Type",
                        "Access-Control-Max-Age",
                        "600"));
    }
}
