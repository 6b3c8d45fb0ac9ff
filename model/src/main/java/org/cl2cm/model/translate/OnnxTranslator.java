package org.cl2cm.model.translate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.cl2cm.data.DataException;
import org.cl2cm.data.translate.Translation;
import org.cl2cm.data.translate.Translator;
import org.cl2cm.model.Fingerprint;

/// Translates with an encoder-decoder model in ONNX: a folder as Hugging Face's exporter writes it,
/// with `config.json`, the graphs, and `tokenizer.json`, or `source.spm` and `vocab.json` of Marian
/// models.
public final class OnnxTranslator implements Translator {
    private static final int USUAL_POSITIONS = 512;

    /// How a model is used.
    ///
    /// @param beams hypotheses that are followed; empty for what the model's files say
    /// @param codes the model's own codes of languages where they cannot be guessed, e.g. `zh` to
    ///     `zho_Hant`
    /// @param maxLength most tokens of a translation; empty for what the model's files say
    /// @param threads that compute together
    public record Options(OptionalInt beams, Map<String, String> codes, OptionalInt maxLength, int threads) {
        public Options {
            if (beams.orElse(1) < 1 || maxLength.orElse(2) < 2 || threads < 1) {
                throw new IllegalArgumentException("beams " + beams + ", max length " + maxLength + ", threads "
                        + threads + ": at least 1, 2 and 1");
            }
            codes = Map.copyOf(codes);
        }

        /// What the model's files say, on all cores.
        public static Options defaults() {
            return new Options(
                    OptionalInt.empty(),
                    Map.of(),
                    OptionalInt.empty(),
                    Runtime.getRuntime().availableProcessors());
        }
    }

    private final OnnxSeq2Seq model;
    private final ModelTokens tokenizer;
    private final LanguageTokens languages;
    private final GenerationSettings settings;
    private final int positions;
    private final String identity;

    private OnnxTranslator(
            OnnxSeq2Seq model,
            ModelTokens tokenizer,
            LanguageTokens languages,
            GenerationSettings settings,
            int positions,
            String direction)
            throws IOException {
        this.model = model;
        this.tokenizer = tokenizer;
        this.languages = languages;
        this.settings = settings;
        this.positions = positions;
        String parts =
                String.join("\n", model.fingerprint(), tokenizer.fingerprint(), settings.toString(), "" + languages);
        this.identity = "onnx " + direction + " " + Fingerprint.ofText(parts);
    }

    /// @throws DataException when something is missing in the folder or wrong, or the model does not
    ///     know a language
    public static OnnxTranslator open(Path folder, String from, String to, Options options) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw DataException.in(folder, "no such folder; a translation model is a folder with config.json");
        }
        GenerationSettings read = GenerationConfig.read(folder);
        ModelTokens tokenizer = ModelTokens.open(folder);
        try {
            LanguageTokens languages = languages(folder, tokenizer, options, from, to);
            GenerationSettings settings = read.with(
                    options.beams().orElse(read.beams()),
                    languages.first().isPresent() ? languages.first() : read.forcedFirst(),
                    options.maxLength().orElse(read.maxLength()));
            OnnxSeq2Seq model = OnnxSeq2Seq.open(folder, options.threads());
            try {
                int positions = GenerationConfig.json(folder.resolve("config.json"))
                        .path("max_position_embeddings")
                        .asInt(USUAL_POSITIONS);
                return new OnnxTranslator(model, tokenizer, languages, settings, positions, from + "-" + to);
            } catch (IOException | RuntimeException e) {
                model.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static LanguageTokens languages(Path folder, ModelTokens tokenizer, Options options, String from, String to)
            throws IOException {
        boolean legacy = GenerationConfig.json(folder.resolve("tokenizer_config.json"))
                .path("legacy_behaviour")
                .asBoolean(false);
        try {
            return LanguageTokens.of(tokenizer, options.codes(), legacy, from, to);
        } catch (DataException e) {
            throw DataException.in(folder, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public List<Translation> translate(List<String> texts) throws IOException {
        int[][] words = tokenizer.words(texts);
        int[][] sources = new int[words.length][];
        for (int i = 0; i < words.length; i++) {
            sources[i] = source(words[i]);
        }
        int[][] found;
        try (OnnxDecoding decoding = model.start(sources, settings.pad(), settings.beams())) {
            found = settings.beams() == 1
                    ? GreedySearch.run(decoding, sources.length, settings)
                    : BeamSearch.run(decoding, sources.length, settings);
        }
        List<Translation> translations = new ArrayList<>();
        for (int[] tokens : found) {
            translations.add(new Translation(tokenizer.text(tokens).strip()));
        }
        return translations;
    }

    /// The tokens of a source with its end and its language, cut where the model has no more positions.
    private int[] source(int[] words) {
        int around = languages.before().size() + 1 + languages.after().size();
        int kept = Math.min(words.length, positions - around);
        int[] source = new int[kept + around];
        int at = 0;
        for (int token : languages.before()) {
            source[at++] = token;
        }
        System.arraycopy(words, 0, source, at, kept);
        at += kept;
        source[at++] = settings.end();
        for (int token : languages.after()) {
            source[at++] = token;
        }
        return source;
    }

    @Override
    public void close() throws IOException {
        tokenizer.close();
        model.close();
    }
}
