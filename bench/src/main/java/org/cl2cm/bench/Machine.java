package org.cl2cm.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What a number was measured on.
final class Machine {
    private Machine() {}

    /// Processor, cores, load, Java and revision in one line.
    ///
    /// @param root folder of the project
    static String describe(Path root) throws IOException {
        Path revision = root.resolve("cli/target/revision.txt");
        return String.format(
                Locale.ROOT,
                "%s, %d cores, load %.1f at the end; Java %s; revision %s.",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                Runtime.version().feature(),
                Files.exists(revision) ? Files.readString(revision).strip() : "unknown");
    }

    private static String processor() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(file)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }
}
