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
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.evaluate.Metrics;
import org.cl2cm.model.RetrievalModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "upgrade",
        description = {
            "What is a new model worth on the gallery of an old one?",
            "",
            "Queries of the new model, carried into the old one's space (train --compatible-with), search the gallery that"
                    + " the old model encoded, and one in which a share of the images was encoded by the new model; beside"
                    + " them each model with its own gallery."
        },
        mixinStandardHelpOptions = true)
final class EvaluateUpgradeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "OLD", description = "folder of the old model")
    private Path old = Path.of("");

    @Parameters(paramLabel = "NEW", description = "folder of the new model, made compatible with the old one")
    private Path newer = Path.of("");

    @Option(names = "--manifest", required = true, description = "manifest.jsonl")
    private Path manifest = Path.of("");

    @Option(names = "--features", required = true, description = "feature store of the images")
    private Path features = Path.of("");

    @Option(names = "--old-features", description = "that of the old model, where it is another one")
    private Optional<Path> oldFeatures = Optional.empty();

    @Option(names = "--split", defaultValue = "test", description = "default: ${DEFAULT-VALUE}")
    private String split = "test";

    @Option(names = "--language", split = ",", description = "default: every language with captions in the split")
    private List<String> languages = List.of();

    @Option(
            names = "--share",
            defaultValue = "0.5",
            description = "of the mixed gallery that the new model encoded (default: ${DEFAULT-VALUE})")
    private double share = 0.5;

    @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES} (default: table)")
    private Format format = Format.table;

    enum Format {
        table,
        json
    }

    private record Row(String queries, String gallery, String language, Metrics metrics) {}

    @Override
    public Integer call() throws IOException {
        if (!(share >= 0 && share <= 1)) {
            throw new DataException("--share " + share + ": a share is from 0 to 1");
        }
        List<Item> items = Manifest.read(manifest).split(split);
        if (items.isEmpty()) {
            throw DataException.in(manifest, "no item in the split \"" + split + "\"");
        }
        List<String> ids = items.stream().map(Item::id).toList();
        List<Row> rows = new ArrayList<>();
        String space = RetrievalModel.describe(old).fingerprint();
        float[] oldGallery;
        List<String> asked = CaptionQueries.languages(manifest, split, items, languages);
        try (RetrievalModel network = RetrievalModel.open(old, ProgressListener.NONE)) {
            oldGallery = gallery(network, oldFeatures.orElse(features), ids);
            for (String language : asked) {
                rows.add(row("old", "old", CaptionQueries.of(network, items, language), ids, oldGallery, language));
            }
        }
        try (RetrievalModel network = RetrievalModel.open(newer, space, ProgressListener.NONE)) {
            float[] carried = gallery(network, features, ids);
            float[] mixed = oldGallery.clone();
            int dimension = network.dimension();
            for (int i = 0; i < ids.size(); i++) {
                // Spread evenly, whatever the order of the items means.
                if (Math.floor((i + 1) * share) > Math.floor(i * share)) {
                    System.arraycopy(carried, i * dimension, mixed, i * dimension, dimension);
                }
            }
            for (String language : asked) {
                CaptionQueries queries = CaptionQueries.of(network, items, language);
                rows.add(row("new, carried", "old", queries, ids, oldGallery, language));
                rows.add(row("new, carried", "mixed", queries, ids, mixed, language));
            }
        }
        try (RetrievalModel network = RetrievalModel.open(newer, ProgressListener.NONE)) {
            float[] gallery = gallery(network, features, ids);
            for (String language : asked) {
                rows.add(row("new", "new", CaptionQueries.of(network, items, language), ids, gallery, language));
            }
        }
        print(rows);
        return ExitCode.DONE;
    }

    private static float[] gallery(RetrievalModel network, Path features, List<String> ids) throws IOException {
        network.description().checkFeatures(features);
        try (FeatureStore store = FeatureStore.open(features)) {
            return network.encodeFeatures(store, ids);
        }
    }

    private static Row row(
            String name, String of, CaptionQueries queries, List<String> ids, float[] gallery, String language) {
        return new Row(name, of, language, Metrics.of(queries.over(ids, gallery)));
    }

    private void print(List<Row> rows) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.json) {
            List<Map<String, Object>> json = new ArrayList<>();
            for (Row row : rows) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("queries", row.queries());
                fields.put("gallery", row.gallery());
                fields.put("language", row.language());
                fields.put("t2i_R@1", row.metrics().textToImage().r1());
                fields.put("t2i_R@5", row.metrics().textToImage().r5());
                fields.put("t2i_R@10", row.metrics().textToImage().r10());
                fields.put("SumR", row.metrics().sumR());
                json.add(fields);
            }
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json));
        } else {
            TextTable table = new TextTable("language", "queries", "gallery", "t2i R@1", "R@5", "R@10", "SumR");
            for (Row row : rows) {
                table.row(
                        row.language(),
                        row.queries(),
                        row.gallery(),
                        number(row.metrics().textToImage().r1()),
                        number(row.metrics().textToImage().r5()),
                        number(row.metrics().textToImage().r10()),
                        number(row.metrics().sumR()));
            }
            out.print(table.text());
        }
        out.flush();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
