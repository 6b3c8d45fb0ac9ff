package org.cl2cm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.scene.SceneDataSet;
import org.cl2cm.data.scene.SceneOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = {
            "The whole path on a small data set that it draws itself: from nothing to search in seven languages.",
            "",
            "Every step is a command of this program; the demo prints it and runs it. Stopped at any instant, the",
            "same command goes on where it was.",
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int PIXELS = 64;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--to",
            paramLabel = "FOLDER",
            defaultValue = "cl2cm-demo",
            description = "where everything goes (default: ${DEFAULT-VALUE})")
    private Path folder = Path.of("cl2cm-demo");

    @Option(names = "--seed", defaultValue = "1", description = "of scenes and training (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        Path scenes = folder.resolve("scenes");
        say("draws 1,500 scenes with English captions, noisy translations, and correct captions for the test");
        try (ProgressLine progress = new ProgressLine("scenes", "pictures")) {
            SceneDataSet.write(scenes, SceneOptions.demo(seed), progress);
        }
        Path config = folder.resolve("demo.yaml");
        if (!Files.exists(config)) {
            AtomicFile.write(config, config());
        }
        String manifest = scenes.resolve("manifest.jsonl").toString();
        String features = folder.resolve("features").toString();
        String run = folder.resolve("run").toString();
        String model = run + "/model";
        String collections = folder.resolve("collections").toString();
        String sheet = folder.resolve("results.png").toString();
        List<List<String>> steps = new ArrayList<>();
        steps.add(List.of("encode", manifest, "--encoder", "pixels:" + PIXELS, "--to", features));
        if (!Files.exists(Path.of(model, "cl2cm.json"))) {
            steps.add(List.of("train", "--config", config.toString(), "--run", run, "--resume", "auto"));
        }
        steps.add(List.of("evaluate", "model", model, "--manifest", manifest, "--features", features));
        if (!Files.isDirectory(Path.of(collections, "demo"))) {
            steps.add(List.of(
                    "index",
                    "create",
                    "demo",
                    "--collections",
                    collections,
                    "--manifest",
                    manifest,
                    "--split",
                    "test",
                    "--model",
                    model,
                    "--features",
                    features));
        }
        List<String> search = new ArrayList<>(List.of("search", "demo"));
        search.addAll(queries(Manifest.read(Path.of(manifest))));
        search.addAll(List.of("--collections", collections, "--top", "6", "--sheet", sheet));
        steps.add(search);
        for (List<String> step : steps) {
            say("$ cl2cm " + quoted(step));
            int code = Cl2cm.execute(step.toArray(String[]::new));
            if (code != ExitCode.DONE) {
                return code;
            }
        }
        long minutes = (System.nanoTime() - start) / 60_000_000_000L;
        say("done in " + minutes + " min " + (System.nanoTime() - start) / 1_000_000_000L % 60 + " s; look at "
                + sheet);
        say("a page to search it in a browser:");
        say("  cl2cm serve --collections " + collections);
        say("with your own pictures: put them and a .txt of English captions beside each into a folder, then");
        say("  cl2cm data import --format folder --from PICTURES --to manifest.jsonl");
        say("and go on as above; docs/how-to/bring-your-own-pictures.md tells more");
        return ExitCode.DONE;
    }

    /// A caption of the test split in each language, none of which was seen in training: the shortest
    /// of a picture's five, each of another picture.
    private static List<String> queries(Manifest manifest) {
        List<String> languages = new ArrayList<>(List.of("en"));
        languages.addAll(SceneOptions.LANGUAGES);
        List<Item> items = manifest.split("test");
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < languages.size(); i++) {
            Item item = items.get(i * (items.size() / languages.size()));
            queries.add(item.captions(languages.get(i)).stream()
                    .min(Comparator.comparingInt(String::length))
                    .orElseThrow());
        }
        return queries;
    }

    private String config() {
        StringBuilder translations = new StringBuilder();
        for (String language : SceneOptions.LANGUAGES) {
            translations
                    .append(translations.isEmpty() ? "" : ", ")
                    .append(language)
                    .append(".mt");
        }
        return """
                # The demo's training run; `cl2cm train --show-defaults` explains every key.
                seed: %d
                data:
                  manifest: %s
                  features: %s
                  translations: [%s]
                  captions: 2
                text: {depth: 3, width: 128, blocks: 1, pooling: mean, max_length: 32, word_dropout: 0.3}
                vision: {pixels: %d, channels: 16, dropout: 0.1}
                dimension: 128
                loss: {d: 0.5}
                teacher: {schedule: two_stage, epochs: 4}
                train: {epochs: 12, rate: 0.002}
                """.formatted(
                        seed,
                        folder.resolve("scenes").resolve("manifest.jsonl"),
                        folder.resolve("features"),
                        translations,
                        PIXELS);
    }

    private static String quoted(List<String> words) {
        List<String> quoted = new ArrayList<>();
        for (String word : words) {
            quoted.add(word.contains(" ") || word.chars().anyMatch(c -> c > 127) ? '"' + word + '"' : word);
        }
        return String.join(" ", quoted);
    }

    private void say(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(text);
        err.flush();
    }
}
