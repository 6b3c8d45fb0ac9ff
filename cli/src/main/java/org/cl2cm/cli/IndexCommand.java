package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.Collections;
import org.cl2cm.search.FieldType;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.ItemStatus.Outcome;
import org.cl2cm.search.SyncPlan;
import org.cl2cm.search.VectorEngine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "index",
        description = "Create collections and keep them up to date.",
        mixinStandardHelpOptions = true,
        subcommands = {
            IndexSyncCommand.class,
            IndexSwapCommand.class,
            IndexDuplicatesCommand.class,
            IndexDropCommand.class
        })
final class IndexCommand implements Runnable {
    private static final int BATCH = 500;
    private static final int BATCHES_A_COMMIT = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one? \"index --help\" names them");
    }

    @Command(
            name = "create",
            description = {
                "Create a collection from a manifest and vectors.",
                "",
                "  index create photos --manifest flickr8k.jsonl --split test --model run/model --features feat",
                "  index create photos --manifest flickr8k.jsonl --vectors images.npy",
                "  index create photos --manifest flickr8k.jsonl --vectors images.npy --engine opensearch"
                        + " --hosts https://a:9200,https://b:9200",
                "",
                "Items without a vector are left out and listed in the collection's refused.jsonl.",
            },
            mixinStandardHelpOptions = true)
    int create(
            @Parameters(paramLabel = "NAME", description = "name of the collection") String name,
            @Option(names = "--manifest", required = true, paramLabel = "FILE", description = "items to add, JSONL")
                    Path file,
            @Mixin GalleryOptions gallery,
            @Option(
                            names = "--field",
                            paramLabel = "NAME:TYPE",
                            description = "a key of the items' meta that filters can ask for, and its type: keyword,"
                                    + " number, date or text; may be given often")
                    List<String> fields,
            @Mixin EngineOptions engine,
            @Mixin CollectionsOption collections)
            throws IOException {
        Collections all = collections.open();
        Map<String, String> options = engine.options();
        Manifest manifest = Manifest.read(file);
        List<Item> items = gallery.items(manifest);
        Map<String, FieldType> declared = declared(fields == null ? List.of() : fields);
        try (GalleryVectors vectors = gallery.vectors(Optional.empty())) {
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
                    engine.engine(),
                    Instant.now(),
                    vectors.folder(),
                    Optional.of(GalleryOptions.root(manifest)),
                    GalleryOptions.declared(declared, items.stream().anyMatch(vectors::isVideo)));
            try (VectorEngine created = all.create(info, options)) {
                return add(created, Map.of(), all.folder(name), manifest, items, vectors);
            }
        }
    }

    static Map<String, FieldType> declared(List<String> fields) throws DataException {
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
            @Option(names = "--manifest", required = true, paramLabel = "FILE", description = "items to add, JSONL")
                    Path file,
            @Mixin GalleryOptions gallery,
            @Mixin CollectionsOption collections)
            throws IOException {
        Collections all = collections.open();
        Manifest manifest = Manifest.read(file);
        List<Item> items = gallery.items(manifest);
        try (GalleryVectors vectors = gallery.vectors(Optional.of(all.info(name).model()));
                VectorEngine engine = all.write(name, vectors.fingerprint())) {
            checkEncoder(engine.info(), vectors.imageEncoder());
            // Another cut makes other moments, and those of before would stay.
            Map<String, List<String>> moments = items.stream().anyMatch(vectors::isVideo)
                    ? SyncPlan.of(engine, Map.of()).moments()
                    : Map.of();
            return add(engine, moments, all.folder(name), manifest, items, vectors);
        }
    }

    /// Two image encoders below one model make vectors that cannot be compared.
    static void checkEncoder(CollectionInfo info, Optional<String> encoder) throws DataException {
        Optional<String> other = encoder.filter(
                found -> info.encoder().filter(known -> !known.equals(found)).isPresent());
        if (other.isPresent()) {
            throw new DataException("collection \"" + info.name() + "\" holds images encoded by "
                    + info.encoder().orElseThrow() + ", the features are of image encoder " + other.get()
                    + ": encode the new images with the same encoders");
        }
    }

    private int add(
            VectorEngine engine,
            Map<String, List<String>> moments,
            Path folder,
            Manifest manifest,
            List<Item> items,
            GalleryVectors vectors)
            throws IOException {
        List<ItemStatus> refused;
        try (ProgressLine progress = new ProgressLine("index", "items")) {
            refused = new ItemIntake(engine, manifest, vectors, moments, BATCH, BATCHES_A_COMMIT)
                    .take(items, Map.of(), progress);
        }
        int stored = items.size() - refused.size();
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %d items stored, %d refused%s%n",
                        engine.info().name(),
                        stored,
                        refused.size(),
                        items.stream().anyMatch(vectors::isVideo) ? "; videos as their moments" : "");
        ItemIntake.report(folder, refused, spec.commandLine().getErr());
        return refused.isEmpty() ? ExitCode.DONE : stored == 0 ? ExitCode.FAILED : ExitCode.PARTLY_DONE;
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

    @Command(name = "stats", description = "Say what a collection holds.", mixinStandardHelpOptions = true)
    int stats(
            @Parameters(paramLabel = "NAME", description = "name of the collection") String name,
            @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES}") Format format,
            @Mixin CollectionsOption collections)
            throws IOException {
        Collections all = collections.open();
        try (VectorEngine engine = all.read(name)) {
            Map<String, Object> lines = describe(engine.info(), engine.stats());
            all.previous(name).ifPresent(before -> lines.put("previous", before.model()));
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
        lines.put("generation", stats.generation());
        lines.put("segments", stats.segments());
        lines.put("bytes", stats.bytes());
        return lines;
    }

    @Command(
            name = "rollback",
            description = "Make the generation that was live before the last swap live again; called twice, nothing has"
                    + " changed.",
            mixinStandardHelpOptions = true)
    int rollback(
            @Parameters(paramLabel = "NAME", description = "name of the collection") String name,
            @Mixin CollectionsOption collections)
            throws IOException {
        Collections all = collections.open();
        CollectionInfo now = all.rollback(name);
        spec.commandLine()
                .getErr()
                .printf("cl2cm: %s: generation %d is live, model %s%n", name, all.generation(name), now.model());
        return ExitCode.DONE;
    }

    @Command(
            name = "compact",
            description = "Give back the space of items that are gone, and search fewer segments.",
            mixinStandardHelpOptions = true)
    int compact(
            @Parameters(paramLabel = "NAME", description = "name of the collection") String name,
            @Option(
                            names = "--segments",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "at most so many are left (default: ${DEFAULT-VALUE})")
                    int segments,
            @Option(
                            names = "--drop-previous",
                            description =
                                    "remove the generation before the live one as well; there is no rollback then")
                    boolean dropPrevious,
            @Mixin CollectionsOption collections)
            throws IOException {
        if (segments < 1) {
            throw new ParameterException(spec.commandLine(), "--segments starts at 1");
        }
        Collections all = collections.open();
        long before = bytes(all, name);
        all.compact(name, segments, dropPrevious);
        spec.commandLine().getErr().printf("cl2cm: %s: %,d bytes, before %,d%n", name, bytes(all, name), before);
        return ExitCode.DONE;
    }

    private static long bytes(Collections all, String name) throws IOException {
        try (VectorEngine engine = all.read(name)) {
            return engine.stats().bytes();
        }
    }

    @Command(
            name = "check",
            description = "Look through every file and every vector of a collection for damage.",
            mixinStandardHelpOptions = true)
    int check(
            @Parameters(paramLabel = "NAME", description = "name of the collection") String name,
            @Mixin CollectionsOption collections)
            throws IOException {
        List<String> findings;
        try (ProgressLine progress = new ProgressLine("check", "items")) {
            findings = collections.open().check(name, progress);
        }
        findings.forEach(spec.commandLine().getOut()::println);
        spec.commandLine()
                .getErr()
                .println("cl2cm: " + name + (findings.isEmpty() ? ": whole" : ": " + findings.size() + " findings"));
        return findings.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    @Command(
            name = "snapshot",
            description = "Copy a collection, as it was committed last, while it is searched and written.",
            mixinStandardHelpOptions = true)
    int snapshot(
            @Parameters(index = "0", paramLabel = "NAME", description = "name of the collection") String name,
            @Parameters(index = "1", paramLabel = "FOLDER", description = "where the copy goes; not there yet")
                    Path folder,
            @Mixin CollectionsOption collections)
            throws IOException {
        collections.open().snapshot(name, folder);
        return ExitCode.DONE;
    }

    @Command(name = "restore", description = "Make a collection of a snapshot.", mixinStandardHelpOptions = true)
    int restore(
            @Parameters(index = "0", paramLabel = "FOLDER", description = "what \"index snapshot\" wrote") Path folder,
            @Parameters(index = "1", paramLabel = "NAME", description = "name of the collection, not there yet")
                    String name,
            @Mixin EngineOptions engine,
            @Mixin CollectionsOption collections)
            throws IOException {
        collections.open().restore(folder, name, engine.engine(), engine.options());
        return ExitCode.DONE;
    }

    @Command(
            name = "attach",
            description = {
                "Make a collection on a cluster known to this machine, or change how it is reached from here.",
                "",
                "  index attach photos --hosts https://a:9200,https://b:9200",
                "",
                "Afterwards every verb works here as on the machine that made the collection.",
            },
            mixinStandardHelpOptions = true)
    int attach(
            @Parameters(paramLabel = "NAME", description = "name of the collection on the cluster") String name,
            @Option(
                            names = "--engine",
                            paramLabel = "NAME",
                            defaultValue = "opensearch",
                            description = "engine of the cluster (default: ${DEFAULT-VALUE})")
                    String engine,
            @Mixin EngineOptions.HostOptions hosts,
            @Option(
                            names = "--model",
                            paramLabel = "FOLDER",
                            description = "where the collection's model lies on this machine, if elsewhere")
                    Path model,
            @Option(
                            names = "--media-root",
                            paramLabel = "FOLDER",
                            description = "where the pictures lie on this machine, if elsewhere")
                    Path mediaRoot,
            @Mixin CollectionsOption collections)
            throws IOException {
        CollectionInfo info = collections
                .open()
                .attach(
                        name,
                        engine,
                        hosts.options(),
                        Optional.ofNullable(model).map(IndexCommand::absolute),
                        Optional.ofNullable(mediaRoot).map(IndexCommand::absolute));
        spec.commandLine().getErr().printf("cl2cm: %s: attached, model %s%n", name, info.model());
        return ExitCode.DONE;
    }

    private static String absolute(Path folder) {
        return folder.toAbsolutePath().normalize().toString();
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
