package org.cl2cm.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Columns of text for people: the first column and all that hold words to the left, numbers to the
/// right.
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... heads) {
        rows.add(List.of(heads));
    }

    TextTable row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        if (row.size() != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    row.size() + " cells for " + rows.getFirst().size() + " columns");
        }
        rows.add(row);
        return this;
    }

    void print(PrintStream out) {
        out.print(text());
    }

    /// The lines, each with its end.
    String text() {
        StringBuilder lines = new StringBuilder();
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            int at = column;
            widths[column] =
                    rows.stream().mapToInt(row -> width(row.get(at))).max().orElse(0);
            numbers[column] = column > 0
                    && rows.stream().skip(1).allMatch(row -> row.get(at).matches("-|[-+]?[0-9][0-9.,]*%?"));
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                String space = " ".repeat(widths[column] - width(cell));
                line.append(column == 0 ? "" : "  ").append(numbers[column] ? space + cell : cell + space);
            }
            lines.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return lines.toString();
    }

    /// Places on a terminal: East Asian characters take two.
    private static int width(String text) {
        return text.codePoints()
                .map(c -> (c >= 0x1100 && c <= 0x115F)
                                || (c >= 0x2E80 && c <= 0xA4CF)
                                || (c >= 0xAC00 && c <= 0xD7A3)
                                || (c >= 0xF900 && c <= 0xFAFF)
                                || (c >= 0xFE30 && c <= 0xFE6F)
                                || (c >= 0xFF00 && c <= 0xFF60)
                                || (c >= 0x20000 && c <= 0x3FFFD)
                        ? 2
                        : 1)
                .sum();
    }
}
