package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A folder of jars as `cl2cm dist` lays it out, made of what this test runs on, started by the real
/// script.
class DistributionTest {
    @TempDir
    private Path folder;

    /// Puts the class path into `lib`: jars as they are, folders as jars.
    private void lay() throws IOException {
        Path lib = Files.createDirectories(folder.resolve("lib"));
        Set<String> names = new LinkedHashSet<>();
        for (String entry : new LinkedHashSet<>(
                List.of(System.getProperty("java.class.path").split(":", -1)))) {
            Path path = Path.of(entry);
            if (Files.isRegularFile(path)) {
                String name = String.valueOf(path.getFileName());
                assertThat(names.add(name)).as("two jars are called " + name).isTrue();
                Files.createSymbolicLink(lib.resolve(name), path);
            } else if (Files.isDirectory(path)) {
                String name = "cl2cm-" + names.size() + ".jar";
                names.add(name);
                jar(path, lib.resolve(name));
            }
        }
        Files.write(lib.resolve("class-path.txt"), names);
        Path script = folder.resolve("cl2cm");
        Files.copy(Path.of(System.getProperty("cl2cm.root", ".."), "cl2cm"), script);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("revision.txt"), "abc1234\n");
    }

    private static void jar(Path classes, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(classes);
                OutputStream out = Files.newOutputStream(to);
                JarOutputStream jar = new JarOutputStream(out)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, jar);
                jar.closeEntry();
            }
        }
    }

    private String run(int code, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(folder.resolve("cl2cm").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.directory(folder.toFile());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(out).isEqualTo(code);
        return out;
    }

    @Test
    void theStartScriptSaysTheVersionAndRunsFromTheJars() throws IOException, InterruptedException {
        lay();
        assertThat(run(ExitCode.DONE, "--version")).isEqualToIgnoringNewLines("cl2cm 0.1.0 (abc1234)");
        // Lucene finds its codecs in the services files of the jars.
        try (VectorEngine engine = Collections.in(folder.resolve("c")).create(CollectionInfo.of("few", 2, "m"))) {
            engine.upsert(List.of(new VectorItem("east", new float[] {1, 0}, Map.of())));
        }
        assertThat(run(ExitCode.DONE, "index", "check", "few", "--collections", "c"))
                .contains("few: whole");
        assertThat(run(ExitCode.USAGE, "serve", "--port", "70000")).contains("port 70000");
        assertThat(run(ExitCode.USAGE, "test")).contains("needs the sources");
    }
}
