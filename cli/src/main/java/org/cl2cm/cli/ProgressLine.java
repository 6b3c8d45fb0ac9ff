package org.cl2cm.cli;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.cl2cm.data.ProgressListener;

/// Progress on stderr with rate and time left: redrawn on a terminal, else one line every ten seconds.
///
/// Not safe for use by many threads.
final class ProgressLine implements ProgressListener, AutoCloseable {
    private static final long REDRAW = Duration.ofMillis(200).toNanos();
    private static final long LINE = Duration.ofSeconds(10).toNanos();

    private final String name;
    private final String unit;
    private final PrintStream out = System.err;
    private final boolean terminal =
            Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    private long last = System.nanoTime();
    private long start = last;
    private long first = -1;
    private long before = -1;
    private String shown = "";
    private String pending = "";

    /// @param name what is being done, e.g. `encode`
    /// @param unit what is counted, e.g. `images`
    ProgressLine(String name, String unit) {
        this.name = name;
        this.unit = unit;
    }

    @Override
    public void update(long done, long total, String detail) {
        long now = System.nanoTime();
        if (first < 0 || done < before) {
            // What was done before, and the time until then, say nothing about the rate; a smaller count is a new
            // stage.
            first = done;
            start = now;
        }
        before = done;
        pending = text(done, total, detail, now);
        boolean end = total >= 0 && done >= total;
        if (now - last >= (terminal ? REDRAW : LINE) || end) {
            last = now;
            show();
        }
    }

    private void show() {
        if (pending.equals(shown)) {
            return;
        }
        shown = pending;
        out.print(terminal ? "\r\033[K" + pending : pending + System.lineSeparator());
        out.flush();
    }

    private String text(long done, long total, String detail, long now) {
        double seconds = (now - start) / 1e9;
        double rate = (done - first) / Math.max(seconds, 1e-9);
        StringBuilder text = new StringBuilder(name).append(": ").append(done);
        if (total >= 0) {
            text.append('/').append(total);
        }
        text.append(' ').append(unit);
        if (seconds > 0.5 && rate > 0) {
            text.append(String.format(Locale.ROOT, ", %.1f/s", rate));
            if (total > done) {
                text.append(", ").append(duration((total - done) / rate)).append(" left");
            }
        }
        return detail.isEmpty()
                ? text.toString()
                : text.append(", ").append(detail).toString();
    }

    private static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 60
                ? whole + " s"
                : whole < 3600
                        ? whole / 60 + " min " + whole % 60 + " s"
                        : whole / 3600 + " h " + whole / 60 % 60 + " min";
    }

    @Override
    public void close() {
        show();
        if (terminal && !shown.isEmpty()) {
            out.println();
        }
    }
}
