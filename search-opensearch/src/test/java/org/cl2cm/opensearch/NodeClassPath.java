package org.cl2cm.opensearch;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.opentest4j.TestAbortedException;

/// The class path of a node, which has another Lucene than ours: Maven finds it once and keeps it in
/// `target`.
final class NodeClassPath {
    private static final Path MODULE = Path.of(System.getProperty("cl2cm.root", ".."), "search-opensearch")
            .toAbsolutePath()
            .normalize();
    private static final Path SOURCE = MODULE.resolve("src/test/node");
    private static final Path OUTPUT = MODULE.resolve("target/node");

    private NodeClassPath() {}

    /// @throws TestAbortedException without the network, when the artifacts are not on this machine
    static String get() throws IOException, InterruptedException {
        String wanted =
                Files.readString(SOURCE.resolve("pom.xml")) + Files.readString(SOURCE.resolve("ClusterNode.java"));
        Path stamp = OUTPUT.resolve("made-of.txt");
        if (!Files.exists(stamp) || !Files.readString(stamp).equals(wanted)) {
            Files.createDirectories(OUTPUT);
            resolve();
            compile();
            Files.writeString(stamp, wanted);
        }
        return classPath();
    }

    private static String classPath() throws IOException {
        List<String> entries = new ArrayList<>();
        entries.add(OUTPUT.resolve("classes").toString());
        entries.add(Files.readString(OUTPUT.resolve("classpath.txt")).strip());
        try (var jars = Files.newDirectoryStream(OUTPUT.resolve("knn"), "*.jar")) {
            jars.forEach(jar -> entries.add(jar.toString()));
        }
        return String.join(File.pathSeparator, entries);
    }

    private static void resolve() throws IOException, InterruptedException {
        // What is on this machine needs no network.
        if (maven(true)) {
            return;
        }
        if (System.getProperty("cl2cm.offline", "").contains("network")) {
            String message = "SKIPPED: the tests of a cluster need the artifacts of OpenSearch, which are not on this"
                    + " machine; run them once without --offline";
            System.err.println(message);
            throw new TestAbortedException(message);
        }
        if (!maven(false)) {
            throw new IOException("Maven does not find what a node of OpenSearch needs:\n"
                    + Files.readString(OUTPUT.resolve("maven.log")));
        }
    }

    private static boolean maven(boolean offline) throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("cl2cm.maven.home", ""));
        Path mvn = home.resolve("bin/mvn");
        List<String> command = new ArrayList<>(List.of(Files.isExecutable(mvn) ? mvn.toString() : "mvn", "-B", "-q"));
        if (offline) {
            command.add("-o");
        }
        if (System.getProperty("localRepository") != null) {
            command.add("-Dmaven.repo.local=" + System.getProperty("localRepository"));
        }
        command.addAll(List.of("-f", SOURCE.resolve("pom.xml").toString(), "-Dnode.output=" + OUTPUT, "validate"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(OUTPUT.resolve("maven.log").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start().waitFor() == 0;
    }

    private static void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int result = compiler.run(
                null,
                null,
                null,
                "-cp",
                Files.readString(OUTPUT.resolve("classpath.txt"), StandardCharsets.UTF_8)
                        .strip(),
                "-d",
                OUTPUT.resolve("classes").toString(),
                SOURCE.resolve("ClusterNode.java").toString());
        if (result != 0) {
            throw new IOException("ClusterNode.java does not compile");
        }
    }
}
