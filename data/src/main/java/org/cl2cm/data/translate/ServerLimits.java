package org.cl2cm.data.translate;

import java.time.Duration;

/// How patient one is with a server.
///
/// @param answer after which a request counts as lost
/// @param retries how often a request is sent again when the server is busy or the connection breaks
/// @param pause before the first retry where the server names none; doubles with each
/// @param longest the longest pause that a server may ask for before one gives up
/// @param rate how often it is asked
public record ServerLimits(Duration answer, int retries, Duration pause, Duration longest, Rate rate) {
    public ServerLimits {
        if (retries < 0 || answer.isNegative() || answer.isZero()) {
            throw new IllegalArgumentException("retries " + retries + ", " + answer + " for an answer");
        }
    }

    /// Five retries from one second on, and pauses of up to a quarter of an hour.
    public static ServerLimits of(Duration answer, int retries, Rate rate) {
        return new ServerLimits(answer, retries, Duration.ofSeconds(1), Duration.ofMinutes(15), rate);
    }
}
