package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cl2cm.data.DataCheck;
import org.cl2cm.data.DataStats;
import org.cl2cm.data.Finding;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.data.importer.ImportSettings;
import org.cl2cm.data.importer.Importer;
import org.cl2cm.data.importer.ManifestImport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cl2cm data`: bring in images, videos and captions; look for what is wrong with them; count and
/// translate them.
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Bring in images, videos and captions, check them, count them, translate captions.",
        subcommands = {
            DataCommand.Import.class,
            DataCommand.Check.class,
            DataCommand.Stats.class,
            DataTranslateCommand.class,
            DataReviewCommand.class,
            DataTranslateCheckCommand.class
        })
final class DataCommand implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "data: import, check, stats, translate, review or translate-check?");
    }

    /// How results are printed.
    enum Format {
        table,
        json
    }

    private static void printJson(Object value) throws IOException {
        System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value));
    }

    /// `data import`.
    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = "Write a manifest from captions in another format.",
            footerHeading = "%nFormats:%n",
            footer = {
                "  karpathy    Karpathy split JSON (dataset_coco.json, dataset_flickr30k.json)",
                "  coco        COCO captions_*.json; a second language: --from ja=stair_val.json",
                "  multi30k    folder with train.en, train.de, ... and the image lists",
                "  nrccr       folder with *.caption.txt; needs --tag enc=en --tag zhg=zh.google",
                "  vatex       VATEX JSON with enCap and chCap",
                "  msrvtt      MSR-VTT videodatainfo.json; another language: --from it=videodatainfo_it.json",
                "  xtd10       folder with test_image_names.txt, test_1kcaptions_<lang>.txt",
                "  xm3600      Crossmodal-3600 captions.jsonl",
                "  webdataset  tars of .jpg .txt .json; the images are unpacked into --media",
                "  folder      a folder of images and videos with dog.jpg, dog.txt, dog.de.txt",
                "",
                "Example:",
                "  cl2cm data import --format folder --from pictures --to data/manifest.jsonl"
            })
    static final class Import implements Callable<Integer> {
        private static final Pattern SOURCE = Pattern.compile("([a-z]{2,3}(?:-[A-Za-z]+)?)=(.+)");
        private static final int SHOWN = 20;

        @Option(names = "--format", required = true, paramLabel = "F", description = "The format, see below.")
        private String format = "";

        @Option(
                names = "--from",
                required = true,
                arity = "1..*",
                paramLabel = "[LANG=]PATH",
                description = "Files or folders to read; LANG is the language of their captions.")
        private List<String> from = new ArrayList<>();

        @Option(
                names = "--to",
                required = true,
                paramLabel = "FILE",
                description = "The manifest to write, e.g. data/manifest.jsonl.")
        private Path to = Path.of("");

        @Option(
                names = "--language",
                paramLabel = "LANG",
                defaultValue = "en",
                description = "Language of captions where neither format nor --from says it (default: en).")
        private String language = "en";

        @Option(
                names = "--media",
                paramLabel = "FOLDER",
                description = "Where the images or videos lie (default: beside the manifest).")
        private @Nullable Path media;

        @Option(
                names = "--media-suffix",
                paramLabel = ".EXT",
                description = "Appended to media names without a suffix, e.g. .mp4 for VATEX.")
        private @Nullable String mediaSuffix;

        @Option(
                names = "--split",
                paramLabel = "NAME",
                description = "The split of all items, where the format does not say it.")
        private @Nullable String split;

        @Option(
                names = "--tag",
                paramLabel = "TAG=MEANING",
                description = "nrccr: enc=en (human captions), zhg=zh.google (machine translations), old= (leave out).")
        private Map<String, String> tags = new LinkedHashMap<>();

        @Override
        public Integer call() throws IOException {
            Importer importer = Importer.of(format);
            ImportSettings settings = new ImportSettings(
                    from.stream().map(this::source).toList(),
                    to,
                    Optional.ofNullable(media),
                    Optional.ofNullable(mediaSuffix),
                    Optional.ofNullable(split),
                    tags);
            ManifestImport.Report report;
            try (ProgressLine progress = new ProgressLine("import", "items")) {
                report = ManifestImport.run(importer, settings, progress);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s: %,d items, %,d captions, %,d translations%n",
                    to,
                    report.items(),
                    report.captions(),
                    report.translations());
            report.skipped().stream().limit(SHOWN).forEach(entry -> System.err.println("skipped: " + entry));
            if (report.skipped().size() > SHOWN) {
                System.err.println("skipped: " + (report.skipped().size() - SHOWN) + " more");
            }
            return report.skipped().isEmpty() ? ExitCode.DONE : ExitCode.PARTLY_DONE;
        }

        private ImportSettings.Source source(String text) {
            Matcher matcher = SOURCE.matcher(text);
            return matcher.matches()
                    ? new ImportSettings.Source(Path.of(matcher.group(2)), matcher.group(1))
                    : new ImportSettings.Source(Path.of(text), language);
        }
    }

    /// `data check`.
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Find broken lines, bad images, wrong captions and leaks between splits.",
            footerHeading = "%nWhat is looked for:%n",
            footer = {
                "  errors    broken lines; missing or undecodable images and videos; empty captions; translations that",
                "            are not beside the English captions or of other ids; an id or image in two splits",
                "  warnings  doubled captions; images twice in a split; captions of val or test found in train",
                "  notes     translations nearly empty or not in the script of their language",
                "Side-cars in the folder translations beside the manifest are checked too."
            },
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:no errors (there may be warnings)", "1:errors were found"})
    static final class Check implements Callable<Integer> {
        @Parameters(paramLabel = "MANIFEST", description = "The manifest to check.")
        private Path manifest = Path.of("");

        @Option(names = "--no-media", description = "Do not open images and videos.")
        private boolean noMedia;

        @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES} (default: table).")
        private Format format = Format.table;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "20",
                description = "Most findings of each severity to print in a table (default: 20).")
        private int limit = 20;

        @Override
        public Integer call() throws IOException {
            List<Finding> findings;
            if (noMedia) {
                findings = DataCheck.run(manifest, false, ProgressListener.NONE);
            } else {
                try (ProgressLine progress = new ProgressLine("check", "media")) {
                    findings = DataCheck.run(manifest, true, progress);
                }
            }
            Map<Finding.Severity, Integer> counts = new EnumMap<>(Finding.Severity.class);
            findings.forEach(finding -> counts.merge(finding.severity(), 1, Integer::sum));
            if (format == Format.json) {
                printJson(findings.stream().map(Check::fields).toList());
            } else {
                printTable(findings, counts);
            }
            return counts.containsKey(Finding.Severity.ERROR) ? ExitCode.FAILED : ExitCode.DONE;
        }

        private static Map<String, Object> fields(Finding finding) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
            fields.put("file", finding.file().toString());
            fields.put("line", finding.line());
            fields.put("id", finding.id());
            fields.put("message", finding.message());
            return fields;
        }

        private void printTable(List<Finding> findings, Map<Finding.Severity, Integer> counts) {
            Map<Finding.Severity, Integer> printed = new EnumMap<>(Finding.Severity.class);
            for (Finding finding : findings) {
                if (printed.merge(finding.severity(), 1, Integer::sum) > limit) {
                    continue;
                }
                System.out.println(finding.severity().name().toLowerCase(Locale.ROOT) + "  " + finding.file()
                        + (finding.line() > 0 ? ":" + finding.line() : "")
                        + (finding.id().isEmpty() ? "" : "  \"" + finding.id() + "\"") + "  " + finding.message());
            }
            String summary = counts.getOrDefault(Finding.Severity.ERROR, 0) + " errors, "
                    + counts.getOrDefault(Finding.Severity.WARNING, 0) + " warnings, "
                    + counts.getOrDefault(Finding.Severity.INFO, 0) + " notes";
            boolean all = printed.values().stream().allMatch(count -> count <= limit);
            System.out.println(summary + (all ? "" : " (--limit or --format json shows the rest)"));
        }
    }

    /// `data stats`.
    @Command(
            name = "stats",
            mixinStandardHelpOptions = true,
            description = "Count items, captions and translations by split and language.")
    static final class Stats implements Callable<Integer> {
        @Parameters(paramLabel = "MANIFEST", description = "The manifest; side-cars beside it are read too.")
        private Path manifest = Path.of("");

        @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES} (default: table).")
        private Format format = Format.table;

        @Override
        public Integer call() throws IOException {
            List<DataStats.Row> rows = DataStats.of(Manifest.readWithTranslations(manifest));
            if (format == Format.json) {
                printJson(rows);
                return ExitCode.DONE;
            }
            TextTable table =
                    new TextTable("split", "language", "kind", "items", "texts", "a item", "missing", "tokens a text");
            for (DataStats.Row row : rows) {
                table.row(
                        row.split(),
                        row.language(),
                        row.translated() ? "machine" : "human",
                        row.items() + "/" + row.splitItems(),
                        row.texts(),
                        String.format(Locale.ROOT, "%.2f", row.textsPerItem()),
                        row.translated() ? row.missing() : "-",
                        String.format(Locale.ROOT, "%.1f", row.meanTokens()));
            }
            table.print(System.out);
            return ExitCode.DONE;
        }
    }
}
