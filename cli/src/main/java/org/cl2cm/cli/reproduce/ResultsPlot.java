package org.cl2cm.cli.reproduce;

import java.util.List;
import java.util.Locale;

/// Rows of numbers with their spread as a picture in SVG: a dot for a number, a line for its spread,
/// one panel for each set of queries.
final class ResultsPlot {
    private static final int LINE = 22;
    private static final int LETTER = 7;
    private static final int WIDTH = 260;
    private static final int GAP = 24;
    private static final int TICKS = 4;

    private ResultsPlot() {}

    /// A number with its spread, or its interval.
    record Dot(double value, double low, double high) {}

    /// @param title over the panel
    /// @param dots of the rows, in their order
    record Panel(String title, List<Dot> dots) {}

    /// @param rows what each row is called
    /// @param zero whether a line marks zero, as of differences
    static String svg(List<String> rows, List<Panel> panels, boolean zero) {
        int left = GAP + LETTER * rows.stream().mapToInt(String::length).max().orElse(0);
        int height = 3 * LINE + LINE * rows.size();
        int width = left + panels.size() * (WIDTH + 3 * GAP);
        StringBuilder out = new StringBuilder();
        out.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"13\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                width,
                height));
        for (int row = 0; row < rows.size(); row++) {
            text(out, left - 8, y(row) + 4, "end", "#222", rows.get(row));
        }
        for (int i = 0; i < panels.size(); i++) {
            panel(out, panels.get(i), left + i * (WIDTH + 3 * GAP), rows.size(), zero);
        }
        return out.append("</svg>\n").toString();
    }

    private static int y(int row) {
        return 2 * LINE + LINE * row;
    }

    private static void panel(StringBuilder out, Panel panel, int left, int rows, boolean zero) {
        double low = panel.dots().stream().mapToDouble(Dot::low).min().orElse(0);
        double high = panel.dots().stream().mapToDouble(Dot::high).max().orElse(1);
        if (zero) {
            low = Math.min(low, 0);
            high = Math.max(high, 0);
        }
        double step = step((high - low) / TICKS);
        double from = Math.floor(low / step) * step;
        double to = Math.max(from + step, Math.ceil(high / step) * step);
        text(out, left + WIDTH / 2, LINE - 6, "middle", "#222", panel.title());
        int ticks = (int) Math.round((to - from) / step);
        for (int tick = 0; tick <= ticks; tick++) {
            double value = from + tick * step;
            double x = left + WIDTH * (value - from) / (to - from);
            boolean origin = zero && Math.abs(value) < step / 2;
            line(out, x, y(0) - LINE / 2.0, x, y(rows) - LINE / 2.0, origin ? "#888" : "#e4e4e4", origin ? 1.5 : 1);
            text(out, (int) x, y(rows) + 4, "middle", "#666", number(value, step));
        }
        for (int row = 0; row < rows; row++) {
            Dot dot = panel.dots().get(row);
            double scale = WIDTH / (to - from);
            line(
                    out,
                    left + scale * (dot.low() - from),
                    y(row),
                    left + scale * (dot.high() - from),
                    y(row),
                    "#1f5fa8",
                    2);
            out.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"#1f5fa8\"/>%n",
                    left + scale * (dot.value() - from),
                    y(row)));
            text(
                    out,
                    left + WIDTH + 8,
                    y(row) + 4,
                    "start",
                    "#222",
                    String.format(Locale.ROOT, zero ? "%+.1f" : "%.1f", dot.value()));
        }
    }

    /// 1, 2 or 5 times a power of ten, at least `wanted`.
    private static double step(double wanted) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(wanted, 1e-3))));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= wanted) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value, double step) {
        return String.format(Locale.ROOT, step < 1 ? "%.1f" : "%.0f", value == 0 ? 0.0 : value);
    }

    private static void line(
            StringBuilder out, double x1, double y1, double x2, double y2, String colour, double width) {
        out.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>%n",
                x1,
                y1,
                x2,
                y2,
                colour,
                width));
    }

    private static void text(StringBuilder out, int x, int y, String anchor, String colour, String text) {
        out.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                colour,
                text.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
