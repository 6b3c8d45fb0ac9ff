package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cl2cm.data.DataException;
import org.cl2cm.evaluate.RankConsistency;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.RunFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "consistency",
        description = {
            "Does it depend on the language of the question where an image is found?",
            "Prints the mean rank variance over languages (MRV of CCRK; 0 = every language finds every image at the same"
                    + " place) and the images that the languages disagree on most."
        },
        mixinStandardHelpOptions = true)
final class EvaluateConsistencyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "RANKS",
            arity = "2..*",
            description = "ranks files that evaluate wrote, one for each language; \".ranks.jsonl\" may be left out")
    private List<String> files = List.of();

    @Option(names = "--top", defaultValue = "10", description = "images that are listed (default: ${DEFAULT-VALUE})")
    private int top = 10;

    @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES} (default: table)")
    private Format format = Format.table;

    enum Format {
        table,
        json
    }

    @Override
    public Integer call() throws IOException {
        Map<String, Ranks> languages = new LinkedHashMap<>();
        for (String name : files) {
            Path file = Path.of(name);
            RunFile run = RunFile.read(Files.exists(file) ? file : Path.of(name + RunFile.SUFFIX));
            if (languages.put(run.language(), run.ranks()) != null) {
                throw new DataException(name + ": a second file of queries in \"" + run.language()
                        + "\"; give one file for each language");
            }
        }
        RankConsistency consistency;
        try {
            consistency = RankConsistency.of(languages);
        } catch (IllegalArgumentException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.json) {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json(consistency)));
        } else {
            out.println(summary(consistency));
            out.print(table(consistency));
        }
        out.flush();
        warn(consistency, spec.commandLine().getErr());
        return ExitCode.DONE;
    }

    private Map<String, Object> json(RankConsistency consistency) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images", consistency.images());
        json.put("mean_rank_variance", consistency.meanRankVariance());
        json.put("mean_ranks", consistency.meanRanks());
        json.put("far_behind", consistency.farBehind());
        json.put(
                "disagreements", consistency.disagreements().stream().limit(top).toList());
        return json;
    }

    private String table(RankConsistency consistency) {
        List<String> header = new ArrayList<>(List.of("image", "variance"));
        header.addAll(consistency.languages());
        TextTable table = new TextTable(header.toArray(String[]::new));
        consistency.disagreements().stream().limit(top).forEach(image -> {
            List<Object> row = new ArrayList<>(List.of(image.id(), number(image.variance())));
            consistency
                    .languages()
                    .forEach(language -> row.add(number(image.ranks().getOrDefault(language, Double.NaN))));
            table.row(row.toArray());
        });
        return table.text();
    }

    /// One line: MRV, and the mean rank of each language.
    static String summary(RankConsistency consistency) {
        List<String> means = new ArrayList<>();
        consistency.meanRanks().forEach((language, rank) -> means.add(language + " " + number(rank)));
        return "mean rank variance over " + consistency.languages().size() + " languages: "
                + number(consistency.meanRankVariance()) + " (" + consistency.images() + " images; mean rank "
                + String.join(", ", means) + ")";
    }

    /// Warns of languages that find images far further down than another does.
    static void warn(RankConsistency consistency, PrintWriter err) {
        if (!consistency.farBehind().isEmpty()) {
            err.println("warning: queries in " + String.join(", ", consistency.farBehind())
                    + " find their image at a mean rank at least " + number(RankConsistency.FAR_BEHIND)
                    + " times that of the best language");
            err.flush();
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
