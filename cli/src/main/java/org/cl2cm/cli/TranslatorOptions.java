package org.cl2cm.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.cl2cm.data.translate.ApertiumTranslator;
import org.cl2cm.data.translate.ApyTranslator;
import org.cl2cm.data.translate.LibreTranslateTranslator;
import org.cl2cm.data.translate.ProgramTranslator;
import org.cl2cm.data.translate.Rate;
import org.cl2cm.data.translate.ServerLimits;
import org.cl2cm.data.translate.Translator;
import org.cl2cm.model.translate.OnnxTranslator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which system translates, and how it is asked.
final class TranslatorOptions {
    private static final List<String> KINDS = List.of("apertium", "apy", "libretranslate", "program", "onnx");

    @Option(
            names = "--with",
            paramLabel = "SYSTEM",
            required = true,
            description = "what translates, see below: apertium, apy:URL, libretranslate:URL, program:COMMAND or"
                    + " onnx:FOLDER")
    private String with = "";

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "captions given to the system at once (default: apertium and apy 250, libretranslate 20,"
                    + " program 1000, onnx 8)")
    private @Nullable Integer batch;

    @Option(
            names = "--time-out",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "a program or server that has not answered a batch by then is given up (default:"
                    + " ${DEFAULT-VALUE})")
    private int timeOut = 120;

    @Option(
            names = "--rate",
            paramLabel = "N/UNIT",
            description = "servers: at most so many requests, e.g. 80/min; s, min or h (default: no limit)")
    private @Nullable String rate;

    @Option(
            names = "--retries",
            paramLabel = "N",
            defaultValue = "5",
            description = "servers: how often a request is sent again when the server is busy or the connection breaks"
                    + " (default: ${DEFAULT-VALUE})")
    private int retries = 5;

    @Option(
            names = "--beam",
            paramLabel = "N",
            description = "onnx: hypotheses that are followed; 1 takes the likeliest word each time (default: what the"
                    + " model's files say)")
    private @Nullable Integer beam;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "onnx: most tokens of a translation (default: what the model's files say)")
    private @Nullable Integer maxTokens;

    @Option(
            names = "--code",
            paramLabel = "LANG=CODE",
            description = "onnx: the model's own code of a language, e.g. zh=zho_Hant; may be given often")
    private Map<String, String> codes = new LinkedHashMap<>();

    /// `apertium` of `apertium`, `onnx` of `onnx:FOLDER`.
    private String kind() {
        int colon = with.indexOf(':');
        String kind = colon < 0 ? with : with.substring(0, colon);
        if (!KINDS.contains(kind) || (rest().isEmpty() && !kind.equals("apertium"))) {
            throw new IllegalArgumentException("--with " + with
                    + ": expected apertium, apy:URL, libretranslate:URL, program:COMMAND or onnx:FOLDER");
        }
        return kind;
    }

    private String rest() {
        int colon = with.indexOf(':');
        return colon < 0 ? "" : with.substring(colon + 1);
    }

    /// What the system is called in the names of files unless the user says it.
    String name() {
        String name = switch (kind()) {
            case "program" -> fileName(ProgramTranslator.words(rest()).getFirst());
            case "onnx" -> fileName(rest());
            default -> kind();
        };
        name = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        return name.isEmpty() ? kind() : name;
    }

    private static String fileName(String path) {
        return String.valueOf(Path.of(path).toAbsolutePath().normalize().getFileName());
    }

    int batch() {
        if (batch != null) {
            return batch;
        }
        return switch (kind()) {
            case "libretranslate" -> 20;
            case "program" -> 1000;
            case "onnx" -> 8;
            default -> 250;
        };
    }

    /// Opens the system.
    ///
    /// @throws IllegalArgumentException when an option makes no sense
    Translator open(String from, String to) throws IOException {
        if (timeOut < 1) {
            throw new IllegalArgumentException("--time-out " + timeOut + ": at least 1");
        }
        Duration limit = Duration.ofSeconds(timeOut);
        return switch (kind()) {
            case "apertium" -> ApertiumTranslator.open(rest().isEmpty() ? "apertium" : rest(), from, to, limit);
            case "apy" -> new ApyTranslator(URI.create(rest()), from, to, limits(limit));
            case "libretranslate" ->
                new LibreTranslateTranslator(
                        URI.create(rest()),
                        from,
                        to,
                        Optional.ofNullable(System.getenv("CL2CM_TRANSLATE_KEY"))
                                .filter(key -> !key.isBlank()),
                        limits(limit));
            case "program" -> new ProgramTranslator(ProgramTranslator.words(rest()), from + "-" + to, limit);
            default ->
                OnnxTranslator.open(
                        Path.of(rest()),
                        from,
                        to,
                        new OnnxTranslator.Options(
                                beam == null ? OptionalInt.empty() : OptionalInt.of(beam),
                                codes,
                                maxTokens == null ? OptionalInt.empty() : OptionalInt.of(maxTokens),
                                Runtime.getRuntime().availableProcessors()));
        };
    }

    private ServerLimits limits(Duration limit) {
        return ServerLimits.of(limit, retries, rate == null ? Rate.UNLIMITED : Rate.parse(rate));
    }
}
