package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.translate.CaptionGroup;
import org.cl2cm.data.translate.CaptionSource;
import org.cl2cm.data.translate.CaptionTranslation;
import org.cl2cm.data.translate.Suspicion;
import org.cl2cm.data.translate.Translation;
import org.cl2cm.data.translate.TranslationFile;
import org.cl2cm.data.translate.TranslationReview;
import org.cl2cm.data.translate.Translator;
import org.cl2cm.model.CacheFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cl2cm data translate`.
@Command(
        name = "translate",
        mixinStandardHelpOptions = true,
        description = {
            "Translate captions by machine.",
            "",
            "Of a manifest, the translations are written to translations/LANG.SYSTEM.jsonl beside it, where training"
                    + " finds them as data.translations=[LANG.SYSTEM]. Of other texts, and with --out, captions and"
                    + " translations are written beside each other, as training reads parallel text.",
            "",
            "Stopped at any instant, the same command goes on: what was translated is kept in CL2CM_HOME, by the text"
                    + " of the caption. A caption that fails is null, is named with the reason in the folder reports"
                    + " beside the translations, and is tried again by the next run; the exit code is then 3.",
        },
        footerHeading = "%nSystems:%n",
        footer = {
            "  apertium[:PATH]     the command apertium and a language pair",
            "                      (Debian: apertium apertium-eng-spa)",
            "  apy:URL             Apertium's HTTP server, e.g. apy:http://localhost:2737",
            "  libretranslate:URL  a server with LibreTranslate's interface; the key, if it",
            "                      wants one, in the variable CL2CM_TRANSLATE_KEY",
            "  program:COMMAND     a program: a text a line in, a translation a line out;",
            "                      no shell takes part, quotes keep spaces together",
            "  onnx:FOLDER         an encoder-decoder model (Marian, M2M100, NLLB, mBART-50)",
            "                      as Hugging Face's exporter writes it",
            "",
            "Examples:",
            "  cl2cm data translate m.jsonl --to es --with apertium --split train",
            "  cl2cm data translate m.jsonl --to de --with apy:http://localhost:2737",
            "  cl2cm data translate m.jsonl --to zh --with onnx:nllb --beam 4",
            "  cl2cm data translate m.jsonl --to fr --with 'program:./translate --to fr'",
            "and back again:",
            "  cl2cm data translate m.jsonl --from es.apertium --to en --with apertium",
            "parallel text:",
            "  cl2cm data translate captions.txt --to es --with apertium --out en-es.jsonl"
        })
final class DataTranslateCommand implements Callable<Integer> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]+)*");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "CAPTIONS",
            description = "a manifest; parallel text (.jsonl with {\"id\", \"en\": [..]}); or plain text, one caption a"
                    + " line")
    private Path captions = Path.of("");

    @Option(names = "--to", paramLabel = "LANG", required = true, description = "the language to translate to, e.g. es")
    private String to = "";

    @Option(
            names = "--from",
            paramLabel = "LANG|KEY",
            defaultValue = "en",
            description = "the language of the captions, or the key of translations to translate on or back, e.g."
                    + " es.apertium (default: ${DEFAULT-VALUE})")
    private String from = "en";

    @Mixin
    private TranslatorOptions system = new TranslatorOptions();

    @Option(
            names = "--name",
            paramLabel = "SYSTEM",
            description =
                    "what the system is called in LANG.SYSTEM (default: apertium, apy, libretranslate, or the name"
                            + " of the program or folder)")
    private @Nullable String name;

    @Option(names = "--split", paramLabel = "NAME", description = "translate the items of this split only")
    private @Nullable String split;

    @Option(names = "--limit", paramLabel = "N", description = "translate the first N items only")
    private @Nullable Integer limit;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "write parallel text to this file instead of a side-car")
    private @Nullable Path out;

    @Option(
            names = "--cache",
            paramLabel = "FOLDER",
            description = "where translations are kept (default: translations in CL2CM_HOME)")
    private @Nullable Path cache;

    @Option(names = "--fresh", description = "translate again what was translated before")
    private boolean fresh;

    @Option(
            names = "--max-errors",
            paramLabel = "N",
            defaultValue = "-1",
            description = "stop when more than N captions failed (default: never)")
    private int maxErrors = -1;

    @Mixin
    private SuspicionOutput output = new SuspicionOutput();

    @Override
    public Integer call() throws IOException {
        check();
        CaptionSource source = CaptionSource.read(captions, from);
        List<CaptionGroup> groups =
                source.groups(Optional.ofNullable(split), limit == null ? Integer.MAX_VALUE : limit);
        String language = TranslationFile.language(from);
        TranslationFile file = file(source, language);
        if (out == null && source instanceof CaptionSource.OfManifest items) {
            checkPlaces(items.manifest(), groups);
        }
        CaptionTranslation.Result result;
        String identity;
        try (Translator translator = open(language)) {
            identity = translator.identity();
            if (out == null && source instanceof CaptionSource.OfManifest) {
                file.checkSideCar(
                        identity, groups.stream().map(CaptionGroup::id).collect(Collectors.toSet()));
            }
            result = translate(translator, groups);
        }
        List<Suspicion> suspicions = TranslationReview.of(pairs(groups, result), language, to);
        // Before the translations: they may be written again by the system that is named there.
        file.writeReports(identity, about(result, suspicions), result.failures(), suspicions);
        if (out == null && source instanceof CaptionSource.OfManifest items) {
            file.writeSideCar(items.manifest(), result.rows());
        } else {
            file.writeParallel(groups, result.rows());
        }
        return report(file, result, suspicions);
    }

    private void check() {
        usage(LANGUAGE.matcher(to).matches(), "--to " + to + ": expected a language, e.g. es");
        usage(limit == null || limit > 0, "--limit " + limit + ": at least 1");
        usage(name == null || NAME.matcher(name).matches(), "--name " + name + ": letters, digits, - and _");
        usage(!from.equals(to), "--from and --to are both " + to);
        try {
            settings();
            system.name();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void usage(boolean right, String message) {
        if (!right) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private CaptionTranslation.Settings settings() {
        return new CaptionTranslation.Settings(system.batch(), maxErrors, fresh);
    }

    private Translator open(String language) throws IOException {
        try {
            return system.open(language, to);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /// `es.apertium`; of translations, `en.apertium-from-es.apertium`.
    private TranslationFile file(CaptionSource source, String language) {
        String key = to + "." + (name == null ? system.name() + (from.contains(".") ? "-from-" + from : "") : name);
        if (out != null) {
            return new TranslationFile(out, language, to);
        }
        if (source instanceof CaptionSource.OfManifest) {
            return TranslationFile.sideCar(captions.toAbsolutePath(), key, language);
        }
        String stem = String.valueOf(captions.getFileName()).replaceFirst("\\.[a-z]+$", "");
        return new TranslationFile(captions.resolveSibling(stem + "." + key + ".jsonl"), language, to);
    }

    /// A side-car stands beside the English captions, whatever it was translated from.
    private static void checkPlaces(Manifest manifest, List<CaptionGroup> groups) throws DataException {
        for (CaptionGroup group : groups) {
            int english = manifest.find(group.id()).map(Item::id).isPresent()
                    ? manifest.find(group.id()).orElseThrow().captions("en").size()
                    : 0;
            if (group.texts().size() != english) {
                throw DataException.in(
                        manifest.file(),
                        "\"" + group.id() + "\" has " + group.texts().size() + " texts to translate and " + english
                                + " English captions, beside which translations stand; use --out FILE to write parallel"
                                + " text");
            }
        }
    }

    private CaptionTranslation.Result translate(Translator translator, List<CaptionGroup> groups) throws IOException {
        try (ProgressLine progress = new ProgressLine("translate", "captions")) {
            Path folder = cache == null ? CacheFolder.home().resolve("translations") : cache;
            return new CaptionTranslation(translator, folder, settings(), progress).run(groups);
        } catch (DataException e) {
            throw new DataException(
                    (name == null ? system.name() : name) + ": " + e.getMessage()
                            + "; what is translated is kept, and the same command goes on from there",
                    e);
        }
    }

    private static List<TranslationReview.Pair> pairs(List<CaptionGroup> groups, CaptionTranslation.Result result) {
        List<TranslationReview.Pair> pairs = new ArrayList<>();
        for (CaptionGroup group : groups) {
            List<@Nullable Translation> row = result.rows().getOrDefault(group.id(), List.of());
            for (int i = 0; i < row.size(); i++) {
                Translation translation = row.get(i);
                String text = group.texts().get(i);
                if (translation != null && text != null) {
                    pairs.add(
                            new TranslationReview.Pair(group.id(), i, text, translation.text(), translation.unknown()));
                }
            }
        }
        return pairs;
    }

    private Map<String, Object> about(CaptionTranslation.Result result, List<Suspicion> suspicions) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("captions", result.captions());
        about.put("translated", result.captions() - result.failures().size());
        about.put("kept", result.kept());
        about.put("failed", result.failures().size());
        about.put("suspicious", suspicions.size());
        about.put("signs", SuspicionOutput.counts(suspicions));
        return about;
    }

    private int report(TranslationFile file, CaptionTranslation.Result result, List<Suspicion> suspicions)
            throws IOException {
        Path shown = Path.of("").toAbsolutePath().relativize(file.file().toAbsolutePath());
        Path path = shown.startsWith("..") ? file.file() : shown;
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("file", path.toString());
        about.putAll(about(result, suspicions));
        output.print(
                String.format(
                        Locale.ROOT,
                        "%s: %,d captions, %,d translated (%,d of them before), %,d failed",
                        path,
                        result.captions(),
                        result.captions() - result.failures().size(),
                        result.kept(),
                        result.failures().size()),
                about,
                suspicions);
        if (result.failures().isEmpty()) {
            return ExitCode.DONE;
        }
        CaptionTranslation.Failure first = result.failures().getFirst();
        System.err.println("cl2cm: " + (name == null ? system.name() : name) + ": "
                + result.failures().size()
                + " captions failed, the first is \"" + first.id() + "\"[" + first.position() + "]: " + first.reason()
                + "; " + file.report(".errors.jsonl") + " names them");
        return ExitCode.PARTLY_DONE;
    }
}
