package org.cl2cm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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
import org.cl2cm.evaluate.label.LabelRetrieval;
import org.cl2cm.model.RetrievalModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "labels",
        description = {
            "Does a model find what is of the same kind? Mean average precision over labels, in both directions.",
            "",
            "  evaluate labels RUN/model --manifest m.jsonl --features f --label scene.first.shape",
            "",
            "An image is right for a caption when it has the label of the caption's own image, and the whole gallery is"
                    + " ranked (the protocol of CLIP4CMR). A label is a value in the items' meta.",
        },
        mixinStandardHelpOptions = true)
final class EvaluateLabelsCommand implements Callable<Integer> {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "MODEL", description = "model folder, e.g. RUN/model")
    private Path model = Path.of("");

    @Option(names = "--manifest", required = true, description = "manifest.jsonl")
    private Path manifest = Path.of("");

    @Option(names = "--features", required = true, description = "feature store of the images")
    private Path features = Path.of("");

    @Option(
            names = "--label",
            required = true,
            paramLabel = "PATH",
            description = "key in the items' meta, e.g. category, or scene.first.shape for one inside another; often")
    private List<String> labels = List.of();

    @Option(names = "--split", defaultValue = "test", description = "default: ${DEFAULT-VALUE}")
    private String split = "test";

    @Option(names = "--language", split = ",", description = "default: every language with captions in the split")
    private List<String> languages = List.of();

    @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES} (default: table)")
    private Format format = Format.table;

    enum Format {
        table,
        json
    }

    /// @param chance mAP of a model that knows nothing: the expected share of right answers
    private record Line(
            String label,
            String language,
            int images,
            int values,
            double chance,
            LabelRetrieval toImage,
            LabelRetrieval toText) {
        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("label", label);
            json.put("language", language);
            json.put("images", images);
            json.put("values", values);
            json.put("chance", chance);
            json.put("queries", toImage.queries());
            json.put("map_text_to_image", toImage.meanAveragePrecision());
            json.put("map_image_to_text", toText.meanAveragePrecision());
            return json;
        }
    }

    /// The items of the split that have a label.
    private record Labelled(List<Item> items, int[] labels, int values) {
        double chance() {
            int[] sizes = new int[values];
            for (int label : labels) {
                sizes[label]++;
            }
            return Arrays.stream(sizes)
                            .mapToDouble(size -> (double) size * size)
                            .sum()
                    / ((double) labels.length * labels.length);
        }
    }

    @Override
    public Integer call() throws IOException {
        List<Item> items = Manifest.read(manifest).split(split);
        if (items.isEmpty()) {
            throw DataException.in(manifest, "no item in the split \"" + split + "\"");
        }
        List<Labelled> wanted = new ArrayList<>();
        for (String label : labels) {
            wanted.add(labelled(items, label));
        }
        List<Line> lines = new ArrayList<>();
        try (RetrievalModel network = RetrievalModel.open(model, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(features)) {
            network.description().checkFeatures(features);
            for (int i = 0; i < labels.size(); i++) {
                Labelled some = wanted.get(i);
                float[] gallery = network.encodeFeatures(
                        store, some.items().stream().map(Item::id).toList());
                for (String language : CaptionQueries.languages(manifest, split, some.items(), languages)) {
                    lines.add(line(
                            labels.get(i),
                            some,
                            gallery,
                            CaptionQueries.of(network, some.items(), language),
                            language));
                }
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.json) {
            out.println(new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(lines.stream().map(Line::json).toList()));
        } else {
            out.print(table(lines));
        }
        out.flush();
        return ExitCode.DONE;
    }

    private static Line line(
            String label, Labelled labelled, float[] gallery, CaptionQueries queries, String language) {
        int[] asked = Arrays.stream(queries.target())
                .map(row -> labelled.labels()[row])
                .toArray();
        return new Line(
                label,
                language,
                labelled.items().size(),
                labelled.values(),
                labelled.chance(),
                LabelRetrieval.of(queries.dimension(), gallery, labelled.labels(), queries.vectors(), asked, THREADS),
                LabelRetrieval.of(queries.dimension(), queries.vectors(), asked, gallery, labelled.labels(), THREADS));
    }

    private Labelled labelled(List<Item> items, String label) throws DataException {
        Map<String, Integer> numbers = new HashMap<>();
        List<Item> with = new ArrayList<>();
        List<Integer> found = new ArrayList<>();
        for (Item item : items) {
            Optional<String> value = value(item, label);
            if (value.isPresent()) {
                with.add(item);
                found.add(numbers.computeIfAbsent(value.get(), _ -> numbers.size()));
            }
        }
        if (with.isEmpty()) {
            throw DataException.in(
                    manifest,
                    "no item of the split \"" + split + "\" has \"" + label + "\" in its meta; the first one has "
                            + items.getFirst().meta().keySet());
        }
        if (numbers.size() < 2) {
            throw DataException.in(
                    manifest,
                    "all items of the split \"" + split + "\" have the same \"" + label + "\", "
                            + numbers.keySet().iterator().next() + ": nothing to tell apart");
        }
        return new Labelled(with, found.stream().mapToInt(Integer::intValue).toArray(), numbers.size());
    }

    /// A text, number, or true and false at the place in the item's meta.
    private static Optional<String> value(Item item, String label) {
        JsonNode node = new ObjectMapper().valueToTree(item.meta());
        if (node.path(label).isValueNode()) {
            return Optional.of(node.path(label).asText());
        }
        for (String key : label.split("\\.", -1)) {
            node = node.path(key);
        }
        return node.isValueNode() && !node.isNull() ? Optional.of(node.asText()) : Optional.empty();
    }

    private static String table(List<Line> lines) {
        TextTable table = new TextTable("label", "values", "images", "queries in", "t2i mAP", "i2t mAP", "chance");
        for (Line line : lines) {
            table.row(
                    line.label(),
                    line.values(),
                    line.images(),
                    line.language(),
                    number(line.toImage().meanAveragePrecision()),
                    number(line.toText().meanAveragePrecision()),
                    number(line.chance()));
        }
        return table.text();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
