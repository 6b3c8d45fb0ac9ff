package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.Collections;
import org.cl2cm.search.Duplicates;
import org.cl2cm.search.FieldType;
import org.cl2cm.search.Hit;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.ItemStatus.Outcome;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.sheet.ContactSheet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "index", description = "Create collections and keep them up to date.", mixinStandardHelpOptions = true)
final class IndexCommand implements Runnable {
    private static final int BATCH = 500;
    private static final int BATCHES_A_COMMIT = 20;
    private static final int SHEET_ROWS = 20;
    private static final int SHEET_TILES = 8;
    private static final String REFUSED = "refused.jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one: create, add, delete, duplicates, stats or list?");
    }

    @Command(
            name = "create",
            description = {
                "Create a collection from a manifest and vectors.",
                "",
                "  index create photos --manifest flickr8k.jsonl --split test --model run/model --features feat",
                "  index create photos --manifest flickr8k.jsonl --vectors images.npy",
                "",
                "Items without a vector are left out and listed in the collection's refused.jsonl.",
            },
            mixinStandardHelpOptions = true)
    int create(
            @Parameters(paramLabel = "NAME", description = "name of the collection") String name,
            @Mixin GalleryOptions gallery,
            @Option(
                            names = "--field",
                            paramLabel = "NAME:TYPE",
                            description = "a key of the items' meta that filters can ask for, and its type: keyword,"
                                    + " number, date or text; may be given often")
                    List<String> fields,
            @Mixin CollectionsOption collections)
            throws IOException {
        Collections all = collections.open();
        Manifest manifest = gallery.manifest();
        List<Item> items = gallery.items(manifest);
        Map<String, FieldType> declared = declared(fields == null ? List.of() : fields);
        try (GalleryVectors vectors = gallery.vectors()) {
            if (items.stream().noneMatch(item -> vectors.has(item.id()))) {
                throw DataException.in(
                        manifest.file(),
                        "none of its " + items.size() + " items has a vector in the "
                                + "store; are the ids of both the same, e.g. \""
                                + items.getFirst().id() + "\"?");
            }
            CollectionInfo info = new CollectionInfo(
                    name,
                    vectors.dimension(),
                    vectors.fingerprint(),
                    vectors.imageEncoder(),
                    CollectionInfo.LUCENE,
                    Instant.now(),
                    vectors.folder(),
                    Optional.of(GalleryOptions.root(manifest)),
                    declared);
            try (VectorEngine engine = all.create(info)) {
                return add(engine, all.folder(name), manifest, items, vectors);
            }
        }
    }

    private static Map<String, FieldType> declared(List<String> fields) throws DataException {
        Map<String, FieldType> declared = new LinkedHashMap<>();
        for (String field : fields) {
            int colon = field.lastIndexOf(':');
            try {
                declared.put(
                        field.substring(0, Math.max(0, colon)),
                        FieldType.valueOf(field.substring(colon + 1).toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new DataException(
                        "--field " + field + ": write NAME:TYPE with one of the types keyword, number, date and text",
                        e);
            }
        }
        return declared;
    }

    @Command(
            name = "add",
            description = "Add items to a collection; those with a known id are replaced.",
            mixinStandardHelpOptions = true)
    int add(
            @Parameters(paramLabel = "NAME", description = "name of the collection") String name,
            @Mixin GalleryOptions gallery,
            @Mixin CollectionsOption collections)
            throws IOException {
        Collections all = collections.open();
        Manifest manifest = gallery.manifest();
        List<Item> items = gallery.items(manifest);
        try (GalleryVectors vectors = gallery.vectors();
                VectorEngine engine = all.write(name, vectors.fingerprint())) {
            checkEncoder(engine.info(), vectors);
            return add(engine, all.folder(name), manifest, items, vectors);
        }
    }

    /// Two image encoders below one model make vectors that cannot be compared.
    private static void checkEncoder(CollectionInfo info, GalleryVectors vectors) throws DataException {
        Optional<String> other = vectors.imageEncoder()
                .filter(found ->
                        info.encoder().filter(known -> !known.equals(found)).isPresent());
        if (other.isPresent()) {
            throw new DataException("collection \"" + info.name() + "\" holds images encoded by "
                    + info.encoder().orElseThrow() + ", the features are of image encoder " + other.get()
                    + ": encode the new images with the same encoders");
        }
    }

    private int add(VectorEngine engine, Path folder, Manifest manifest, List<Item> items, GalleryVectors vectors)
            throws IOException {
        List<ItemStatus> refused = new ArrayList<>();
        try (ProgressLine progress = new ProgressLine("index", "items")) {
            for (int from = 0; from < items.size(); from += BATCH) {
                int to = Math.min(items.size(), from + BATCH);
                refused.addAll(addBatch(engine, manifest, items.subList(from, to), vectors));
                if (from / BATCH % BATCHES_A_COMMIT == BATCHES_A_COMMIT - 1) {
                    engine.commit();
                }
                progress.update(to, items.size(), refused.isEmpty() ? "" : refused.size() + " refused");
            }
        }
        engine.commit();
        return report(engine.info().name(), folder, items.size() - refused.size(), refused);
    }

    private static List<ItemStatus> addBatch(
            VectorEngine engine, Manifest manifest, List<Item> batch, GalleryVectors vectors) throws IOException {
        List<ItemStatus> refused = new ArrayList<>();
        List<Item> with = new ArrayList<>();
        for (Item item : batch) {
            if (vectors.has(item.id())) {
                with.add(item);
            } else {
                refused.add(new ItemStatus(item.id(), Outcome.REFUSED, "the store has no vector of this id"));
            }
        }
        List<float[]> rows = vectors.of(with.stream().map(Item::id).toList());
        List<VectorItem> stored = new ArrayList<>();
        for (int i = 0; i < with.size(); i++) {
            stored.add(GalleryOptions.stored(manifest, with.get(i), rows.get(i), engine.info()));
        }
        engine.upsert(stored).stream().filter(ItemStatus::isRefused).forEach(refused::add);
        return refused;
    }

    private int report(String name, Path folder, int stored, List<ItemStatus> refused) throws IOException {
        Path file = folder.resolve(REFUSED);
        Files.deleteIfExists(file);
        spec.commandLine().getOut().printf("%s: %d items stored, %d refused%n", name, stored, refused.size());
        if (refused.isEmpty()) {
            return ExitCode.DONE;
        }
        AtomicFile.write(file, out -> {
            for (ItemStatus status : refused) {
                Map<String, String> line = new LinkedHashMap<>();
                line.put("id", status.id());
                line.put("reason", status.reason());
                out.write(JSON.writeValueAsBytes(line));
                out.write('\n');
            }
        });
        ItemStatus first = refused.getFirst();
        spec.commandLine()
                .getErr()
                .println("cl2cm: refused \"" + first.id() + "\": " + first.reason()
                        + (refused.size() > 1 ? ", and others" : "") + "; all of them are in " + file);
        return stored == 0 ? ExitCode.FAILED : ExitCode.PARTLY_DONE;
    }

    @Command(name = "delete", description = "Remove items from a collection by id.", mixinStandardHelpOptions = true)
    int delete(
            @Parameters(index = "0", paramLabel = "NAME", description = "name of the collection") String name,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "ID", description = "ids of the items")
                    List<String> ids,
            @Mixin CollectionsOption collections)
            throws IOException {
        List<String> missing;
        try (VectorEngine engine = collections.open().write(name)) {
            missing = engine.delete(ids).stream()
                    .filter(status -> status.outcome() == Outcome.MISSING)
                    .map(ItemStatus::id)
                    .toList();
        }
        int gone = ids.size() - missing.size();
        spec.commandLine().getOut().printf("%s: %d items deleted, %d not found%n", name, gone, missing.size());
        missing.forEach(id -> spec.commandLine().getErr().println("cl2cm: no item \"" + id + "\""));
        return missing.isEmpty() ? ExitCode.DONE : gone == 0 ? ExitCode.FAILED : ExitCode.PARTLY_DONE;
    }

    @Command(
            name = "duplicates",
            description = {
                "Find groups of items that are nearly the same.",
                "",
                "  index duplicates photos --threshold 0.97 --sheet duplicates.png",
                "",
                "Two items belong together when the cosine of their vectors reaches the threshold, and so does whoever"
                        + " belongs to either. One group a line, large ones first.",
            },
            mixinStandardHelpOptions = true)
    int duplicates(
            @Parameters(paramLabel = "NAME", description = "name of the collection") String name,
            @Option(
                            names = "--threshold",
                            defaultValue = "0.98",
                            description = "cosine of two that are the same (default: ${DEFAULT-VALUE})")
                    double threshold,
            @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES}") Format format,
            @Option(names = "--sheet", paramLabel = "PNG", description = "draw the first groups as a contact sheet")
                    @Nullable Path sheet,
            @Mixin CollectionsOption collections)
            throws IOException {
        try (VectorEngine engine = collections.open().read(name);
                ProgressLine progress = new ProgressLine("duplicates", "items")) {
            List<List<String>> groups = Duplicates.groups(engine, threshold, progress);
            PrintWriter out = spec.commandLine().getOut();
            if (format == Format.JSON) {
                out.println(JSON.writeValueAsString(Map.of("threshold", threshold, "groups", groups)));
            } else {
                groups.forEach(group -> out.println(String.join("  ", group)));
            }
            spec.commandLine()
                    .getErr()
                    .println(groups.size() + " groups, "
                            + groups.stream().mapToInt(List::size).sum() + " items");
            if (sheet != null && !groups.isEmpty()) {
                new ContactSheet(groupRows(engine, groups)).write(sheet);
            }
        }
        return ExitCode.DONE;
    }

    private static List<ContactSheet.Row> groupRows(VectorEngine engine, List<List<String>> groups) throws IOException {
        List<ContactSheet.Row> rows = new ArrayList<>();
        for (List<String> group : groups.subList(0, Math.min(groups.size(), SHEET_ROWS))) {
            List<ContactSheet.Tile> tiles = new ArrayList<>();
            float[] first = engine.get(group.getFirst()).orElseThrow().vector();
            for (String id : group.subList(0, Math.min(group.size(), SHEET_TILES))) {
                VectorItem item = engine.get(id).orElseThrow();
                Hit hit = new Hit(id, cosine(first, item.vector()), item.fields());
                tiles.add(new ContactSheet.Tile(
                        id,
                        SearchOutput.media(engine.info(), hit).map(Path::of),
                        hit.score(),
                        SearchOutput.caption(hit)));
            }
            rows.add(new ContactSheet.Row(group.size() + " like " + group.getFirst(), tiles));
        }
        return rows;
    }

    private static float cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return (float) sum;
    }

    @Command(name = "stats", description = "Say what a collection holds.", mixinStandardHelpOptions = true)
    int stats(
            @Parameters(paramLabel = "NAME", description = "name of the collection") String name,
            @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES}") Format format,
            @Mixin CollectionsOption collections)
            throws IOException {
        try (VectorEngine engine = collections.open().read(name)) {
            Map<String, Object> lines = describe(engine.info(), engine.stats());
            PrintWriter out = spec.commandLine().getOut();
            if (format == Format.JSON) {
                out.println(JSON.writeValueAsString(lines));
            } else {
                lines.forEach((key, value) -> out.printf("%-12s %s%n", key, value));
            }
        }
        return ExitCode.DONE;
    }

    private static Map<String, Object> describe(CollectionInfo info, CollectionStats stats) {
        Map<String, Object> lines = new LinkedHashMap<>();
        lines.put("name", info.name());
        lines.put("items", stats.items());
        lines.put("deleted", stats.deleted());
        lines.put("dimension", info.dimension());
        lines.put("search", stats.method().name().toLowerCase(Locale.ROOT));
        lines.put("model", info.model());
        info.modelFolder().ifPresent(folder -> lines.put("modelFolder", folder));
        info.encoder().ifPresent(encoder -> lines.put("encoder", encoder));
        info.mediaRoot().ifPresent(root -> lines.put("mediaRoot", root));
        if (!info.fields().isEmpty()) {
            Map<String, String> fields = new LinkedHashMap<>();
            info.fields().forEach((field, type) -> fields.put(field, type.name().toLowerCase(Locale.ROOT)));
            lines.put("fields", fields);
        }
        lines.put("engine", info.engine());
        lines.put("created", info.created().toString());
        lines.put("segments", stats.segments());
        lines.put("bytes", stats.bytes());
        return lines;
    }

    @Command(name = "list", description = "Name all collections.", mixinStandardHelpOptions = true)
    int list(@Mixin CollectionsOption collections) throws IOException {
        collections.open().names().forEach(spec.commandLine().getOut()::println);
        return ExitCode.DONE;
    }

    /// How to print what a collection holds.
    enum Format {
        TABLE,
        JSON
    }
}
