package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Manifest;
import org.cl2cm.model.CacheFolder;
import org.cl2cm.train.TranslationCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "translate-check",
        description = {
            "Which machine translations look wrong to a trained teacher? The worst come first.",
            "",
            "The confidence of a pair is the mean of two things: how alike the words of caption and translation are along"
                    + " the teacher's transport plan, and how alike the sentences are. A translation in another language"
                    + " than it should be comes before all others.",
            "",
            "Examples:",
            "  cl2cm data translate-check runs/cl2cm --top 50 --words --out confidence.jsonl",
            "  cl2cm data translate-check runs/cl2cm --split val --validate 0.2"
        },
        mixinStandardHelpOptions = true)
final class DataTranslateCheckCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "RUN", description = "folder of a training run with a teacher")
    private Path run = Path.of("");

    @Option(names = "--manifest", description = "manifest with the translations (default: the run's)")
    private Optional<Path> manifest = Optional.empty();

    @Option(names = "--split", description = "default: the split that the run learnt from")
    private Optional<String> split = Optional.empty();

    @Option(
            names = "--system",
            split = ",",
            paramLabel = "KEY",
            description = "translations to look at, e.g. zh.google (default: the run's)")
    private List<String> systems = List.of();

    @Option(names = "--limit", paramLabel = "N", defaultValue = "0", description = "look at N items; 0 = all (default)")
    private int limit = 0;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "20",
            description = "pairs that are printed (default: 20)")
    private int top = 20;

    @Option(names = "--words", description = "print where the plan carries each word")
    private boolean words;

    @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES} (default: table)")
    private Format format = Format.table;

    @Option(names = "--out", paramLabel = "FILE", description = "write every pair there, JSONL, the worst first")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--validate",
            paramLabel = "SHARE",
            description = {
                "put known faults into this share of the translations, and print how well they are found: the area under"
                        + " the ROC curve for each kind of fault"
            })
    private Optional<Double> validate = Optional.empty();

    @Option(names = "--seed", defaultValue = "1", description = "of the faults (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    enum Format {
        table,
        jsonl
    }

    @Override
    public Integer call() throws IOException {
        Path home = CacheFolder.home();
        try (ProgressLine model = new ProgressLine("mbert", "MB");
                TranslationCheck check = TranslationCheck.open(run, home, model)) {
            Path file = manifest.orElseGet(() -> Path.of(check.config().data().manifest()));
            List<String> keys = systems.isEmpty() ? check.config().data().translations() : systems;
            if (top < 0) {
                throw new DataException("--top " + top + ": a number of pairs is at least 0");
            }
            if (validate.isPresent()) {
                return validate(check, file, keys, validate.get());
            }
            List<TranslationCheck.Pair> pairs;
            try (ProgressLine cache = new ProgressLine("cache", "captions");
                    ProgressLine progress = new ProgressLine("check", "pairs")) {
                pairs = check.check(
                        Manifest.readWithTranslations(file),
                        split.orElse(check.config().data().train()),
                        keys,
                        limit,
                        cache,
                        progress);
            }
            if (out.isPresent()) {
                StringBuilder lines = new StringBuilder();
                for (TranslationCheck.Pair pair : pairs) {
                    lines.append(JSON.writeValueAsString(fields(pair))).append('\n');
                }
                AtomicFile.write(out.get(), lines.toString());
            }
            print(check, pairs);
        }
        return ExitCode.DONE;
    }

    private int validate(TranslationCheck check, Path file, List<String> keys, double share) throws IOException {
        List<TranslationCheck.Found> found;
        try (ProgressLine cache = new ProgressLine("cache", "captions");
                ProgressLine progress = new ProgressLine("check", "pairs")) {
            found = check.validate(
                    Manifest.readWithTranslations(file),
                    split.orElse(check.config().data().train()),
                    keys,
                    limit,
                    share,
                    seed,
                    cache,
                    progress);
        }
        PrintWriter print = spec.commandLine().getOut();
        if (format == Format.jsonl) {
            for (TranslationCheck.Found kind : found) {
                print.println(JSON.writeValueAsString(kind));
            }
        } else {
            TextTable table = new TextTable("fault", "pairs", "ROC AUC");
            found.forEach(kind -> table.row(kind.kind(), kind.pairs(), String.format(Locale.ROOT, "%.3f", kind.auc())));
            print.print(table.text());
        }
        print.flush();
        return ExitCode.DONE;
    }

    private void print(TranslationCheck check, List<TranslationCheck.Pair> pairs) throws IOException {
        List<TranslationCheck.Pair> worst = pairs.subList(0, Math.min(top, pairs.size()));
        List<List<String>> alignments = words ? check.alignments(worst) : List.of();
        PrintWriter print = spec.commandLine().getOut();
        for (int i = 0; i < worst.size(); i++) {
            TranslationCheck.Pair pair = worst.get(i);
            if (format == Format.jsonl) {
                Map<String, Object> fields = fields(pair);
                if (words) {
                    fields.put("alignment", alignments.get(i));
                }
                print.println(JSON.writeValueAsString(fields));
                continue;
            }
            print.printf(
                    Locale.ROOT,
                    "%.2f  words %.2f  sentence %.2f  %s#%d %s%s%n  %s%n  %s%n",
                    pair.likeness(),
                    pair.words(),
                    pair.sentence(),
                    pair.id(),
                    pair.caption(),
                    pair.system(),
                    pair.language().map(language -> "  looks like " + language).orElse(""),
                    pair.source(),
                    pair.target());
            if (words) {
                alignments.get(i).forEach(line -> print.println("    " + line));
            }
        }
        if (format == Format.table) {
            print.println(summary(pairs));
        }
        print.flush();
    }

    private static String summary(List<TranslationCheck.Pair> pairs) {
        List<Double> confidences = new ArrayList<>(pairs.stream()
                .filter(pair -> pair.language().isEmpty())
                .map(TranslationCheck.Pair::confidence)
                .toList());
        int wrongLanguage = pairs.size() - confidences.size();
        String middle = confidences.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; confidence of the others: lowest %.2f, 5 %% below %.2f, median %.2f",
                        confidences.getFirst(),
                        confidences.get(confidences.size() / 20),
                        confidences.get(confidences.size() / 2));
        return String.format(Locale.ROOT, "%,d pairs, %,d in another language%s", pairs.size(), wrongLanguage, middle);
    }

    private static Map<String, Object> fields(TranslationCheck.Pair pair) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", pair.id());
        fields.put("caption", pair.caption());
        fields.put("system", pair.system());
        fields.put("confidence", rounded(pair.likeness()));
        fields.put("words", rounded(pair.words()));
        fields.put("sentence", rounded(pair.sentence()));
        pair.language().ifPresent(language -> fields.put("language", language));
        fields.put("source", pair.source());
        fields.put("target", pair.target());
        return fields;
    }

    private static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
