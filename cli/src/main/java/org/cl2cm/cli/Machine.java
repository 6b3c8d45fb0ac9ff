package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The machine that results come from, in words.
final class Machine {
    private Machine() {}

    /// Processor, cores, memory, Java.
    static String describe() throws IOException {
        return processor() + ", " + Runtime.getRuntime().availableProcessors() + " cores" + memory() + ", Java "
                + Runtime.version().feature();
    }

    private static String processor() throws IOException {
        return line("/proc/cpuinfo", "model name").isEmpty()
                ? System.getProperty("os.arch")
                : line("/proc/cpuinfo", "model name");
    }

    private static String memory() throws IOException {
        String kilobytes = line("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kilobytes.isEmpty() ? "" : ", " + Math.round(Long.parseLong(kilobytes) / 1048576.0) + " GiB";
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
