package org.cl2cm.bench.http;

import java.util.List;
import java.util.Map;
import org.cl2cm.bench.Conditions;

/// What too much load did to a server.
///
/// @param sustainable answers a second that it gave to clients who wait for their answers
/// @param unloaded p99 of a single client, milliseconds
/// @param queue places in the queue
/// @param queueWait how long a query might wait in it, milliseconds
/// @param factor times the sustainable rate
/// @param seconds that it lasted
/// @param statuses answers by status; 0 for no answer
/// @param p50 of the accepted requests from the instant they were due, milliseconds, as p99
/// @param refusedP99 the same of those that were turned away
/// @param behindP99 how late the requests were sent, milliseconds
/// @param memory resident bytes of the server
/// @param recovery answers a second afterwards, to the clients that found the sustainable rate
/// @param promises what was promised, and whether it was kept
public record OverloadResult(
        long items,
        String questions,
        double sustainable,
        int clients,
        double unloaded,
        int queue,
        long queueWait,
        double factor,
        double seconds,
        long sent,
        Map<Integer, Long> statuses,
        double p50,
        double p99,
        double refusedP99,
        double behindP99,
        Memory memory,
        List<Window> recovery,
        List<Promise> promises,
        Conditions conditions) {
    /// @param before the load
    /// @param firstHalf the most in the first half of it, and so on
    /// @param after it
    public record Memory(long before, long firstHalf, long secondHalf, long after) {}

    /// @param from seconds after the load had ended
    public record Window(double from, double to, double perSecond) {}

    public record Promise(String text, boolean kept) {}

    /// Whether all promises were kept.
    public boolean good() {
        return promises.stream().allMatch(Promise::kept);
    }
}
