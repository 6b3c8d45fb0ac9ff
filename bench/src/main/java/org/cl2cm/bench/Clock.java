package org.cl2cm.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// What a second is.
public enum Clock {
    /// Of the clock on the wall: what a user waits. Needs a quiet machine.
    WALL,
    /// Of processor time of this process, all threads together: what the work costs. Hardly depends on what else the
    /// machine does, and says nothing about how well threads share the work.
    CPU;

    public long nanos() {
        return switch (this) {
            case WALL -> System.nanoTime();
            case CPU ->
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
        };
    }

    /// For the head of a table.
    public String describe() {
        return this == WALL ? "wall-clock seconds" : "processor seconds";
    }
}
