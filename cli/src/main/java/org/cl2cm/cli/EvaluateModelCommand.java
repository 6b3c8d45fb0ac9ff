package org.cl2cm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
import org.cl2cm.evaluate.TopK;
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
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

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

    @Option(
            names = "--rerank",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "0",
            description = "also with the N best images of each text sorted anew by the model's re-ranker (default: as"
                    + " many as it was trained for), and what that takes")
    private Optional<Integer> rerank = Optional.empty();

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
            if (rerank.isPresent() && network.reranker().isEmpty()) {
                throw DataException.in(model, "the model has no re-ranker: train one with rerank.layers");
            }
            List<String> ids = items.stream().map(Item::id).toList();
            float[] gallery = network.encodeFeatures(store, ids);
            for (String language : CaptionQueries.languages(manifest, split, items, languages)) {
                CaptionQueries queries = CaptionQueries.of(network, items, language);
                Retrieval retrieval = queries.over(ids, gallery);
                reports.add(evaluate(retrieval, language, ranks));
                if (rerank.isPresent()) {
                    Ranks before = Objects.requireNonNull(ranks.get(language));
                    reports.add(
                            report(retrieval, language, reranked(network, queries, retrieval, before), ".reranked"));
                }
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

    private RetrievalReport evaluate(Retrieval retrieval, String language, Map<String, Ranks> all) throws IOException {
        Ranks ranks = Ranks.of(retrieval, THREADS);
        all.put(language, ranks);
        return report(retrieval, language, ranks, "");
    }

    private RetrievalReport report(Retrieval retrieval, String language, Ranks ranks, String suffix)
            throws IOException {
        String run = name.orElseGet(this::runName) + "." + language + suffix;
        RetrievalReport report = RetrievalReport.of(run, language, ranks, resamples, seed);
        if (out.isPresent()) {
            EvaluateCommand.write(out.get(), run, language, retrieval, ranks, report, 100, THREADS);
        }
        return report;
    }

    /// Sorts the best images of each query anew, one query after another as a search does, and says
    /// what it took.
    private Ranks reranked(RetrievalModel network, CaptionQueries queries, Retrieval retrieval, Ranks before) {
        int wanted = rerank.filter(some -> some > 0)
                .orElseGet(() -> network.reranker().orElseThrow().candidates());
        int count = Math.min(wanted, retrieval.gallerySize());
        int dimension = retrieval.dimension();
        List<List<TopK.Hit>> hits = TopK.textToImage(retrieval).search(0, retrieval.queryCount(), count, THREADS);
        int[] rows = new int[retrieval.queryCount() * count];
        float[] scores = new float[rows.length];
        float[] vectors = new float[count * dimension];
        long[] took = new long[retrieval.queryCount()];
        for (int query = 0; query < took.length; query++) {
            for (int i = 0; i < count; i++) {
                int row = hits.get(query).get(i).row();
                rows[query * count + i] = row;
                System.arraycopy(retrieval.gallery(), row * dimension, vectors, i * dimension, dimension);
            }
            long start = System.nanoTime();
            float[] some = network.rerank(queries.texts().get(query), vectors);
            took[query] = System.nanoTime() - start;
            System.arraycopy(some, 0, scores, query * count, count);
        }
        Arrays.sort(took);
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                Locale.ROOT,
                "cl2cm: sorting %d images of a text anew: median %.1f ms, 95 %% within %.1f ms, the text's encoding"
                        + " included%n",
                count,
                took[took.length / 2] / 1e6,
                took[took.length * 95 / 100] / 1e6);
        err.flush();
        return before.reranked(count, rows, scores);
    }

    private String runName() {
        Path folder = model.toAbsolutePath().normalize();
        Path parent = folder.getParent();
        return folder.endsWith("model") && parent != null
                ? parent.getFileName().toString()
                : folder.getFileName().toString();
    }
}
