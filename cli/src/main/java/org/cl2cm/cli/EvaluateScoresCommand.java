package org.cl2cm.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.evaluate.Retrieval;
import org.cl2cm.evaluate.ScoreReport;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.ScoreCalibration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "scores",
        description = {
            "Say whether the probabilities of a model's results hold, and what a cut-off on them keeps.",
            "",
            "  evaluate scores runs/first/model --manifest photos.jsonl --features features --split test",
            "  evaluate scores runs/first/model --manifest photos.jsonl --features features --topic dog,dogs",
            "",
            "A cut-off should keep results when the collection has the picture, and none when it has not: each query is"
                    + " asked once with its image in the gallery and once without it. With --topic the queries are those"
                    + " that say one of the words, and all images are taken out that are described with one.",
        },
        mixinStandardHelpOptions = true)
final class EvaluateScoresCommand implements Callable<Integer> {
    private static final double[] CUTS = {0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2};

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FOLDER", description = "a trained and calibrated model, e.g. RUN/model")
    private Path folder = Path.of("");

    @Option(names = "--manifest", required = true, paramLabel = "FILE", description = "manifest.jsonl")
    private Path manifest = Path.of("");

    @Option(names = "--features", required = true, paramLabel = "STORE", description = "feature store of the images")
    private Path features = Path.of("");

    @Option(names = "--split", defaultValue = "test", description = "default: ${DEFAULT-VALUE}")
    private String split = "test";

    @Option(names = "--language", split = ",", description = "default: every language with captions in the split")
    private List<String> languages = List.of();

    @Option(
            names = "--topic",
            split = ",",
            paramLabel = "WORD",
            description = "words of a topic, in all languages of the captions")
    private List<String> topic = List.of();

    @Override
    public Integer call() throws IOException {
        List<Item> items = Manifest.read(manifest).split(split);
        if (items.isEmpty()) {
            throw DataException.in(manifest, "no item in the split \"" + split + "\"");
        }
        try (RetrievalModel model = RetrievalModel.open(folder, (done, total, detail) -> {});
                FeatureStore store = FeatureStore.open(features)) {
            model.description().checkFeatures(features);
            List<String> ids = items.stream().map(Item::id).toList();
            float[] gallery = model.encodeFeatures(store, ids);
            for (String language : CaptionQueries.languages(manifest, split, items, languages)) {
                ScoreCalibration calibration = model.description()
                        .calibration(language)
                        .orElseThrow(() -> DataException.in(
                                folder,
                                "its scores in \"" + language + "\" are not calibrated: \"model calibrate\" does it"));
                Retrieval retrieval = CaptionQueries.of(model, items, ids, gallery, language);
                print(language, report(items, language, retrieval, calibration));
            }
        }
        return ExitCode.DONE;
    }

    private ScoreReport report(List<Item> items, String language, Retrieval retrieval, ScoreCalibration calibration)
            throws IOException {
        BitSet asked = new BitSet();
        BitSet takenOut = new BitSet();
        if (topic.isEmpty()) {
            asked.set(0, retrieval.queryCount());
        } else {
            List<Pattern> words =
                    topic.stream().map(EvaluateScoresCommand::word).toList();
            for (int row = 0; row < items.size(); row++) {
                takenOut.set(
                        row,
                        items.get(row).captions().values().stream()
                                .flatMap(List::stream)
                                .anyMatch(caption -> says(words, caption)));
            }
            List<String> texts = new ArrayList<>();
            items.forEach(item -> item.captions(language).stream()
                    .filter(caption -> !caption.isBlank())
                    .forEach(texts::add));
            for (int query = 0; query < texts.size(); query++) {
                asked.set(query, says(words, texts.get(query)));
            }
            if (asked.isEmpty()) {
                throw DataException.in(manifest, "no caption in \"" + language + "\" says one of " + topic);
            }
        }
        return ScoreReport.of(
                retrieval, score -> calibration.probability(score, retrieval.gallerySize()), asked, takenOut, CUTS);
    }

    /// A whole word, except in scripts that put no space between words.
    private static Pattern word(String word) {
        boolean spaced = word.codePoints()
                .noneMatch(c -> Character.isIdeographic(c)
                        || Character.UnicodeScript.of(c) == Character.UnicodeScript.HIRAGANA
                        || Character.UnicodeScript.of(c) == Character.UnicodeScript.KATAKANA
                        || Character.UnicodeScript.of(c) == Character.UnicodeScript.THAI);
        String quoted = Pattern.quote(word);
        return Pattern.compile(
                spaced ? "\\b" + quoted + "\\b" : quoted,
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS);
    }

    private static boolean says(List<Pattern> words, String caption) {
        return words.stream().anyMatch(word -> word.matcher(caption).find());
    }

    private void print(String language, ScoreReport report) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%s: %d queries over %d images%n", language, report.queries(), report.gallery());
        TextTable cuts = new TextTable("cut-off", "kept", "kept without", "results a query", "right kept");
        report.cuts()
                .forEach(cut -> cuts.row(
                        String.valueOf(cut.from()),
                        percent(cut.kept()),
                        percent(cut.keptWithout()),
                        String.format(Locale.ROOT, "%.1f", cut.results()),
                        percent(cut.right())));
        TextTable bins = new TextTable("said", "found", "pairs");
        report.bins().forEach(bin -> bins.row(percent(bin.said()), percent(bin.found()), String.valueOf(bin.pairs())));
        out.flush();
        PrintStream stream = System.out;
        cuts.print(stream);
        bins.print(stream);
        stream.flush();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.1 ? "%.2f%%" : "%.1f%%", 100 * share);
    }
}
