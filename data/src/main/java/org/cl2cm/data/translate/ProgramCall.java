package org.cl2cm.data.translate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cl2cm.data.DataException;
import org.jspecify.annotations.Nullable;

/// One run of a program that reads its input to the end and writes its output. No shell takes part,
/// and no text is ever an argument.
///
/// @param command the program and its arguments
/// @param environment variables that are set besides those of this process
/// @param limit after which the program and all that it started are ended
record ProgramCall(List<String> command, Map<String, String> environment, Duration limit) {
    /// What it may write beside what it is given: a program without end would fill the memory.
    private static final int MOST_TIMES = 100;

    private static final int LEAST_LIMIT = 1 << 20;
    private static final int KEPT_ERRORS = 2000;

    /// What the program wrote.
    ///
    /// @throws TranslationException when it fails, hangs, writes without end, or writes what is not
    ///     UTF-8
    /// @throws DataException when it cannot be started at all
    String output(String input) throws IOException {
        byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
        int most = (int) Math.min(Integer.MAX_VALUE - 64, Math.max(LEAST_LIMIT, (long) MOST_TIMES * bytes.length));
        Process process = start();
        Drain out = new Drain(process.getInputStream(), most, process);
        Drain errors = new Drain(process.getErrorStream(), KEPT_ERRORS, null);
        Thread writing = Thread.startVirtualThread(() -> feed(process, bytes));
        Thread reading = Thread.startVirtualThread(out);
        Thread listening = Thread.startVirtualThread(errors);
        long end = System.nanoTime() + limit.toNanos();
        try {
            // What it started may hold its output open longer than it lives itself.
            boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)
                    && reading.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            if (out.tooMuch) {
                throw new TranslationException(name() + " wrote more than " + (most >> 20) + " MiB");
            }
            if (!ended) {
                throw new TranslationException(name() + " gave no answer in " + limit.toMillis() / 1000.0 + " s");
            }
            listening.join(Duration.ofMillis(200));
            if (process.exitValue() != 0) {
                throw new TranslationException(name() + " ended with code " + process.exitValue() + errors.said());
            }
            return decoded(out.bytes());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + name() + " ran");
        } finally {
            kill(process);
            writing.interrupt();
        }
    }

    private Process start() throws DataException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new DataException(name() + " cannot be started: " + e.getMessage(), e);
        }
    }

    private String name() {
        return "\"" + String.join(" ", command) + "\"";
    }

    private static void feed(Process process, byte[] input) {
        try (OutputStream to = process.getOutputStream()) {
            to.write(input);
        } catch (IOException e) {
            // It stopped reading: its exit code or what it wrote tells why.
            return;
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private String decoded(byte[] bytes) throws TranslationException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TranslationException(name() + " wrote what is not UTF-8", e);
        }
    }

    /// Reads a stream to its end, and keeps the first bytes of it.
    private static final class Drain implements Runnable {
        private final InputStream in;
        private final int most;
        private final @Nullable Process killed;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private volatile boolean tooMuch;

        /// @param killed the process that is ended when it writes more than `most`; null when the rest
        ///     is left unread
        Drain(InputStream in, int most, @Nullable Process killed) {
            this.in = in;
            this.most = most;
            this.killed = killed;
        }

        @Override
        public void run() {
            byte[] buffer = new byte[1 << 13];
            try (in) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    keep(buffer, Math.min(n, most - kept.size()));
                    if (kept.size() >= most && killed != null) {
                        tooMuch = true;
                        kill(killed);
                        return;
                    }
                }
            } catch (IOException e) {
                // Closed because the process was ended.
                return;
            }
        }

        private synchronized void keep(byte[] buffer, int length) {
            kept.write(buffer, 0, length);
        }

        synchronized byte[] bytes() {
            return kept.toByteArray();
        }

        String said() {
            String text = PlainText.line(new String(bytes(), StandardCharsets.UTF_8));
            return text.isEmpty() ? "" : ": " + text;
        }
    }
}
