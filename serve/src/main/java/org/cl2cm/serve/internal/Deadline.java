package org.cl2cm.serve.internal;

import java.time.Duration;

/// When the time of a request is over.
///
/// @param end in `System.nanoTime`
record Deadline(long end, Duration limit) {
    static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos(), limit);
    }

    /// Nanoseconds, below zero when it is over.
    long left() {
        return end - System.nanoTime();
    }

    Problem over(String what) {
        return Problem.of(
                Problem.Kind.TIMED_OUT,
                what + " took longer than the limit of " + limit.toMillis() + " ms for a request");
    }
}
