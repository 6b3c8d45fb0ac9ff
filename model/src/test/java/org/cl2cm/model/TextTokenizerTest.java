package org.cl2cm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {
    private static final String WORD_PIECE = """
            {"version": "1.0",
             "added_tokens": [%s],
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                            "strip_accents": false, "lowercase": false},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "post_processor": {"type": "TemplateProcessing",
               "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                          {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
               "pair": [],
               "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                                  "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
             "decoder": null,
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                       "max_input_chars_per_word": 100,
                       "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4,
                                 "Hund": 5, "##e": 6, "é": 7, "狗": 8, "!": 9}}}
            """;
    /// The shape of XLM-R's file: Unigram, Metaspace, other special tokens, pad id 1.
    private static final String UNIGRAM = """
            {"version": "1.0",
             "added_tokens": [%s],
             "normalizer": null,
             "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true},
             "post_processor": {"type": "TemplateProcessing",
               "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                          {"SpecialToken": {"id": "</s>", "type_id": 0}}],
               "pair": [],
               "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                                  "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
             "decoder": null,
             "model": {"type": "Unigram", "unk_id": 3,
                       "vocab": [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], ["\u2581ein", -2.5],
                                 ["\u2581Hund", -3.0], ["e", -4.0], ["\u2581", -6.0], ["<mask>", 0.0]]}}
            """;

    @TempDir
    Path folder;

    private static String special(List<String> tokens, int... ids) {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            entries.add("{\"id\": " + ids[i] + ", \"content\": \"" + tokens.get(i)
                    + "\", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false,"
                    + " \"special\": true}");
        }
        return entries.stream().collect(Collectors.joining(","));
    }

    private TextTokenizer wordPiece() throws IOException {
        String added = special(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), 0, 1, 2, 3, 4);
        Files.writeString(folder.resolve("tokenizer.json"), WORD_PIECE.replace("%s", added));
        return TextTokenizer.open(folder);
    }

    private TextTokenizer unigram() throws IOException {
        String added = special(List.of("<s>", "<pad>", "</s>", "<unk>", "<mask>"), 0, 1, 2, 3, 8);
        Files.writeString(folder.resolve("tokenizer.json"), UNIGRAM.replace("%s", added));
        return TextTokenizer.open(folder);
    }

    @Test
    void cutsAsBertDoes() throws IOException {
        try (TextTokenizer tokenizer = wordPiece()) {
            assertThat(tokenizer.encode(List.of("Hunde! 狗狗 é hund [MASK]", ""), 64))
                    .isEqualTo(new int[][] {{2, 5, 6, 9, 8, 8, 7, 1, 4, 3}, {2, 3}});
            assertThat(tokenizer.pieces(new int[] {2, 5, 6, 3})).containsExactly("[CLS]", "Hund", "##e", "[SEP]");
            assertThat(tokenizer.pieces("Hunde")).containsExactly("[CLS]", "Hund", "##e", "[SEP]");
            assertThat(tokenizer.padId()).isZero();
            assertThat(tokenizer.maskId()).isEqualTo(4);
            assertThat(tokenizer.isSpecial(3)).isTrue();
            assertThat(tokenizer.isSpecial(5)).isFalse();
            assertThat(tokenizer.size()).isEqualTo(10);
            assertThat(tokenizer.encode(List.of(), 64)).isEmpty();
            assertThat(tokenizer.fingerprint()).isEqualTo(Fingerprint.ofFile(folder.resolve("tokenizer.json")));
            assertThatThrownBy(() -> tokenizer.pieces(new int[] {10})).hasMessageContaining("10");
        }
    }

    @Test
    void cutsAsXlmRobertaDoes() throws IOException {
        try (TextTokenizer tokenizer = unigram()) {
            assertThat(tokenizer.encode(List.of("ein Hunde"), 64)).isEqualTo(new int[][] {{0, 4, 5, 6, 2}});
            assertThat(tokenizer.pieces(new int[] {4, 5})).containsExactly("\u2581ein", "\u2581Hund");
            assertThat(tokenizer.padId()).isEqualTo(1);
            assertThat(tokenizer.maskId()).isEqualTo(8);
            assertThat(tokenizer.isSpecial(0)).isTrue();
        }
    }

    @Test
    void aLongTextKeepsItsEnd() throws IOException {
        try (TextTokenizer tokenizer = wordPiece()) {
            String text = "Hund ".repeat(2000);
            int[] whole = tokenizer.encode(List.of(text), 10_000)[0];
            assertThat(whole).hasSize(2002);
            assertThat(tokenizer.encode(List.of(text), 5)[0]).containsExactly(2, 5, 5, 5, 3);
            assertThat(tokenizer.encode(List.of(text), 2)[0]).containsExactly(2, 3);
            assertThatThrownBy(() -> tokenizer.encode(List.of(text), 1)).hasMessageContaining("maxLength 1");
        }
    }

    @Test
    void manyThreadsGetTheSame() throws Exception {
        List<String> texts = Collections.nCopies(50, "Hunde! 狗");
        try (TextTokenizer tokenizer = wordPiece();
                var threads = Executors.newFixedThreadPool(4)) {
            int[][] expected = tokenizer.encode(texts, 64);
            List<Callable<int[][]>> tasks = Collections.nCopies(40, () -> tokenizer.encode(texts, 64));
            for (Future<int[][]> found : threads.invokeAll(tasks)) {
                assertThat(found.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    void namesAFileThatIsNoTokenizer() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        assertThatThrownBy(() -> TextTokenizer.open(folder)).hasMessageContaining("tokenizer.json is missing");
        Files.writeString(file, "{\"model\": {\"vocab\": {\"a\": 0");
        assertThatThrownBy(() -> TextTokenizer.open(folder))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ": is no JSON");
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> TextTokenizer.open(folder)).hasMessageContaining("model.vocab");
        Files.writeString(file, "{\"model\": {\"vocab\": {\"a\": 0}}}");
        assertThatThrownBy(() -> TextTokenizer.open(folder))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ": the tokenizer cannot be made");
    }
}
