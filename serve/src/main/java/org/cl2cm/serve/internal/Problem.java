package org.cl2cm.serve.internal;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request that is not answered as it was meant to be: becomes `application/problem+json` (RFC 9457).
final class Problem extends RuntimeException {
    static final String MEDIA_TYPE = "application/problem+json";

    private static final long serialVersionUID = 1;

    /// What can go wrong, each with its status.
    enum Kind {
        MALFORMED(400, "The request cannot be read"),
        UNAUTHORIZED(401, "A token is needed"),
        FORBIDDEN(403, "Not allowed"),
        NOT_FOUND(404, "Not found"),
        METHOD_NOT_ALLOWED(405, "Method not allowed"),
        TOO_SLOW(408, "The request came too slowly"),
        CONFLICT(409, "Conflict"),
        TOO_LARGE(413, "The request is too large"),
        UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
        NO_SUCH_PART(416, "There is no such part"),
        UNUSABLE(422, "The request cannot be used"),
        OVERLOADED(429, "Too many requests"),
        FAILED(500, "The server failed"),
        UNAVAILABLE(503, "Not available"),
        TIMED_OUT(504, "The time limit is over");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        int status() {
            return status;
        }
    }

    private final Kind kind;
    private final String detail;
    private final @Nullable String pointer;
    private final int position;
    private final LinkedHashMap<String, String> headers = new LinkedHashMap<>();

    private Problem(Kind kind, String detail, @Nullable String pointer, int position) {
        // The stack would cost more than the answer, and nobody sees it.
        super(detail, null, false, false);
        this.kind = kind;
        this.detail = detail;
        this.pointer = pointer;
        this.position = position;
    }

    static Problem of(Kind kind, String detail) {
        return new Problem(kind, detail, null, -1);
    }

    /// @param pointer JSON pointer of the field that is wrong, in the body
    static Problem at(String pointer, String detail) {
        return new Problem(Kind.UNUSABLE, detail, pointer, -1);
    }

    /// @param position of the letter in the filter, from 0
    static Problem inFilter(String pointer, int position, String detail) {
        return new Problem(Kind.UNUSABLE, detail, pointer, position);
    }

    static Problem overloaded(String detail) {
        return of(Kind.OVERLOADED, detail).with("Retry-After", "1");
    }

    Problem with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    Kind kind() {
        return kind;
    }

    String detail() {
        return detail;
    }

    Optional<String> pointer() {
        return Optional.ofNullable(pointer);
    }

    Answer answer() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "type",
                "urn:cl2cm:problem:" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        body.put("title", kind.title);
        body.put("status", kind.status);
        body.put("detail", detail);
        if (pointer != null) {
            body.put("pointer", pointer);
        }
        if (position >= 0) {
            body.put("position", position);
        }
        return new Answer(kind.status, MEDIA_TYPE, new Body.Whole(Json.bytes(body)), headers);
    }
}
