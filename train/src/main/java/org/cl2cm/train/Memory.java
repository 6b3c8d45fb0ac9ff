package org.cl2cm.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Memory of this process as the system counts it, in MiB; 0 where it does not tell.
final class Memory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Memory() {}

    /// What is in memory now.
    static long residentMegabytes() {
        return read("VmRSS:");
    }

    /// The most that was ever in memory.
    static long peakMegabytes() {
        return read("VmHWM:");
    }

    private static long read(String key) {
        try {
            if (Files.isReadable(STATUS)) {
                for (String line : Files.readAllLines(STATUS)) {
                    if (line.startsWith(key)) {
                        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                    }
                }
            }
        } catch (IOException unreadable) {
            return 0;
        }
        return 0;
    }
}
