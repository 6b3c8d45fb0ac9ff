package org.cl2cm.model.nn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch;

/// In which number format the large products run.
public enum Precision {
    FLOAT32,
    BFLOAT16;

    /// `BFLOAT16` where the processor has instructions for it, else `FLOAT32`.
    public static Precision best() {
        Path cpu = Path.of("/proc/cpuinfo");
        try {
            if (Files.isReadable(cpu)) {
                String text = Files.readString(cpu);
                return text.contains("avx512_bf16") || text.contains("amx_bf16") ? BFLOAT16 : FLOAT32;
            }
        } catch (IOException unreadable) {
            return FLOAT32;
        }
        return FLOAT32;
    }

    /// The engine's name of this format.
    torch.ScalarType type() {
        return this == BFLOAT16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float;
    }

    /// Runs `work` with autocast in this format. Autocast is a state of the thread.
    public <T> T run(java.util.function.Supplier<T> work) {
        if (this == FLOAT32) {
            return work.get();
        }
        torch.set_autocast_dtype(torch.DeviceType.CPU, torch.ScalarType.BFloat16);
        torch.set_autocast_enabled(torch.DeviceType.CPU, true);
        try {
            return work.get();
        } finally {
            torch.set_autocast_enabled(torch.DeviceType.CPU, false);
            // Weights cast for this forward pass are stale after the next optimizer step.
            torch.clear_cache();
        }
    }
}
