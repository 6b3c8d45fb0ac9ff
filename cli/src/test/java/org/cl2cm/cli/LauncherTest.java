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

/// The launcher on a machine made of scripts: a Java of some version, a Maven that only notes that it
/// was called, and nothing else on the path but the tools the launcher needs.
class LauncherTest {
    private static final int JAVA_EXIT = 3;

    private static final List<String> TOOLS = List.of(
            "bash",
            "env",
            "dirname",
            "readlink",
            "grep",
            "find",
            "sort",
            "cksum",
            "cat",
            "mktemp",
            "rm",
            "mkdir",
            "tar",
            "gzip",
            "sed",
            "head",
            "tr",
            "cp",
            "mv",
            "chmod");

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

    /// A checkout whose Maven makes jars, as far as the launcher looks.
    private Path checkout() throws IOException {
        Path repository = Files.createDirectories(machine.resolve("m2/repository/org/example/some thing/1.5"));
        Files.writeString(repository.resolve("some thing-1.5.jar"), "a jar");
        Files.writeString(repository.resolve("some thing-1.5.pom"), """
                <project>
                  <name>some thing</name>
                  <licenses>
                    <license>
                      <name>Some Licence 2.0</name>
                    </license>
                  </licenses>
                </project>
                """);
        Files.writeString(project.resolve("pom.xml"), "<project>\n  <version>7-SNAPSHOT</version>\n</project>");
        StringBuilder mvn = new StringBuilder("#!/usr/bin/env bash\n");
        for (String module :
                List.of("cli", "serve", "train", "search-opensearch", "search", "evaluate", "model", "data")) {
            Path target = project.resolve(module).resolve("target");
            mvn.append(
                    "mkdir -p \"%s\"; echo %s >\"%s/%s-7-SNAPSHOT.jar\"\n".formatted(target, module, target, module));
        }
        mvn.append(
                "echo -n \"%s/data/target/data-7-SNAPSHOT.jar:%s/some thing-1.5.jar\" >\"%s/cli/target/classpath.txt\"\n"
                        .formatted(project, repository, project));
        mvn.append("echo \"$@\" >>\"%s\"\n".formatted(machine.resolve("mvn.log")));
        script(bin.resolve("mvn"), mvn.toString());
        for (String file : List.of("LICENSE", "README.md", "operations/cl2cm.service", "docs/README.md")) {
            Files.createDirectories(project.resolve(file).getParent());
            Files.writeString(project.resolve(file), file);
        }
        return project;
    }

    @Test
    void aDistributionHoldsTheJarsAndStartsThemWithoutMaven() throws Exception {
        checkout();
        jdk(machine.resolve("jvm/25"), "25.0.3");
        Map<String, String> environment =
                Map.of("CL2CM_JDK_ROOTS", machine.resolve("jvm").toString());
        Outcome made =
                run(environment, "dist", "--to", machine.resolve("made here").toString());
        assertThat(made.code()).as(made.err()).isZero();
        Path archive = machine.resolve("made here/cl2cm-7-SNAPSHOT.tar.gz");
        assertThat(made.out().strip()).isEqualTo(archive.toString());
        byte[] first = Files.readAllBytes(archive);
        run(environment, "dist", "--to=" + archive.getParent());
        assertThat(Files.readAllBytes(archive)).isEqualTo(first);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(archive.getParent())) {
            assertThat(left).containsExactly(archive);
        }

        Path elsewhere = Files.createDirectories(machine.resolve("else where"));
        assertThat(new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", elsewhere.toString())
                        .start()
                        .waitFor())
                .isZero();
        Path root = elsewhere.resolve("cl2cm-7-SNAPSHOT");
        assertThat(Files.readAllLines(root.resolve("lib/class-path.txt")))
                .startsWith("cl2cm-cli.jar")
                .endsWith("cl2cm-data.jar", "some thing-1.5.jar")
                .hasSize(9)
                .allSatisfy(jar -> assertThat(root.resolve("lib").resolve(jar)).exists());
        assertThat(Files.readString(root.resolve("THIRD-PARTY.txt")))
                .endsWith("\n\norg.example some thing 1.5: Some Licence 2.0\n");
        assertThat(root.resolve("revision.txt")).hasContent("unknown");
        assertThat(root.resolve("LICENSE")).exists();
        assertThat(root.resolve("operations/cl2cm.service")).exists();

        // It needs no Maven, no compiler and nothing of the checkout.
        Files.delete(bin.resolve("mvn"));
        Files.delete(machine.resolve("jvm/25/bin/javac"));
        Files.move(project, machine.resolve("gone"));
        project = root;
        Outcome outcome = run(environment, "search", "ein Hund");
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(JAVA_EXIT);
        assertThat(outcome.out()).contains("java 25.0.3 OPENBLAS_NUM_THREADS=1").endsWith("<search><ein Hund>");
        Outcome refused = run(environment, "dist");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("needs the sources");
    }

    @Test
    void aDistributionIsNotMadeOfWhatIsMissing() throws Exception {
        checkout();
        jdk(machine.resolve("jvm/25"), "25.0.3");
        Map<String, String> environment =
                Map.of("CL2CM_JDK_ROOTS", machine.resolve("jvm").toString());
        assertThat(run(environment, "dist", "--into", "x").code()).isEqualTo(2);
        Files.delete(project.resolve("LICENSE"));
        Path to = machine.resolve("to");
        Outcome outcome = run(environment, "dist", "--to", to.toString());
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(to).isEmptyDirectory();
    }
}
