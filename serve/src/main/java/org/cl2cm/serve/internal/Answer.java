package org.cl2cm.serve.internal;

import java.util.LinkedHashMap;
import java.util.Map;

/// What goes back to the client.
///
/// @param type media type of the body
record Answer(int status, String type, Body body, Map<String, String> headers) {
    private static final String JSON = "application/json";

    Answer {
        headers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    static Answer json(Object value) {
        return json(200, value);
    }

    static Answer json(int status, Object value) {
        return new Answer(status, JSON, new Body.Whole(Json.bytes(value)), Map.of());
    }

    static Answer of(String type, byte[] body) {
        return of(type, new Body.Whole(body));
    }

    static Answer of(String type, Body body) {
        return new Answer(200, type, body, Map.of());
    }

    Answer with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new Answer(status, type, body, all);
    }
}
