package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.cl2cm.model.CacheFolder;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.train.CompatibilityFit;
import org.cl2cm.train.ConfigFile;
import org.cl2cm.train.TrainConfig;
import org.cl2cm.train.Training;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "train",
        description = {
            "Train teacher and student; write a model folder.",
            "",
            "A run is a folder: checkpoints, log.jsonl, TensorBoard events, and at the end `model`.",
            "Killed at any instant, the same command with --resume auto goes on as if nothing had happened.",
        },
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "settings in YAML; only what differs from the defaults")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "one setting on top of the file, e.g. train.batch=64; may be given often")
    private List<String> settings = List.of();

    @Option(names = "--run", paramLabel = "FOLDER", description = "folder of the run")
    private @Nullable Path run;

    @Option(
            names = "--resume",
            paramLabel = "auto|never",
            defaultValue = "never",
            description =
                    "auto: go on where the run in the folder stopped, start when there is none (default: ${DEFAULT-VALUE})")
    private String resume = "never";

    @Option(
            names = "--explain",
            paramLabel = "N",
            arity = "0..1",
            defaultValue = "0",
            fallbackValue = "4",
            description = "at the end, draw how the teacher aligns the words of N validation captions with those of"
                    + " their translations (default: 4): explain.svg and explain.txt in the run's folder")
    private int explain;

    @Option(
            names = "--compatible-with",
            paramLabel = "MODEL",
            description = "at the end, learn on the run's texts how to carry vectors of the new model into the space of"
                    + " this older one, so that new queries search what it encoded; a run that has ended is not"
                    + " trained again (--resume auto)")
    private @Nullable Path older;

    @Option(
            names = "--compatible-texts",
            paramLabel = "N",
            defaultValue = "20000",
            description = "texts that --compatible-with looks at (default: ${DEFAULT-VALUE})")
    private int texts = 20_000;

    @Option(names = "--show-config", description = "print every key with its value and stop")
    private boolean showConfig;

    @Option(names = "--show-defaults", description = "print every key with its default and what it means, and stop")
    private boolean showDefaults;

    @Override
    public Integer call() throws IOException {
        if (showDefaults) {
            spec.commandLine().getOut().print(ConfigFile.defaultsText());
            spec.commandLine().getOut().flush();
            return ExitCode.DONE;
        }
        TrainConfig settled = ConfigFile.read(Optional.ofNullable(config), settings);
        if (showConfig) {
            spec.commandLine().getOut().print(ConfigFile.write(settled));
            spec.commandLine().getOut().flush();
            return ExitCode.DONE;
        }
        if (run == null) {
            throw new ParameterException(spec.commandLine(), "--run FOLDER: where is the run to be kept?");
        }
        if (!resume.equals("auto") && !resume.equals("never")) {
            throw new ParameterException(spec.commandLine(), "--resume " + resume + ": auto or never");
        }
        if (older != null) {
            // Before anything is trained: a wrong folder is said in a moment.
            RetrievalModel.describe(older);
        }
        try (ProgressLine fetch = new ProgressLine("model", "steps");
                ProgressLine cache = new ProgressLine("cache", "captions");
                ProgressLine progress = new ProgressLine("train", "steps")) {
            Training training = new Training(
                    settled,
                    CacheFolder.home(),
                    fetch,
                    cache,
                    progress,
                    message -> System.err.println("cl2cm: " + message));
            Path model = training.run(run, resume.equals("auto"), explain);
            if (older != null) {
                compatible(settled, model, older);
            }
            spec.commandLine().getOut().println(model);
        }
        return ExitCode.DONE;
    }

    private void compatible(TrainConfig settled, Path model, Path with) throws IOException {
        CompatibilityFit.Fitted fitted;
        try (ProgressLine progress = new ProgressLine("compatible", "texts")) {
            fitted = CompatibilityFit.fit(model, with, Training.texts(settled), texts, progress);
        }
        System.err.printf(
                Locale.ROOT,
                "cl2cm: compatible with model %s: cosine %.3f of carried and old vectors on texts that the fit has not"
                        + " seen, %,d texts in all%n",
                fitted.projection().space(),
                fitted.cosine(),
                fitted.texts());
    }
}
