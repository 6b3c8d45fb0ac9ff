package org.cl2cm.model.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.data.translate.Translation;
import org.cl2cm.model.OnnxMessage;
import org.cl2cm.model.translate.TinyTranslationModel.Graphs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxTranslatorTest {
    @TempDir
    Path folder;

    private static OnnxTranslator.Options options(int beams, Map<String, String> codes) {
        return new OnnxTranslator.Options(OptionalInt.of(beams), codes, OptionalInt.empty(), 1);
    }

    private static List<String> translate(Path model, OnnxTranslator.Options options, String... texts)
            throws IOException {
        try (OnnxTranslator translator = OnnxTranslator.open(model, "en", "es", options)) {
            return translator.translate(List.of(texts)).stream()
                    .map(Translation::text)
                    .toList();
        }
    }

    @Test
    void translatesWithEveryLayoutOfTheGraphs() throws IOException {
        for (Graphs graphs : Graphs.values()) {
            Path model = TinyTranslationModel.spanish().write(folder.resolve("" + graphs), graphs, Map.of());
            for (int beams : new int[] {1, 2, 4}) {
                assertThat(translate(model, options(beams, Map.of()), "a red dog", "a cat", "a blue cat", "a red dog"))
                        .as("%s, %d beams", graphs, beams)
                        .containsExactly("un perro rojo", "un gato", "un gato azul", "un perro rojo");
            }
        }
    }

    @Test
    void theGraphsAreFoundInAFolderOnnxToo() throws IOException {
        TinyTranslationModel.spanish().write(folder, Graphs.MERGED, Map.of("num_beams", 3));
        Path graphs = Files.createDirectory(folder.resolve("onnx"));
        Files.move(folder.resolve("encoder_model.onnx"), graphs.resolve("encoder_model_quantized.onnx"));
        Files.move(folder.resolve("decoder_model_merged.onnx"), graphs.resolve("decoder_model_merged_quantized.onnx"));
        assertThat(translate(folder, OnnxTranslator.Options.defaults(), "a red cat"))
                .containsExactly("un gato rojo");
    }

    /// Random logits, batches of sources of several lengths: with and without a cache, greedy and with
    /// beams, every token is that of the search on logits by loops.
    @Test
    void agreesWithTheSearchOnLogitsByLoops() throws IOException {
        for (int seed = 0; seed < 6; seed++) {
            TinyTranslationModel model = TinyTranslationModel.random(seed, 9);
            int[][] sources = {{3, 4, 5, 1}, {6, 1}, {7, 8, 3, 3, 9, 1}, {10, 1}};
            List<String> texts = new ArrayList<>();
            for (int[] source : sources) {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < source.length - 1; i++) {
                    text.append(model.vocabulary().get(source[i])).append(' ');
                }
                texts.add(text.toString());
            }
            for (Graphs graphs : Graphs.values()) {
                Path files = model.write(folder.resolve(seed + "-" + graphs), graphs, Map.of("max_length", 9));
                for (int beams : new int[] {1, 3}) {
                    GenerationSettings settings = GenerationConfig.read(files).with(beams, OptionalInt.empty(), 9);
                    NextTokens next = (rows, from) -> {
                        float[][] logits = new float[rows.length][];
                        for (int i = 0; i < rows.length; i++) {
                            logits[i] = model.logits(sources[i / beams], rows[i]);
                        }
                        return logits;
                    };
                    int[][] expected = beams == 1
                            ? GreedySearch.run(next, sources.length, settings)
                            : BeamSearch.run(next, sources.length, settings);
                    List<String> words = new ArrayList<>();
                    for (int[] row : expected) {
                        List<String> pieces = new ArrayList<>();
                        for (int token : row) {
                            if (token > 2) {
                                pieces.add(model.vocabulary().get(token));
                            }
                        }
                        words.add(String.join(" ", pieces));
                    }
                    assertThat(translate(files, options(beams, Map.of()), texts.toArray(String[]::new)))
                            .as("seed %d, %s, %d beams", seed, graphs, beams)
                            .isEqualTo(words);
                }
            }
        }
    }

    @Test
    void aSourceIsCutWhereTheModelHasNoMorePositions() throws IOException {
        TinyTranslationModel.spanish().write(folder, Graphs.WITH_PAST, Map.of());
        // Of twelve positions one is for the end: "blue" is the twelfth word.
        assertThat(translate(folder, options(1, Map.of()), "a dog " + "a ".repeat(9) + "blue"))
                .containsExactly("un perro");
        assertThat(translate(folder, options(1, Map.of()), "a dog " + "a ".repeat(8) + "blue"))
                .containsExactly("un perro azul");
    }

    @Test
    void languagesAreTokensInTheFormsOfTheFamilies() throws IOException {
        Map<String, List<String>> forms = Map.of(
                "m2m", List.of("__en__", "__es__", "__de__"),
                "nllb", List.of("eng_Latn", "spa_Latn", "zho_Hans"));
        for (Map.Entry<String, List<String>> form : forms.entrySet()) {
            TinyTranslationModel model =
                    TinyTranslationModel.spanish(form.getValue().toArray(String[]::new));
            Path files = model.write(folder.resolve(form.getKey()), Graphs.WITH_PAST, Map.of());
            assertThat(translate(files, options(2, Map.of()), "a red dog"))
                    .as(form.getKey())
                    .containsExactly("un perro rojo");
            try (var tokenizer = ModelTokens.open(files)) {
                LanguageTokens tokens = LanguageTokens.of(tokenizer, Map.of(), false, "en", "es");
                assertThat(tokens)
                        .isEqualTo(new LanguageTokens(
                                List.of(model.vocabulary()
                                        .indexOf(form.getValue().get(0))),
                                List.of(),
                                OptionalInt.of(model.vocabulary()
                                        .indexOf(form.getValue().get(1)))));
            }
        }
        assertThatThrownBy(() -> OnnxTranslator.open(folder.resolve("m2m"), "en", "fr", options(1, Map.of())))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(folder.resolve("m2m") + ": ", "\"__fr__\"", "--code fr=CODE", "__de__");
        try (var tokenizer = ModelTokens.open(folder.resolve("nllb"))) {
            assertThat(LanguageTokens.of(tokenizer, Map.of("en", "spa_Latn"), true, "en", "zh"))
                    .as("legacy: the language after the end")
                    .isEqualTo(new LanguageTokens(List.of(), List.of(14), OptionalInt.of(15)));
        }
    }

    @Test
    void marianModelsOfSeveralLanguagesAreToldByAPrefix() throws IOException {
        TinyTranslationModel.spanish(">>spa<<", ">>deu<<").write(folder, Graphs.WITH_PAST, Map.of());
        try (var tokenizer = ModelTokens.open(folder)) {
            assertThat(LanguageTokens.of(tokenizer, Map.of(), false, "en", "es"))
                    .isEqualTo(new LanguageTokens(List.of(13), List.of(), OptionalInt.empty()));
        }
        assertThat(translate(folder, options(1, Map.of("es", "deu")), "a cat")).containsExactly("un gato");
    }

    /// Pieces are numbered otherwise in the two files; one of the source is not in the vocabulary, two
    /// of the vocabulary are of the other language only.
    @Test
    void marianModelsAreCutBySentencePieceAndNumberedByTheirVocabulary() throws IOException {
        TinyTranslationModel.spanish().write(folder, Graphs.WITH_PAST, Map.of());
        Files.delete(folder.resolve("tokenizer.json"));
        List<String> words = TinyTranslationModel.spanish().vocabulary();
        StringBuilder vocab = new StringBuilder("{");
        for (int i = 0; i < words.size(); i++) {
            String piece = i < 3 ? words.get(i) : words.get(i).equals("rojo") ? "jo" : "\u2581" + words.get(i);
            vocab.append(i == 0 ? "" : ", ")
                    .append('"')
                    .append(piece)
                    .append("\": ")
                    .append(i);
        }
        Files.writeString(folder.resolve("vocab.json"), vocab.append("}"));
        OnnxMessage model = new OnnxMessage();
        model.add(1, piece("<unk>", 0, 2));
        for (String piece : List.of("\u2581blue", "\u2581red", "\u2581cat", "\u2581dog", "\u2581a", "\u2581", "s")) {
            model.add(1, piece(piece, piece.length() > 2 ? -2 : -5, 1));
        }
        Files.write(
                folder.resolve("source.spm"),
                model.add(2, new OnnxMessage().add(3, 1)).bytes());
        try (ModelTokens tokens = ModelTokens.open(folder)) {
            assertThat(tokens.words(List.of("a red dogs", "cat x", "")))
                    .isEqualTo(new int[][] {{3, 6, 4, 2}, {5, 2, 2}, {}});
            assertThat(tokens.text(new int[] {8, 9, 11, 1, 0})).isEqualTo("un perrojo");
        }
        assertThat(translate(folder, options(2, Map.of()), "a blue dog")).containsExactly("un perro azul");
        Files.write(
                folder.resolve("source.spm"),
                new OnnxMessage()
                        .add(1, piece("<unk>", 0, 2))
                        .add(2, new OnnxMessage().add(3, 2))
                        .bytes());
        refuses(folder, "another kind than unigram");
        Files.delete(folder.resolve("vocab.json"));
        Files.write(folder.resolve("source.spm"), model.bytes());
        refuses(folder, "no vocab.json");
    }

    private static OnnxMessage piece(String text, float score, int type) {
        return new OnnxMessage().add(1, text).add(2, score).add(3, type);
    }

    @Test
    void theIdentityChangesWithEverythingThatChangesTheWords() throws IOException {
        TinyTranslationModel.spanish().write(folder, Graphs.WITH_PAST, Map.of());
        List<String> identities = new ArrayList<>();
        for (int beams : new int[] {1, 2, 1}) {
            identities.add(identity(options(beams, Map.of())));
        }
        TinyTranslationModel.spanish("more").write(folder, Graphs.WITH_PAST, Map.of());
        identities.add(identity(options(1, Map.of())));
        assertThat(identities.get(0)).isEqualTo(identities.get(2)).startsWith("onnx en-es ");
        assertThat(Set.copyOf(identities)).hasSize(3);
    }

    private String identity(OnnxTranslator.Options options) throws IOException {
        try (OnnxTranslator translator = OnnxTranslator.open(folder, "en", "es", options)) {
            return translator.identity();
        }
    }

    @Test
    void saysWhatIsMissingOrWrong() throws IOException {
        Path model = folder.resolve("model");
        refuses(model, "no such folder");
        Files.createDirectories(model);
        refuses(model, "config.json is missing");
        TinyTranslationModel.spanish().write(model, Graphs.NO_CACHE, Map.of("do_sample", true));
        refuses(model, "generation_config.json: key \"do_sample\"");
        TinyTranslationModel.spanish().write(model, Graphs.NO_CACHE, Map.of("repetition_penalty", 1.5));
        refuses(model, "\"repetition_penalty\": only 1.0");
        TinyTranslationModel.spanish().write(model, Graphs.NO_CACHE, Map.of("bad_words_ids", List.of(List.of(1, 2))));
        refuses(model, "only single tokens");
        TinyTranslationModel.spanish().write(model, Graphs.NO_CACHE, Map.of());
        Files.writeString(model.resolve("decoder_model.onnx"), "no graph");
        refuses(model, "decoder_model.onnx: ONNX Runtime refuses it");
        Files.delete(model.resolve("decoder_model.onnx"));
        refuses(model, "neither decoder_model_merged.onnx nor decoder_model.onnx");
        Files.delete(model.resolve("encoder_model.onnx"));
        refuses(model, "no encoder_model.onnx");
        Files.delete(model.resolve("tokenizer.json"));
        refuses(model, "tokenizer.json is missing");
        Files.writeString(model.resolve("source.spm"), "x");
        refuses(model, "source.spm: is no SentencePiece model");
        Files.writeString(model.resolve("config.json"), "{\"eos_token_id\": 1}");
        refuses(model, "\"decoder_start_token_id\" is missing");
    }

    private static void refuses(Path model, String reason) {
        assertThatThrownBy(() -> OnnxTranslator.open(model, "en", "es", options(1, Map.of())))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(model.toString())
                .hasMessageContaining(reason);
    }
}
