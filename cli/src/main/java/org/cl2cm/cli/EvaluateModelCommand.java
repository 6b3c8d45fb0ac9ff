package org.cl2cm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.evaluate.Bootstrap;
import org.cl2cm.evaluate.RankConsistency;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.ReportFormat;
import org.cl2cm.evaluate.Retrieval;
import org.cl2cm.evaluate.RetrievalReport;
import org.cl2cm.model.RetrievalModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "model",
        description = {
            "Evaluate a model on the human captions of a split, one report for each language.",
            "A caption is a query, its image the one right answer; an image finds any of its captions."
        },
        mixinStandardHelpOptions = true)
final class EvaluateModelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "model folder, e.g. RUN/model")
    private Path model = Path.of("");

    @Option(names = "--manifest", required = true, description = "manifest.jsonl")
    private Path manifest = Path.of("");

    @Option(names = "--features", required = true, description = "feature store of the images")
    private Path features = Path.of("");

    @Option(names = "--split", defaultValue = "test", description = "default: ${DEFAULT-VALUE}")
    private String split = "test";

    @Option(names = "--language", split = ",", description = "default: every language with captions in the split")
    private List<String> languages = List.of();

    @Option(names = "--name", description = "of the run in reports and file names; default: the run folder's name")
    private Optional<String> name = Optional.empty();

    @Option(names = "--out", description = "folder for <name>.<language>.ranks.jsonl, .json, TREC runs and qrels")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--format", defaultValue = "table", description = "table, json or csv")
    private ReportFormat format = ReportFormat.TABLE;

    @Option(
            names = "--resamples",
            defaultValue = "" + Bootstrap.RESAMPLES,
            description = "of the bootstrap; default 1000")
    private int resamples = Bootstrap.RESAMPLES;

    @Option(names = "--seed", defaultValue = "" + Bootstrap.SEED, description = "of the resamples")
    private long seed = Bootstrap.SEED;

    @Override
    public Integer call() throws IOException {
        List<Item> items = Manifest.read(manifest).split(split);
        if (items.isEmpty()) {
            throw DataException.in(manifest, "no item in the split \"" + split + "\"");
        }
        List<RetrievalReport> reports = new ArrayList<>();
        Map<String, Ranks> ranks = new LinkedHashMap<>();
        try (RetrievalModel network = RetrievalModel.open(model, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(features)) {
            network.description().checkFeatures(features);
            List<String> ids = items.stream().map(Item::id).toList();
            float[] gallery = network.encodeFeatures(store, ids);
            for (String language : CaptionQueries.languages(manifest, split, items, languages)) {
                reports.add(evaluate(network, items, ids, gallery, language, ranks));
            }
        }
        spec.commandLine().getOut().print(format.print(reports));
        spec.commandLine().getOut().flush();
        compareLanguages(ranks);
        return ExitCode.DONE;
    }

    /// Says how consistent the languages are, where several have captions of the same images.
    private void compareLanguages(Map<String, Ranks> ranks) {
        boolean shared = ranks.size() > 1
                && IntStream.range(0, ranks.values().iterator().next().gallerySize())
                        .anyMatch(row -> ranks.values().stream().allMatch(some -> some.captions(row) > 0));
        if (shared) {
            RankConsistency consistency = RankConsistency.of(ranks);
            PrintWriter err = spec.commandLine().getErr();
            err.println(EvaluateConsistencyCommand.summary(consistency));
            err.flush();
            EvaluateConsistencyCommand.warn(consistency, err);
        }
    }

    private RetrievalReport evaluate(
            RetrievalModel network,
            List<Item> items,
            List<String> ids,
            float[] gallery,
            String language,
            Map<String, Ranks> all)
            throws IOException {
        Retrieval retrieval = CaptionQueries.of(network, items, ids, gallery, language);
        int threads = Runtime.getRuntime().availableProcessors();
        Ranks ranks = Ranks.of(retrieval, threads);
        all.put(language, ranks);
        String run = name.orElseGet(this::runName) + "." + language;
        RetrievalReport report = RetrievalReport.of(run, language, ranks, resamples, seed);
        if (out.isPresent()) {
            EvaluateCommand.write(out.get(), run, language, retrieval, ranks, report, 100, threads);
        }
        return report;
    }

    private String runName() {
        Path folder = model.toAbsolutePath().normalize();
        Path parent = folder.getParent();
        return folder.endsWith("model") && parent != null
                ? parent.getFileName().toString()
                : folder.getFileName().toString();
    }
}
