package org.cl2cm.data.video;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cl2cm.data.DataException;

/// A program that runs beside this one and is read through a pipe. It is ended when its time is over,
/// when this is closed, and when the JVM ends. What it writes to its error stream is kept up to a
/// bound. For one thread.
final class ChildProcess implements AutoCloseable {
    private static final int MOST_MESSAGES = 8_000;
    private static final long PATIENCE = TimeUnit.SECONDS.toMillis(2);

    private final Process process;
    private final Thread end;
    private final Thread listener;
    private final StringBuilder messages = new StringBuilder();
    private volatile boolean late;

    private ChildProcess(Process process, Duration limit) {
        this.process = process;
        this.end = Thread.ofPlatform().unstarted(process::destroyForcibly);
        this.listener = Thread.ofVirtual().start(this::listen);
        Runtime.getRuntime().addShutdownHook(end);
        Thread.ofVirtual().start(() -> watch(limit));
    }

    /// @param limit after which it is ended
    /// @throws DataException when the program cannot be started
    static ChildProcess start(List<String> command, Duration limit) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new DataException(command.getFirst() + " cannot be started: " + e.getMessage(), e);
        }
        return new ChildProcess(process, limit);
    }

    private void watch(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                late = true;
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen() {
        byte[] some = new byte[4096];
        try (InputStream in = process.getErrorStream()) {
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                synchronized (messages) {
                    messages.append(new String(some, 0, read, StandardCharsets.UTF_8));
                    // What it said last tells most.
                    messages.delete(0, Math.max(0, messages.length() - MOST_MESSAGES));
                }
            }
        } catch (IOException _) {
            // It was ended; what it said until then is kept.
        }
    }

    InputStream output() {
        return process.getInputStream();
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    /// Whether it was ended because its time was over.
    boolean isLate() {
        return late;
    }

    /// Waits until it has ended; its output must have been read.
    ///
    /// @return its exit code
    int await() throws IOException {
        try {
            int exit = process.waitFor();
            listener.join(PATIENCE);
            return exit;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(
                    "interrupted while " + process.info().command().orElse("a program") + " ran", e);
        }
    }

    /// The last line that it wrote to its error stream, empty when it wrote none.
    String lastMessage() {
        synchronized (messages) {
            return messages.toString().lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line.strip());
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException _) {
            // The JVM is ending, and the hook runs.
        }
        closeQuietly(process.getInputStream());
        closeQuietly(process.getOutputStream());
    }

    private static void closeQuietly(AutoCloseable stream) {
        try {
            stream.close();
        } catch (Exception _) {
            // Nothing is lost: the process has ended.
        }
    }
}
