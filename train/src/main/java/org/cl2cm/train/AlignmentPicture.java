package org.cl2cm.train;

import java.util.List;
import java.util.Locale;

/// Alignments as one picture in SVG: for each pair a grid of source words down and target words across,
/// a cell the darker the more of its source word goes there.
final class AlignmentPicture {
    private static final int CELL = 26;
    private static final int LETTER = 9;
    private static final int GAP = 36;

    private AlignmentPicture() {}

    static String svg(List<Alignment> alignments) {
        StringBuilder body = new StringBuilder();
        int width = 0;
        int y = GAP;
        for (Alignment alignment : alignments) {
            int left = GAP + LETTER * longest(alignment.source());
            int top = y + LETTER * longest(alignment.target());
            grid(alignment, left, top, body);
            width = Math.max(width, left + CELL * alignment.target().size() + GAP);
            y = top + CELL * alignment.source().size() + GAP;
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + y
                + "\" font-family=\"sans-serif\" font-size=\"14\">\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" + body + "</svg>\n";
    }

    private static int longest(List<String> words) {
        return words.stream().mapToInt(AlignmentPicture::letters).max().orElse(1);
    }

    /// Wide letters count twice.
    private static int letters(String word) {
        return word.codePoints().map(c -> c >= 0x2E80 ? 2 : 1).sum();
    }

    private static void grid(Alignment alignment, int left, int top, StringBuilder out) {
        for (int b = 0; b < alignment.target().size(); b++) {
            int x = left + CELL * b + CELL / 2 + 5;
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" transform=\"rotate(-90 %d %d)\">%s</text>%n",
                    x,
                    top - 6,
                    x,
                    top - 6,
                    escaped(alignment.target().get(b))));
        }
        for (int a = 0; a < alignment.source().size(); a++) {
            int y = top + CELL * a;
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
                    left - 6,
                    y + CELL - 8,
                    escaped(alignment.source().get(a))));
            for (int b = 0; b < alignment.target().size(); b++) {
                double share = alignment.shares()[a][b];
                out.append(String.format(
                        Locale.ROOT,
                        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#1f5fa8\" fill-opacity=\"%.3f\""
                                + " stroke=\"#ccc\"><title>%s → %s %.2f</title></rect>%n",
                        left + CELL * b,
                        y,
                        CELL,
                        CELL,
                        share,
                        escaped(alignment.source().get(a)),
                        escaped(alignment.target().get(b)),
                        share));
            }
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
