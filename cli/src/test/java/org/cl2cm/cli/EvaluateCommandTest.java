package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.cl2cm.data.FeatureWriter;
import org.cl2cm.evaluate.TrecFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvaluateCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private record Output(int code, String out, String err) {}

    private static Output cl2cm(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream toOut = new ByteArrayOutputStream();
        ByteArrayOutputStream toErr = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
            int code = Cl2cm.execute(arguments);
            return new Output(code, toOut.toString(StandardCharsets.UTF_8), toErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /// 50 images, 2 captions each at a distance; qrels beside.
    private void vectors(String queries, long seed, double noise) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        float[] gallery = new float[50 * 8];
        for (int i = 0; i < gallery.length; i++) {
            gallery[i] = (float) random.nextGaussian();
        }
        SplittableRandom noisy = new SplittableRandom(seed);
        float[] captions = new float[2 * gallery.length];
        List<String> items = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        StringBuilder qrels = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            items.add("img" + i);
            for (int c = 0; c < 2; c++) {
                texts.add("img" + i + "#" + c);
                qrels.append("img" + i + "#" + c + " 0 img" + i + " 1\n");
                for (int k = 0; k < 8; k++) {
                    captions[(2 * i + c) * 8 + k] = gallery[i * 8 + k] + (float) (noise * noisy.nextGaussian());
                }
            }
        }
        FeatureWriter.write(folder.resolve("gallery.npy"), items, 8, gallery);
        FeatureWriter.write(folder.resolve(queries), texts, 8, captions);
        Files.writeString(folder.resolve("qrels"), qrels);
    }

    private Output evaluate(String queries, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "evaluate",
                "embeddings",
                "--gallery",
                folder.resolve("gallery.npy").toString(),
                "--queries",
                folder.resolve(queries).toString(),
                "--qrels",
                folder.resolve("qrels").toString()));
        arguments.addAll(List.of(more));
        return cl2cm(arguments.toArray(new String[0]));
    }

    @Test
    void evaluatesReadyVectorsAndComparesTwoRuns() throws IOException {
        vectors("noisy.npy", 2, 1.5);
        vectors("clear.npy", 3, 0.3);
        String out = folder.resolve("out").toString();
        Output noisy = evaluate("noisy.npy", "--out", out, "--language", "zh");
        assertThat(noisy.code()).as(noisy.err()).isZero();
        assertThat(noisy.out())
                .contains("noisy")
                .contains("captions per item: 2")
                .contains("query translation: off");
        assertThat(evaluate("clear.npy", "--out", out, "--language", "zh").code())
                .isZero();
        assertThat(TrecFiles.readRun(folder.resolve("out/clear.t2i.trec"))).hasSize(100);

        Output compared = cl2cm("evaluate", "compare", out + "/noisy", out + "/clear.ranks.jsonl");
        assertThat(compared.code()).as(compared.err()).isZero();
        assertThat(compared.out())
                .contains("A: noisy (zh)")
                .contains("B: clear (zh)")
                .containsPattern("SumR .* \\+[0-9.]+ \\[\\+[0-9.]+, \\+[0-9.]+\\] +1\\.000");
        Output json = cl2cm(
                "evaluate",
                "compare",
                out + "/noisy," + out + "/noisy",
                out + "/clear," + out + "/clear",
                "--format",
                "json",
                "--resample-seeds");
        assertThat(json.code()).as(json.err()).isZero();
        assertThat(json.out()).contains("\"resampled\" : \"IMAGES_AND_SEEDS\"").contains("\"SumR_by_pair\"");
    }

    @Test
    void saysWhatIsWrongWithTheInput() throws IOException {
        vectors("queries.npy", 2, 1);
        Files.writeString(folder.resolve("qrels"), "img0#0 0 elsewhere 1\n");
        Output wrong = evaluate("queries.npy");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).contains("qrels").contains("\"elsewhere\", which is not in the gallery");
        assertThat(wrong.out()).isEmpty();
        Output missing = cl2cm("evaluate", "compare", folder.resolve("a").toString(), "b");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("a.ranks.jsonl: no such file");
        assertThat(cl2cm("evaluate", "compare", "a").code()).isEqualTo(2);
        assertThat(cl2cm("evaluate").code()).isEqualTo(2);
    }

    @Test
    void saysHowMuchItMattersInWhichLanguageOneAsks() throws IOException {
        vectors("en.npy", 2, 0.1);
        vectors("zh.npy", 3, 0.1);
        vectors("ar.npy", 4, 3);
        String out = folder.resolve("out").toString();
        for (String language : List.of("en", "zh", "ar")) {
            assertThat(evaluate(language + ".npy", "--language", language, "--out", out)
                            .code())
                    .isZero();
        }
        Output alike = cl2cm("evaluate", "consistency", out + "/en", out + "/zh", "--top", "3");
        assertThat(alike.err()).isEmpty();
        assertThat(alike.out())
                .contains("mean rank variance over 2 languages: 0.0 (50 images; mean rank en 1.0, zh 1.0)");
        assertThat(alike.out().lines()).hasSize(5);

        Output apart = cl2cm("evaluate", "consistency", out + "/en", out + "/zh", out + "/ar", "--format", "json");
        assertThat(apart.err()).contains("warning", "queries in ar");
        assertThat(apart.out()).contains("\"far_behind\" : [ \"ar\" ]");

        Output twice = cl2cm("evaluate", "consistency", out + "/en", out + "/en");
        assertThat(twice.code()).isEqualTo(ExitCode.FAILED);
        assertThat(twice.err()).contains("a second file of queries in \"en\"");
    }
}
