package org.cl2cm.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.cl2cm.bench.step.StepBenchmark;
import org.cl2cm.bench.text.TextBenchmark;
import org.cl2cm.bench.vision.VisionBenchmark;
import org.cl2cm.data.Item;
import org.cl2cm.data.Machine;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgramVersion;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.vision.ImageList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The benchmarks, started by `bench/run`. Results are Markdown on stdout.
@Command(
        name = "bench/run",
        description = {
            "Measure this system beside the engines it stands on. Results are ratios, in Markdown.",
            "",
            "A ratio is that of the medians over all rounds; the smallest and largest of a round follow in brackets."
        },
        synopsisSubcommandLabel = "(step | text | vision | fit | search | peers | http | overload | page)",
        subcommands = {
            FitCommand.class,
            SearchCommand.class,
            PeersCommand.class,
            HttpCommand.class,
            OverloadCommand.class,
            PageCommand.class,
        },
        mixinStandardHelpOptions = true)
public final class Bench {
    private static final String CLOCK = "WALL, what one waits; or CPU, processor time, for a machine that is not quiet";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Bench() {}

    public static void main(String[] args) {
        int code = new CommandLine(new Bench())
                .setExecutionExceptionHandler((e, line, _) -> {
                    line.getErr().println("bench/run: " + (e.getMessage() == null ? e : e.getMessage()));
                    return 1;
                })
                .execute(args);
        System.exit(code);
    }

    @Command(
            name = "step",
            description = "One training step (forward, backward, optimizer) beside DJL's build of PyTorch.",
            mixinStandardHelpOptions = true)
    int step(
            @Option(names = "--depths", split = ",", defaultValue = "4,12", description = "layers")
                    List<Integer> depths,
            @Option(names = "--threads", split = ",", defaultValue = "1,2", description = "threads of the engines")
                    List<Integer> threads,
            @Option(names = "--rounds", defaultValue = "2", description = "processes of each side") int rounds,
            @Option(names = "--steps", defaultValue = "1", description = "measured in each process") int steps,
            @Option(names = "--dropout", defaultValue = "0.1", description = "of the layers' outputs") double dropout,
            @Option(names = "--clock", defaultValue = "WALL", description = CLOCK) Clock clock)
            throws IOException {
        Path root = root();
        String peer = System.getProperty("cl2cm.bench.peers", "");
        if (peer.isEmpty()) {
            throw new IOException("the class path of DJL is not known; start it as bench/run step");
        }
        StepBenchmark benchmark = new StepBenchmark(
                new StepBenchmark.Settings(depths, threads, rounds, steps, dropout, clock),
                System.getProperty("java.class.path"),
                root.resolve("bench/target/classes") + System.getProperty("path.separator") + peer,
                root.resolve("bench/target/djl"),
                spec.commandLine().getErr()::println);
        print("One training step", benchmark.run());
        return 0;
    }

    @Command(
            name = "text",
            description = "Text encoding on mBERT beside the calls of libtorch on ready tensors.",
            mixinStandardHelpOptions = true)
    int text(
            @Option(names = "--manifest", description = "whose captions are encoded") @Nullable Path manifest,
            @Option(names = "--limit", defaultValue = "256", description = "captions") int limit,
            @Option(names = "--threads", split = ",", defaultValue = "1,2", description = "threads of the engine")
                    List<Integer> threads,
            @Option(names = "--rounds", defaultValue = "3", description = "measured") int rounds,
            @Option(names = "--clock", defaultValue = "WALL", description = CLOCK) Clock clock)
            throws IOException {
        Optional<Path> file = present(manifest, "../shared/data/flickr8k/flickr8k.jsonl", "--manifest");
        if (file.isEmpty()) {
            return 0;
        }
        List<String> captions = captions(Manifest.read(file.get()), limit);
        print("Text encoding", new TextBenchmark(captions, rounds, clock, ProgressListener.NONE).run(threads));
        return 0;
    }

    @Command(
            name = "vision",
            description = "Image encoding beside the runs of ONNX Runtime on ready tensors.",
            mixinStandardHelpOptions = true)
    int vision(
            @Option(names = "--images", description = "a folder of images, or a manifest") @Nullable Path images,
            @Option(names = "--encoders", description = "a folder of .onnx files") @Nullable Path encoders,
            @Option(names = "--limit", defaultValue = "48", description = "images") int limit,
            @Option(names = "--threads", split = ",", defaultValue = "1,2", description = "batches beside each other")
                    List<Integer> threads,
            @Option(names = "--rounds", defaultValue = "3", description = "measured") int rounds,
            @Option(names = "--clock", defaultValue = "WALL", description = CLOCK) Clock clock)
            throws IOException {
        Optional<Path> pictures = present(images, "../shared/data/flickr8k/flickr8k.jsonl", "--images");
        Optional<Path> folder = present(encoders, "../shared/models/vision", "--encoders");
        if (pictures.isEmpty() || folder.isEmpty()) {
            return 0;
        }
        List<Path> files;
        try (Stream<Path> listing = Files.list(folder.get())) {
            files = listing.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
        ImageList list = ImageList.open(pictures.get()).first(limit);
        print("Image encoding", new VisionBenchmark(list, rounds, clock).run(files, threads));
        return 0;
    }

    private static Path root() {
        return Path.of(System.getProperty("cl2cm.root", ".")).toAbsolutePath().normalize();
    }

    /// What the user names, or else the usual place; when neither is there, says that this is left out.
    private Optional<Path> present(@Nullable Path named, String usual, String option) throws IOException {
        Path path = named == null ? root().resolve(usual).normalize() : named;
        if (Files.exists(path)) {
            return Optional.of(path);
        }
        if (named != null) {
            throw new IOException(option + " " + named + ": no such file or folder");
        }
        spec.commandLine().getErr().println("bench/run: left out: nothing at " + path + "; name one with " + option);
        return Optional.empty();
    }

    /// Captions of all languages in turn, from items that have more than one language before others.
    private static List<String> captions(Manifest manifest, int limit) throws IOException {
        List<Item> items = new ArrayList<>(manifest.items());
        items.sort(java.util.Comparator.comparingInt(
                (Item item) -> -item.captions().size()));
        List<String> captions = items.stream()
                .flatMap(item -> item.captions().values().stream().map(List::getFirst))
                .limit(limit)
                .toList();
        if (captions.isEmpty()) {
            throw new IOException(manifest.file() + ": holds no caption");
        }
        return captions;
    }

    private void print(String title, List<String> lines) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.println("### " + title);
        out.println();
        out.printf(
                Locale.ROOT,
                "%s; load %.1f at the end; revision %s.%n",
                Machine.describe(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                ProgramVersion.current().revision());
        out.println();
        lines.forEach(out::println);
        out.flush();
    }
}
