package org.cl2cm.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.cl2cm.bench.vectors.Embeddings;
import org.cl2cm.bench.vectors.LikenessResult;
import org.cl2cm.bench.vectors.VectorFit;
import org.cl2cm.bench.vectors.VectorStatistics;
import org.cl2cm.data.DataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Measures what real embeddings are like.
@Command(
        name = "fit",
        description = {
            "Measure what a model's vectors are like, so that \"search\" can make any number of such vectors.",
            "",
            "  bench/run fit --model run/model --manifest m.jsonl --features features --text-split test --to s.json",
            "  bench/run fit --gallery images.npy --queries texts.npy --qrels qrels.txt --to s.json",
            "",
            "Prints how like the generated vectors are to the real ones.",
        },
        mixinStandardHelpOptions = true)
final class FitCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", paramLabel = "FOLDER", description = "a trained model")
    private Optional<Path> model = Optional.empty();

    @Option(names = "--manifest", paramLabel = "FILE", description = "with --model: images and their captions")
    private Optional<Path> manifest = Optional.empty();

    @Option(names = "--features", paramLabel = "STORE", description = "with --model: features of the images")
    private Optional<Path> features = Optional.empty();

    @Option(
            names = "--text-split",
            paramLabel = "SPLIT",
            description = "with --model: captions of this split only, which the model should not have learnt from")
    private Optional<String> textSplit = Optional.empty();

    @Option(
            names = "--texts",
            defaultValue = "4000",
            description = "with --model: captions that are encoded (default: ${DEFAULT-VALUE})")
    private int texts;

    @Option(names = "--gallery", paramLabel = "STORE", description = "ready vectors of images")
    private Optional<Path> gallery = Optional.empty();

    @Option(names = "--queries", paramLabel = "STORE", description = "with --gallery: vectors of texts")
    private Optional<Path> queries = Optional.empty();

    @Option(names = "--qrels", paramLabel = "FILE", description = "with --queries: lines \"text-id 0 image-id 1\"")
    private Optional<Path> qrels = Optional.empty();

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "JSON with the statistics")
    private Path to = Path.of("");

    @Option(names = "--seed", defaultValue = "1", description = "of clusters and vectors (default: ${DEFAULT-VALUE})")
    private long seed;

    @Mixin
    private WorkOption work = new WorkOption();

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Embeddings embeddings = embeddings();
        VectorStatistics statistics = new VectorFit(embeddings, seed, line -> err.println("bench/run: " + line)).run();
        statistics.write(to);
        Path folder = Files.createTempDirectory("cl2cm-likeness");
        LikenessResult likeness;
        try {
            likeness = LikenessResult.of(embeddings, VectorStatistics.read(to), seed, 1000, folder);
        } finally {
            Folders.remove(folder);
        }
        work.results().write("likeness", likeness);
        List<String> lines = SearchTables.likeness(likeness);
        lines.forEach(spec.commandLine().getOut()::println);
        return 0;
    }

    private Embeddings embeddings() throws IOException {
        if (model.isPresent() == gallery.isPresent()) {
            throw new DataException("give either --model with --manifest and --features, or --gallery");
        }
        if (gallery.isPresent()) {
            return Embeddings.ofFiles(gallery.get(), queries, qrels);
        }
        if (manifest.isEmpty() || features.isEmpty()) {
            throw new DataException("--model needs --manifest FILE and --features STORE");
        }
        return Embeddings.ofModel(model.orElseThrow(), manifest.get(), features.get(), textSplit, texts);
    }
}
