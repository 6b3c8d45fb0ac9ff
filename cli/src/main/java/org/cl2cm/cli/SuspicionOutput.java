package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.cl2cm.data.translate.Suspicion;
import org.cl2cm.data.translate.TranslationFile;
import org.cl2cm.data.translate.TranslationReview;
import picocli.CommandLine.Option;

/// Prints translations that look wrong, worst first.
final class SuspicionOutput {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--format",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private DataCommand.Format format = DataCommand.Format.table;

    @Option(
            names = "--show",
            paramLabel = "N",
            defaultValue = "10",
            description = "suspicious translations to print (default: ${DEFAULT-VALUE})")
    private int show = 10;

    /// How many show each sign, by its words.
    static Map<String, Long> counts(List<Suspicion> suspicions) {
        Map<String, Long> counts = new LinkedHashMap<>();
        TranslationReview.counts(suspicions).forEach((sign, count) -> counts.put(sign.toString(), count));
        return counts;
    }

    /// @param head the first line of a table
    /// @param about the same for programs
    void print(String head, Map<String, Object> about, List<Suspicion> suspicions) throws IOException {
        List<Suspicion> shown = suspicions.stream().limit(Math.max(0, show)).toList();
        if (format == DataCommand.Format.json) {
            Map<String, Object> all = new LinkedHashMap<>(about);
            all.put("worst", shown.stream().map(TranslationFile::fields).toList());
            System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
            return;
        }
        System.out.println(head);
        for (Suspicion suspicion : shown) {
            String signs = suspicion.signs().keySet().stream()
                    .map(Suspicion.Sign::toString)
                    .collect(Collectors.joining(", "));
            System.out.printf(
                    Locale.ROOT,
                    "%.2f  \"%s\"[%d]  %s%n      %s%n      %s%n",
                    suspicion.score(),
                    suspicion.id(),
                    suspicion.position(),
                    signs,
                    suspicion.source().strip(),
                    suspicion.translation());
        }
        String signs = counts(suspicions).entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        System.out.println(suspicions.size() + " suspicious" + (signs.isEmpty() ? "" : ": " + signs)
                + (shown.size() < suspicions.size() ? " (--show N shows more)" : ""));
    }
}
