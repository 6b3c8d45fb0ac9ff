package org.cl2cm.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process of its own for what is measured: with the options, the class path and the environment of
/// this one, so that it is what the launcher starts.
public final class ChildJvm {
    private ChildJvm() {}

    /// The command that starts `main` as this JVM was started.
    public static List<String> command(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-agentlib") && !option.startsWith("-javaagent")) {
                command.add(option);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /// Runs a command to its end; what it says on stderr goes on to ours.
    ///
    /// @return the lines of its stdout
    /// @throws IOException when it ends with another code than 0
    public static List<String> run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException(command.getFirst() + " ended with code " + code + "; its messages stand above");
            }
            return lines;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a child process was measured", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /// Bytes of a line of `/proc/PID/status`, e.g. `VmRSS` (resident memory) or `VmHWM` (the most it
    /// ever was); 0 where the system does not tell. Files that are mapped into memory count as far as
    /// they are resident.
    public static long memory(long pid, String key) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    /// The most resident memory that this process ever had, in bytes.
    public static long peakMemory() throws IOException {
        return memory(ProcessHandle.current().pid(), "VmHWM");
    }
}
