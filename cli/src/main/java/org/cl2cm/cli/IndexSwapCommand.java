package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.cl2cm.data.DataException;
import org.cl2cm.data.MomentCut;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.GenerationComparison;
import org.cl2cm.search.NextGeneration;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "swap",
        description = {
            "Give a collection another model, or other fields, without a moment in which it cannot be searched.",
            "",
            "  index swap photos --model runs/second/model --features features --queries asked.jsonl --dry-run",
            "  index swap photos --model runs/second/model --features features",
            "  index swap photos --field year:number",
            "",
            "The next generation is made beside the live one from the same items, compared with it on your queries, and"
                    + " put in its place in one instant. \"index rollback\" returns to the one before.",
        },
        mixinStandardHelpOptions = true)
final class IndexSwapCommand implements Callable<Integer> {
    private static final int SHOWN = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "name of the collection")
    private String name = "";

    @Option(names = "--model", paramLabel = "FOLDER", description = "the model of the next generation")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--features",
            paramLabel = "STORE",
            description = "image features the model turns into vectors; items are looked up by id")
    private Optional<Path> features = Optional.empty();

    @Option(names = "--vectors", paramLabel = "STORE", description = "ready vectors instead of features: .npy + ids")
    private Optional<Path> vectors = Optional.empty();

    @Option(names = "--fingerprint", paramLabel = "TEXT", description = "with --vectors and no --model: what made them")
    private Optional<String> fingerprint = Optional.empty();

    @Option(
            names = "--field",
            paramLabel = "NAME:TYPE",
            description = "declare these fields instead of those the collection has; may be given often")
    private List<String> fields = List.of();

    @Option(
            names = "--allow-missing",
            description = "leave out items that have no vector any more, instead of keeping the live generation")
    private boolean allowMissing;

    @Option(
            names = "--queries",
            paramLabel = "FILE",
            description = "compare both generations on these: JSONL of {\"text\", \"relevant\": [ids]}, or one query a"
                    + " line")
    private @Nullable Path queries;

    @Option(names = "--top", defaultValue = "10", description = "results that are compared (default: ${DEFAULT-VALUE})")
    private int top;

    @Option(
            names = "--min-overlap",
            paramLabel = "SHARE",
            description = "keep the live generation when fewer of the results are the same, 0 to 1")
    private Optional<Double> minOverlap = Optional.empty();

    @Option(
            names = "--max-loss",
            paramLabel = "SHARE",
            description = "keep the live generation when the recall falls by more than this, 0 to 1")
    private Optional<Double> maxLoss = Optional.empty();

    @Option(names = "--dry-run", description = "make and compare, and put nothing in place")
    private boolean dryRun;

    @Option(
            names = "--format",
            defaultValue = "table",
            description = "of the comparison: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private IndexCommand.Format format = IndexCommand.Format.TABLE;

    @Mixin
    private CollectionsOption collections = new CollectionsOption();

    @Override
    public Integer call() throws IOException {
        boolean same = features.isEmpty() && vectors.isEmpty();
        if (same && (model.isPresent() || fields.isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "what is to be other? Give --model with --features or --vectors, or --field for the same vectors");
        }
        if (queries == null && (minOverlap.isPresent() || maxLoss.isPresent())) {
            throw new ParameterException(spec.commandLine(), "--min-overlap and --max-loss need --queries");
        }
        Collections all = collections.open();
        CollectionInfo live = all.info(name);
        List<QueryFile.Asked> asked = queries == null ? List.of() : QueryFile.read(queries);
        if (same) {
            return swap(all, live.withFields(IndexCommand.declared(fields)), VectorSource.same(), asked);
        }
        try (GalleryVectors gallery =
                GalleryVectors.open(model, features, vectors, fingerprint, MomentCut.SHOTS, Optional.empty())) {
            CollectionInfo next = new CollectionInfo(
                    name,
                    gallery.dimension(),
                    gallery.fingerprint(),
                    gallery.imageEncoder(),
                    live.engine(),
                    Instant.now(),
                    gallery.folder(),
                    live.mediaRoot(),
                    fields.isEmpty() ? live.fields() : IndexCommand.declared(fields));
            return swap(all, next, items -> vectors(gallery, items), asked);
        }
    }

    private static List<Optional<float[]>> vectors(GalleryVectors gallery, List<VectorItem> items) throws IOException {
        List<String> there =
                items.stream().map(VectorItem::id).filter(gallery::has).toList();
        List<float[]> rows = gallery.of(there);
        List<Optional<float[]>> vectors = new ArrayList<>();
        int row = 0;
        for (VectorItem item : items) {
            vectors.add(gallery.has(item.id()) ? Optional.of(rows.get(row++)) : Optional.empty());
        }
        return vectors;
    }

    private int swap(Collections all, CollectionInfo info, VectorSource source, List<QueryFile.Asked> asked)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (NextGeneration next = all.next(info)) {
            try (ProgressLine progress = new ProgressLine("swap", "items")) {
                next.copy(source, progress);
            }
            if (!asked.isEmpty()) {
                GenerationComparison compared =
                        GenerationComparison.of(next.live(), next.engine(), questions(next, asked), top);
                print(out, compared);
                checkGates(compared);
            }
            if (!next.left().isEmpty()) {
                Map.Entry<String, String> first =
                        next.left().entrySet().iterator().next();
                String message = next.left().size() + " items are not in the next generation, e.g. \"" + first.getKey()
                        + "\": " + first.getValue();
                if (!allowMissing) {
                    throw new DataException(
                            message + "; the live generation stays. Encode them, or say --allow-missing");
                }
                err.println("cl2cm: " + message);
            }
            long items = next.engine().stats().items();
            if (dryRun) {
                err.println("cl2cm: a dry run: the live generation stays");
                return ExitCode.DONE;
            }
            next.goLive(source);
            err.printf(
                    "cl2cm: %s: generation %d is live, %d items; \"index rollback %s\" returns to the one before%n",
                    name, all.generation(name), items, name);
            return next.left().isEmpty() ? ExitCode.DONE : ExitCode.PARTLY_DONE;
        }
    }

    private List<GenerationComparison.Question> questions(NextGeneration next, List<QueryFile.Asked> asked)
            throws IOException {
        List<String> texts = asked.stream().map(QueryFile.Asked::text).toList();
        List<float[]> live = encode(next.live().info(), texts);
        List<float[]> other =
                next.live().info().model().equals(next.engine().info().model())
                        ? live
                        : encode(next.engine().info(), texts);
        List<GenerationComparison.Question> questions = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            questions.add(new GenerationComparison.Question(
                    texts.get(i), live.get(i), other.get(i), asked.get(i).relevant()));
        }
        return questions;
    }

    private static List<float[]> encode(CollectionInfo info, List<String> texts) throws IOException {
        if (info.modelFolder().isEmpty()) {
            throw new DataException("--queries: the vectors of model " + info.model()
                    + " name no model folder that could encode the queries");
        }
        try (CollectionEncoder encoder = new CollectionEncoder(info, Optional.empty(), List.of())) {
            return encoder.texts(texts);
        }
    }

    private void checkGates(GenerationComparison compared) throws DataException {
        if (minOverlap.isPresent() && compared.overlap() < minOverlap.get()) {
            throw new DataException(String.format(
                    Locale.ROOT,
                    "%.3f of the results are the same, less than --min-overlap %s: the live generation stays",
                    compared.overlap(),
                    minOverlap.get()));
        }
        if (maxLoss.isPresent()) {
            double loss = compared.liveRecall()
                            .orElseThrow(() -> new DataException(
                                    "--max-loss: no query in " + queries + " says which answers are relevant"))
                    - compared.nextRecall().orElseThrow();
            if (loss > maxLoss.get()) {
                throw new DataException(String.format(
                        Locale.ROOT,
                        "the recall falls by %.3f, more than --max-loss %s: the live generation stays",
                        loss,
                        maxLoss.get()));
            }
        }
    }

    private void print(PrintWriter out, GenerationComparison compared) throws IOException {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("queries", compared.queries().size());
        whole.put("top", compared.top());
        whole.put("overlap", rounded(compared.overlap()));
        compared.liveRecall().ifPresent(recall -> whole.put("recallLive", rounded(recall)));
        compared.nextRecall().ifPresent(recall -> whole.put("recallNext", rounded(recall)));
        if (format == IndexCommand.Format.JSON) {
            List<Map<String, Object>> each = new ArrayList<>();
            for (GenerationComparison.Compared query : compared.queries()) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("text", query.text());
                one.put("overlap", rounded(query.overlap()));
                query.live().ifPresent(recall -> one.put("recallLive", rounded(recall)));
                query.next().ifPresent(recall -> one.put("recallNext", rounded(recall)));
                each.add(one);
            }
            whole.put("each", each);
            out.println(JSON.writeValueAsString(whole));
            return;
        }
        whole.forEach((key, value) -> out.printf("%-12s %s%n", key, value));
        out.println("least alike:");
        compared.queries().stream()
                .sorted(Comparator.comparingDouble(GenerationComparison.Compared::overlap))
                .limit(SHOWN)
                .forEach(query -> out.printf(Locale.ROOT, "  %.2f  %s%n", query.overlap(), query.text()));
    }

    private static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
