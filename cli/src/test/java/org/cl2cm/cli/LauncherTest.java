package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher on a machine made of scripts: a Java of some version, a Maven that only notes that it was called, and
/// nothing else on the path but the tools the launcher needs.
class LauncherTest {
    private static final int JAVA_EXIT = 3;

    private static final List<String> TOOLS = List.of(
            "bash", "env", "dirname", "readlink", "grep", "find", "sort", "cksum", "cat", "mktemp", "rm", "mkdir");

    @TempDir
    Path machine;

    private Path project = Path.of("");
    private Path bin = Path.of("");

    /// What a process said and how it ended.
    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void setUpTheMachine() throws IOException {
        project = Files.createDirectories(machine.resolve("project with a space"));
        bin = Files.createDirectories(machine.resolve("bin"));
        Path root = Path.of(System.getProperty("cl2cm.root", ".."));
        script(project.resolve("cl2cm"), Files.readString(root.resolve("cl2cm")));
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Files.createDirectories(project.resolve("cli/src/main"));
        Files.writeString(project.resolve("cli/pom.xml"), "<project/>");
        for (String tool : TOOLS) {
            Files.createSymbolicLink(bin.resolve(tool), find(tool));
        }
        script(bin.resolve("mvn"), """
                #!/usr/bin/env bash
                echo "$@" >>"%s"
                mkdir -p "%s"
                echo some.jar >"%s/classpath.txt"
                """.formatted(
                        machine.resolve("mvn.log"), project.resolve("cli/target"), project.resolve("cli/target")));
    }

    /// Links that point out of a temporary folder make JUnit warn when it clears it.
    @AfterEach
    void takeTheLinksAway() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(bin)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private static Path find(String tool) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            Path file = Path.of(folder, tool);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new AssertionError("this machine lacks " + tool);
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /// A JDK whose `java` says its version and its arguments and ends with 3.
    private void jdk(Path home, String version) throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/javac"), "#!/usr/bin/env bash\n");
        script(home.resolve("bin/java"), """
                #!/usr/bin/env bash
                echo "WARNING: Using incubator modules: jdk.incubator.vector" >&2
                echo "java %s OPENBLAS_NUM_THREADS=$OPENBLAS_NUM_THREADS"
                printf '<%%s>' "${@: -2}"
                echo "from java" >&2
                exit 3
                """.formatted(version));
    }

    private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(project.resolve("cl2cm").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("HOME", machine.toString());
        builder.environment().putAll(environment);
        Path out = machine.resolve("out");
        Path err = machine.resolve("err");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        // The launcher filters the errors in a process of its own, which may end a moment later.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (process.exitValue() == JAVA_EXIT
                && !Files.readString(err).contains("from java")
                && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        return new Outcome(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void findsAJdk25WhereTheDefaultJavaIs17() throws Exception {
        jdk(machine.resolve("jvm/java-17"), "17.0.18");
        jdk(machine.resolve("jvm/temurin-25"), "25.0.3");
        Files.createSymbolicLink(bin.resolve("java"), machine.resolve("jvm/java-17/bin/java"));
        Files.createSymbolicLink(bin.resolve("javac"), machine.resolve("jvm/java-17/bin/javac"));
        Outcome outcome = run(
                Map.of("CL2CM_JDK_ROOTS", machine.resolve("none") + ":" + machine.resolve("jvm")),
                "search",
                "ein Hund");
        assertThat(outcome.out()).contains("java 25.0.3 OPENBLAS_NUM_THREADS=1").endsWith("<search><ein Hund>");
        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.err()).contains("from java").doesNotContain("incubator");
    }

    @Test
    void aJavaHomeOf17DoesNotStandInTheWay() throws Exception {
        jdk(machine.resolve("jvm/java-17"), "17.0.18");
        jdk(machine.resolve("jvm/25"), "25");
        jdk(machine.resolve("other/25"), "25.0.9");
        String roots = machine.resolve("jvm").toString();
        assertThat(run(Map.of(
                                "CL2CM_JDK_ROOTS",
                                roots,
                                "JAVA_HOME",
                                machine.resolve("jvm/java-17").toString()))
                        .out())
                .contains("java 25 ");
        assertThat(run(Map.of(
                                "CL2CM_JDK_ROOTS",
                                roots,
                                "JAVA_HOME",
                                machine.resolve("other/25").toString()))
                        .out())
                .contains("java 25.0.9 ");
    }

    @Test
    void takesTheJdkOfThePath() throws Exception {
        jdk(machine.resolve("elsewhere"), "25.0.1");
        Files.createSymbolicLink(bin.resolve("javac"), machine.resolve("elsewhere/bin/javac"));
        assertThat(run(Map.of("CL2CM_JDK_ROOTS", machine.resolve("none").toString()))
                        .out())
                .contains("java 25.0.1 ");
    }

    @Test
    void saysInOneLineThatThereIsNoJdk25() throws Exception {
        jdk(machine.resolve("jvm/java-17"), "17.0.18");
        jdk(machine.resolve("jvm/java-250"), "250");
        jdk(machine.resolve("jvm/java-26"), "26.0.25");
        Outcome outcome = run(Map.of("CL2CM_JDK_ROOTS", machine.resolve("jvm").toString()), "--version");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines())
                .singleElement()
                .asString()
                .contains("needs a JDK 25")
                .contains("JAVA_HOME");
    }

    @Test
    void saysInOneLineThatThereIsNoMaven() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        Files.delete(bin.resolve("mvn"));
        Outcome outcome = run(Map.of("CL2CM_JDK_ROOTS", machine.resolve("jvm").toString()), "--version");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err().lines()).singleElement().asString().contains("needs Apache Maven");
    }

    @Test
    void buildsOnlyWhenTheSourcesChanged() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        Map<String, String> environment =
                Map.of("CL2CM_JDK_ROOTS", machine.resolve("jvm").toString());
        Path log = machine.resolve("mvn.log");
        run(environment, "--version");
        run(environment, "--version");
        assertThat(Files.readAllLines(log)).hasSize(1);
        Files.writeString(project.resolve("cli/src/main/New.java"), "class New {}");
        run(environment, "--version");
        assertThat(Files.readAllLines(log)).hasSize(2);
    }

    @Test
    void offlineTestsLeaveOutWhatNeedsTheNetwork() throws Exception {
        jdk(machine.resolve("jvm/25"), "25.0.3");
        Outcome outcome = run(Map.of("CL2CM_JDK_ROOTS", machine.resolve("jvm").toString()), "test", "--offline", "-o");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("--offline");
        assertThat(Files.readString(machine.resolve("mvn.log")))
                .contains("verify")
                .contains("-Dcl2cm.test.excludedGroups=network")
                .contains("-o");
    }
}
