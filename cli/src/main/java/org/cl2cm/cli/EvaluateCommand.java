package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.evaluate.Bootstrap;
import org.cl2cm.evaluate.Direction;
import org.cl2cm.evaluate.PairedBootstrap;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.ReportFormat;
import org.cl2cm.evaluate.Retrieval;
import org.cl2cm.evaluate.RetrievalReport;
import org.cl2cm.evaluate.RunFile;
import org.cl2cm.evaluate.TrecFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "evaluate",
        subcommands = {
            EvaluateModelCommand.class,
            EvaluateLabelsCommand.class,
            EvaluateScoresCommand.class,
            EvaluateConsistencyCommand.class,
            EvaluateUpgradeCommand.class
        },
        description = "Measure retrieval in both directions, with intervals; compare runs.",
        mixinStandardHelpOptions = true)
final class EvaluateCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which one: model, embeddings, compare, labels, scores, consistency or upgrade?");
    }

    @Command(
            name = "compare",
            description = {
                "Is run B better than run A on the same queries?",
                "Prints B - A for every recall and for SumR with its 95 %% interval (paired bootstrap over images).",
                "Several training seeds: give both sides as lists separated by commas, paired by position."
            },
            mixinStandardHelpOptions = true)
    int compare(
            @Parameters(
                            paramLabel = "A",
                            description = "ranks file(s) that evaluate wrote; \".ranks.jsonl\" may be left out")
                    String a,
            @Parameters(paramLabel = "B", description = "ranks file(s) to compare with A") String b,
            @Option(names = "--format", defaultValue = "table", description = "table, json or csv") ReportFormat format,
            @Option(names = "--resamples", defaultValue = "" + Bootstrap.RESAMPLES, description = "default 1000")
                    int resamples,
            @Option(names = "--seed", defaultValue = "" + Bootstrap.SEED, description = "of the resamples") long seed,
            @Option(
                            names = "--resample-seeds",
                            description = "draw the pairs of runs as well as the images: is the difference sure for"
                                    + " models of other training seeds?")
                    boolean seeds)
            throws IOException {
        PairedBootstrap.Resampling resampling =
                seeds ? PairedBootstrap.Resampling.IMAGES_AND_SEEDS : PairedBootstrap.Resampling.IMAGES;
        List<RunFile> as = runs(a);
        List<RunFile> bs = runs(b);
        PairedBootstrap comparison = PairedBootstrap.compare(
                as.stream().map(RunFile::ranks).toList(),
                bs.stream().map(RunFile::ranks).toList(),
                resamples,
                seed,
                resampling);
        print(format.print(title(as), title(bs), comparison));
        return ExitCode.DONE;
    }

    private static List<RunFile> runs(String list) throws IOException {
        List<RunFile> runs = new ArrayList<>();
        for (String name : list.split(",", -1)) {
            Path file = Path.of(name);
            runs.add(RunFile.read(Files.exists(file) ? file : Path.of(name + RunFile.SUFFIX)));
        }
        return runs;
    }

    private static String title(List<RunFile> runs) {
        return String.join(
                ", ",
                runs.stream()
                        .map(run -> run.run() + " (" + run.language() + ")")
                        .toList());
    }

    @Command(
            name = "embeddings",
            description = "Evaluate vectors that are ready: a gallery, queries, and who belongs to whom.",
            mixinStandardHelpOptions = true)
    int embeddings(
            @Option(
                            names = "--gallery",
                            required = true,
                            paramLabel = "X.npy",
                            description = "image vectors with X.ids.txt beside, or any other feature store")
                    Path gallery,
            @Option(names = "--queries", required = true, paramLabel = "Y.npy", description = "text vectors with ids")
                    Path queries,
            @Option(
                            names = "--qrels",
                            required = true,
                            description = "lines \"query-id 0 item-id 1\": the one item of each query")
                    Path qrels,
            @Option(names = "--name", description = "of the run; default: the name of the queries' file")
                    Optional<String> name,
            @Option(names = "--language", defaultValue = "-", description = "of the queries, for the report")
                    String language,
            @Option(names = "--format", defaultValue = "table", description = "table, json or csv") ReportFormat format,
            @Option(names = "--resamples", defaultValue = "" + Bootstrap.RESAMPLES, description = "default 1000")
                    int resamples,
            @Option(names = "--seed", defaultValue = "" + Bootstrap.SEED, description = "of the resamples") long seed,
            @Option(
                            names = "--out",
                            description = "folder for <name>.ranks.jsonl, <name>.json, and TREC runs and qrels")
                    Optional<Path> out,
            @Option(names = "--trec-depth", defaultValue = "100", description = "answers a query in TREC runs")
                    int depth)
            throws IOException {
        Retrieval retrieval;
        try (FeatureStore items = FeatureStore.open(gallery);
                FeatureStore texts = FeatureStore.open(queries)) {
            if (items.dimension() != texts.dimension()) {
                throw new DataException(gallery + " has dimension " + items.dimension() + ", " + queries + " has "
                        + texts.dimension() + ": both must come from one model");
            }
            retrieval = Retrieval.of(
                    items.dimension(),
                    unitVectors(items),
                    items.ids(),
                    unitVectors(texts),
                    texts.ids(),
                    TrecFiles.targets(qrels, texts.ids(), items.ids()));
        }
        String run = name.orElseGet(stem(queries));
        int threads = Runtime.getRuntime().availableProcessors();
        Ranks ranks = Ranks.of(retrieval, threads);
        RetrievalReport report = RetrievalReport.of(run, language, ranks, resamples, seed);
        if (out.isPresent()) {
            write(out.get(), run, language, retrieval, ranks, report, depth, threads);
        }
        print(format.print(List.of(report)));
        return ExitCode.DONE;
    }

    static void write(
            Path folder,
            String run,
            String language,
            Retrieval retrieval,
            Ranks ranks,
            RetrievalReport report,
            int depth,
            int threads)
            throws IOException {
        new RunFile(run, language, ranks).write(folder.resolve(run + RunFile.SUFFIX));
        AtomicFile.write(folder.resolve(run + ".json"), ReportFormat.JSON.print(List.of(report)));
        for (Direction direction : Direction.values()) {
            TrecFiles.writeRun(
                    folder.resolve(run + "." + direction.tag() + ".trec"), retrieval, direction, depth, run, threads);
            TrecFiles.writeQrels(folder.resolve(run + "." + direction.tag() + ".qrels"), retrieval, direction);
        }
    }

    private static Supplier<String> stem(Path file) {
        return () -> file.toAbsolutePath().normalize().getFileName().toString().replaceFirst("\\.npy$", "");
    }

    /// Dot products are cosines only of unit vectors, so length is taken out; a zero vector stays zero.
    private static float[] unitVectors(FeatureStore store) {
        int dimension = store.dimension();
        float[] vectors = new float[Math.multiplyExact(store.ids().size(), dimension)];
        for (int row = 0; row < store.ids().size(); row++) {
            int at = row * dimension;
            store.copy(row, vectors, at);
            double squares = 0;
            for (int k = 0; k < dimension; k++) {
                squares += (double) vectors[at + k] * vectors[at + k];
            }
            float scale = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
            for (int k = 0; k < dimension; k++) {
                vectors[at + k] *= scale;
            }
        }
        return vectors;
    }

    private void print(String text) {
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
    }
}
