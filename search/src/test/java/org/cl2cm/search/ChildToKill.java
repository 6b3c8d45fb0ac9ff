package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A process that says on its standard output what it has done, until its parent kills it with SIGKILL.
public final class ChildToKill implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private ChildToKill(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /// The last rounds that a child began and acknowledged.
    public record Rounds(long begun, long acknowledged) {}

    /// Starts `main` on the class path of the tests.
    public static ChildToKill start(Class<?> main, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        Stream.of(arguments).map(String::valueOf).forEach(command::add);
        return new ChildToKill(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /// Starts `main` with a folder, its first round and a seed, and kills it some time after it has
    /// said `begin` and the number of that round; it says `added` and the number of each one that is
    /// done.
    public static Rounds killed(Class<?> main, Object folder, long round, long seed, long milliseconds)
            throws IOException, InterruptedException {
        long begun = round - 1;
        long acknowledged = round - 1;
        try (ChildToKill child = start(main, folder, round, seed)) {
            List<String> said = new ArrayList<>(List.of(String.valueOf(child.line())));
            assertThat(said).containsExactly("begin " + round);
            Thread.sleep(milliseconds);
            said.addAll(child.kill());
            for (String line : said) {
                long number = Long.parseLong(line.substring(line.indexOf(' ') + 1));
                if (line.startsWith("added ")) {
                    acknowledged = number;
                } else {
                    begun = number;
                }
            }
        }
        return new Rounds(begun, acknowledged);
    }

    /// What it says next; null when it has ended.
    public @Nullable String line() throws IOException {
        return out.readLine();
    }

    /// Kills it.
    ///
    /// @return what it had said and nobody had read
    public List<String> kill() throws IOException, InterruptedException {
        // Process.destroyForcibly would close the pipe with the last lines in it.
        process.toHandle().destroyForcibly();
        List<String> rest = new ArrayList<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            rest.add(line);
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("it lived until then").isEqualTo(128 + 9);
        return rest;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
