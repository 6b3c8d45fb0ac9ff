package org.cl2cm.bench.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Looks at the memory of a server again and again while something else goes on.
final class MemoryWatch implements AutoCloseable {
    private static final long EVERY_MILLISECONDS = 250;

    private final List<Long> seen = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;

    MemoryWatch(ServedProcess server) {
        this.thread = Thread.ofVirtual().start(() -> watch(server));
    }

    private void watch(ServedProcess server) {
        try {
            do {
                long bytes = server.memory();
                synchronized (seen) {
                    seen.add(bytes);
                }
            } while (!ended.await(EVERY_MILLISECONDS, TimeUnit.MILLISECONDS));
        } catch (IOException _) {
            // The server has gone, which its clients notice.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The most between two shares of the time, in bytes.
    long most(double from, double to) {
        synchronized (seen) {
            return seen.subList((int) (from * seen.size()), (int) Math.ceil(to * seen.size())).stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElse(0);
        }
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
