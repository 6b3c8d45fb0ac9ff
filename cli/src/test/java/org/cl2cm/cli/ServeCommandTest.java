package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {
    private static final int SIGTERM = 128 + 15;

    @TempDir
    Path folder = Path.of("");

    @Test
    void saysWhereItListensAndEndsAtSigterm() throws IOException, InterruptedException {
        Collections collections = Collections.in(folder.resolve("c"));
        try (VectorEngine engine = collections.create(CollectionInfo.of("few", 2, "m"))) {
            engine.upsert(List.of(new VectorItem("east", new float[] {1, 0}, Map.of())));
        }
        List<String> command = new ArrayList<>(Said.java(Cl2cm.class));
        command.addAll(List.of(
                "serve", "--port", "0", "--collections", folder.resolve("c").toString()));
        Path err = folder.resolve("err.txt");
        Process process =
                new ProcessBuilder(command).redirectError(err.toFile()).start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                HttpClient http = HttpClient.newHttpClient()) {
            String address = String.valueOf(out.readLine());
            assertThat(address).startsWith("http://127.0.0.1:");
            String list = http.send(
                            HttpRequest.newBuilder(URI.create(address + "/v1/collections"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            assertThat(list).contains("\"few\"");
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(SIGTERM);
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(err)).doesNotContain("Exception", "\tat ");
    }

    @Test
    void refusesToServeOtherMachinesWithoutTokensInOneLine() {
        Said said = Said.by("serve", "--host", "0.0.0.0", "--port", "0", "--collections", folder.resolve("c"));
        assertThat(said.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(said.out()).isEmpty();
        assertThat(said.err().lines()).hasSize(1);
        assertThat(said.err()).contains("--tokens FILE", "--open");
    }

    @Test
    void limitsOutOfRangeAreWrongUsage() {
        for (List<String> options : List.of(
                List.of("--port", "70000"),
                List.of("--max-top", "0"),
                List.of("--cors-origin", "*"),
                List.of("--batch", "0"),
                List.of("--time-limit", "soon"))) {
            List<Object> words = new ArrayList<>(List.of("serve"));
            words.addAll(options);
            Said said = Said.by(words.toArray());
            assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.USAGE);
            assertThat(said.out()).isEmpty();
        }
    }

    @Test
    void filesOfTokensAreNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("tokens.txt"), "read short\n");
        Said said = Said.by("serve", "--port", "0", "--tokens", file, "--collections", folder.resolve("c"));
        assertThat(said.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(said.err()).contains(file + ":1: ", "shorter than 16");
    }
}
