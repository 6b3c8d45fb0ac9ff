package org.cl2cm.model.internal;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// Reads a stream and closes it when no byte has come for a while: a body has no time limit of its own.
final class Stall implements AutoCloseable {
    private final InputStream in;
    private final Duration patience;
    private final Thread watch;
    private volatile long heard = System.nanoTime();
    private volatile boolean stalled;

    Stall(InputStream in, Duration patience) {
        this.in = in;
        this.patience = patience;
        this.watch = Thread.ofVirtual().name("cl2cm-stall").start(this::watch);
    }

    private void watch() {
        try {
            for (long left = patience.toNanos(); left > 0; left = patience.toNanos() - (System.nanoTime() - heard)) {
                Thread.sleep(Duration.ofNanos(left));
            }
            stalled = true;
            in.close();
        } catch (InterruptedException | IOException end) {
            // Closed, or about to be: the reader hears of it from its own call.
            Thread.currentThread().interrupt();
        }
    }

    int read(byte[] buffer) throws IOException {
        try {
            int count = in.read(buffer);
            heard = System.nanoTime();
            if (stalled) {
                throw new IOException("the connection was closed");
            }
            return count;
        } catch (IOException e) {
            throw stalled ? new IOException("nothing came for " + patience.toMillis() + " ms", e) : e;
        }
    }

    InputStream in() {
        return in;
    }

    @Override
    public void close() throws IOException {
        watch.interrupt();
        in.close();
    }
}
