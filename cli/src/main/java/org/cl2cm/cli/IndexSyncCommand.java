package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.video.Ffmpeg;
import org.cl2cm.data.video.VideoFile;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.vision.EncoderDescription;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.ItemStatus.Outcome;
import org.cl2cm.search.SyncPlan;
import org.cl2cm.search.VectorEngine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "sync",
        description = {
            "Make a collection equal to a folder of pictures and videos, or to a manifest.",
            "",
            "  index sync photos Pictures --model runs/first/model --dry-run",
            "  index sync photos Pictures",
            "  index sync photos --manifest photos.jsonl --model runs/first/model --features features",
            "",
            "What is new is added, what has other content is replaced, what is not there any more is removed; the rest"
                    + " is not touched. Pictures and videos of a folder are encoded by the image encoders of the model. A collection"
                    + " that is not there is created. Killed, the same command goes on.",
        },
        mixinStandardHelpOptions = true)
final class IndexSyncCommand implements Callable<Integer> {
    private static final int BATCH = 64;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "NAME", description = "name of the collection")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FOLDER",
            description =
                    "pictures and videos, with captions beside them if you have any: dog.jpg, dog.txt, dog.de.txt")
    private @Nullable Path folder;

    @Option(names = "--manifest", paramLabel = "FILE", description = "the items instead of a folder, JSONL")
    private @Nullable Path manifestFile;

    @Mixin
    private GalleryOptions gallery = new GalleryOptions();

    @Option(
            names = "--encoder",
            paramLabel = "PATH",
            description =
                    "where the image encoder of the model lies now, if it was moved; once for each encoder, in the"
                            + " order of \"encode\"")
    private List<String> encoders = List.of();

    @Option(
            names = "--field",
            paramLabel = "NAME:TYPE",
            description = "fields of a collection that is created, as for \"index create\"")
    private List<String> fields = List.of();

    @Option(names = "--dry-run", description = "say what would be done, and do nothing")
    private boolean dryRun;

    @Option(
            names = "--max-gone",
            paramLabel = "SHARE",
            defaultValue = "0.5",
            description = "do nothing when more than this share of the collection would be removed: the folder may be"
                    + " the wrong one (default: ${DEFAULT-VALUE})")
    private double maxGone;

    @Option(
            names = "--format",
            defaultValue = "table",
            description = "of what was done: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private IndexCommand.Format format = IndexCommand.Format.TABLE;

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Mixin
    private CollectionsOption collections = new CollectionsOption();

    @Override
    public Integer call() throws IOException {
        if ((folder == null) == (manifestFile == null)) {
            throw new ParameterException(spec.commandLine(), "give either a FOLDER or --manifest FILE");
        }
        if (folder != null && gallery.hasStore()) {
            throw new ParameterException(spec.commandLine(), "--features and --vectors go with --manifest");
        }
        Collections all = collections.open();
        Optional<CollectionInfo> there = all.names().contains(name) ? Optional.of(all.info(name)) : Optional.empty();
        if (there.isPresent() && !fields.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the collection is there already; \"index swap --field\" declares other fields");
        }
        if (there.isPresent() && engine.isGiven()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the collection is there already and knows its engine; --engine and its options are for one that is"
                            + " created");
        }
        Manifest manifest = folder != null
                ? FolderItems.of(folder, spec.commandLine().getErr())
                : Manifest.read(Path.of("" + manifestFile));
        List<Item> items = gallery.items(manifest);
        if (gallery.hasStore()) {
            try (GalleryVectors vectors = gallery.vectors(there.map(CollectionInfo::model))) {
                CollectionInfo info = there.orElse(new CollectionInfo(
                        name,
                        vectors.dimension(),
                        vectors.fingerprint(),
                        vectors.imageEncoder(),
                        engine.engine(),
                        Instant.now(),
                        vectors.folder(),
                        Optional.of(GalleryOptions.root(manifest)),
                        GalleryOptions.declared(
                                IndexCommand.declared(fields), items.stream().anyMatch(vectors::isVideo))));
                info.checkModel(vectors.fingerprint());
                IndexCommand.checkEncoder(info, vectors.imageEncoder());
                return sync(all, info, there.isPresent(), manifest, items, vectors);
            }
        }
        Path model = model(there);
        boolean videos = items.stream()
                .anyMatch(
                        item -> manifest.media(item).filter(VideoFile::hasName).isPresent());
        if (videos) {
            // Before anything is looked at: a missing program is said in a moment.
            Ffmpeg.find();
        }
        CollectionInfo info = there.isPresent() ? there.get() : created(manifest, model, videos);
        if (!RetrievalModel.reaches(model, info.model())) {
            info.checkModel(RetrievalModel.describe(model).fingerprint());
        }
        try (PictureVectors vectors = PictureVectors.open(manifest, model, info.model(), encoders, videos())) {
            return sync(all, info, there.isPresent(), manifest, items, vectors);
        }
    }

    private PictureVectors.Videos videos() throws DataException {
        try {
            return new PictureVectors.Videos(frames.sampling(), gallery.cut());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Path model(Optional<CollectionInfo> there) {
        return gallery.model()
                .or(() -> there.flatMap(CollectionInfo::modelFolder).map(Path::of))
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "which model? Give --model FOLDER: it turns the pictures into vectors"));
    }

    private CollectionInfo created(Manifest manifest, Path model, boolean videos) throws IOException {
        ModelDescription description = RetrievalModel.describe(model);
        return new CollectionInfo(
                name,
                description.dimension(),
                description.fingerprint(),
                description.encoder().map(EncoderDescription::fingerprint),
                engine.engine(),
                Instant.now(),
                Optional.of(model.toAbsolutePath().normalize().toString()),
                Optional.of(GalleryOptions.root(manifest)),
                GalleryOptions.declared(IndexCommand.declared(fields), videos));
    }

    private int sync(
            Collections all,
            CollectionInfo info,
            boolean exists,
            Manifest manifest,
            List<Item> items,
            ItemVectors vectors)
            throws IOException {
        Map<String, String> wanted = new LinkedHashMap<>();
        List<ItemStatus> refused = new ArrayList<>();
        look(manifest, info, items, vectors, wanted, refused);
        if (wanted.isEmpty()) {
            throw new DataException(name + ": none of the " + items.size() + " items can be used, e.g. \""
                    + refused.getFirst().id() + "\": " + refused.getFirst().reason());
        }
        if (dryRun && !exists) {
            said().print(new SyncPlan(List.copyOf(wanted.keySet()), List.of(), List.of(), 0, Map.of()));
            return ExitCode.DONE;
        }
        try (VectorEngine open =
                dryRun ? all.read(name) : exists ? all.write(name) : all.create(info, engine.options())) {
            SyncPlan plan = plan(open, wanted, refused);
            said().print(dryRun ? plan : apply(open, manifest, items, vectors, plan, wanted, refused));
        }
        ItemIntake.report(all.folder(name), refused, spec.commandLine().getErr());
        return refused.isEmpty() ? ExitCode.DONE : ExitCode.PARTLY_DONE;
    }

    private SyncOutput said() {
        return new SyncOutput(name, dryRun, format, spec.commandLine().getOut());
    }

    private static void look(
            Manifest manifest,
            CollectionInfo info,
            List<Item> items,
            ItemVectors vectors,
            Map<String, String> wanted,
            List<ItemStatus> refused)
            throws IOException {
        try (ProgressLine progress = new ProgressLine("look", "items")) {
            int seen = 0;
            for (Item item : items) {
                ItemDigest digest = new ItemDigest().add(GalleryOptions.fields(manifest, item, info));
                if (vectors.digest(item, digest)) {
                    wanted.put(item.id(), digest.text());
                } else {
                    refused.add(new ItemStatus(item.id(), Outcome.REFUSED, "there is nothing to make a vector of"));
                }
                progress.update(++seen, items.size(), "");
            }
        }
    }

    private SyncPlan plan(VectorEngine engine, Map<String, String> wanted, List<ItemStatus> refused)
            throws IOException {
        SyncPlan plan = SyncPlan.of(engine, wanted);
        // What is wanted and cannot be made now stays as it is.
        Set<String> kept = refused.stream().map(ItemStatus::id).collect(Collectors.toSet());
        List<String> gone = without(plan.gone(), kept).stream().sorted().toList();
        long items = engine.stats().items();
        long removed = gone.stream()
                .mapToLong(id ->
                        Math.max(1, plan.moments().getOrDefault(id, List.of()).size()))
                .sum();
        if (!dryRun && removed > maxGone * items) {
            throw new DataException(name + ": " + removed + " of " + items + " items would be removed, e.g. \""
                    + gone.getFirst() + "\"; nothing was done. Is it the right folder? --max-gone 1 removes them");
        }
        return new SyncPlan(plan.added(), plan.changed(), gone, plan.same(), plan.moments());
    }

    /// @return what was done
    private static SyncPlan apply(
            VectorEngine engine,
            Manifest manifest,
            List<Item> items,
            ItemVectors vectors,
            SyncPlan plan,
            Map<String, String> wanted,
            List<ItemStatus> refused)
            throws IOException {
        Set<String> due = new HashSet<>(plan.added());
        due.addAll(plan.changed());
        List<Item> work = items.stream().filter(item -> due.contains(item.id())).toList();
        try (ProgressLine progress = new ProgressLine("sync", "items")) {
            refused.addAll(
                    new ItemIntake(engine, manifest, vectors, plan.moments(), BATCH, 1).take(work, wanted, progress));
        }
        engine.delete(
                plan.gone().stream().flatMap(id -> plan.items(id).stream()).toList());
        engine.commit();
        Set<String> left = refused.stream().map(ItemStatus::id).collect(Collectors.toSet());
        return new SyncPlan(
                without(plan.added(), left), without(plan.changed(), left), plan.gone(), plan.same(), plan.moments());
    }

    private static List<String> without(List<String> ids, Set<String> left) {
        return ids.stream().filter(id -> !left.contains(id)).toList();
    }
}
