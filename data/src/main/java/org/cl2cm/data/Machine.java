package org.cl2cm.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The machine that a result comes from, in words: what the system tells in `/proc`, and the processor's kind where it
/// tells nothing.
public final class Machine {
    private Machine() {}

    /// Processor, cores, memory and Java, e.g. `AMD EPYC, 2 cores, 24 GiB, Java 25`.
    public static String describe() throws IOException {
        String kilobytes = line("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        String memory = kilobytes.isEmpty() ? "" : ", " + Math.round(Long.parseLong(kilobytes) / 1048576.0) + " GiB";
        return processor() + ", " + Runtime.getRuntime().availableProcessors() + " cores" + memory + ", Java "
                + Runtime.version().feature();
    }

    /// The processor's name.
    public static String processor() throws IOException {
        String name = line("/proc/cpuinfo", "model name");
        return name.isEmpty() ? System.getProperty("os.arch") : name;
    }

    private static String line(String file, String key) throws IOException {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            return "";
        }
        return Files.readAllLines(path).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }
}
