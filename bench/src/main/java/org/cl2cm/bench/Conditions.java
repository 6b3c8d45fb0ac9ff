package org.cl2cm.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.cl2cm.data.Machine;
import org.cl2cm.data.ProgramVersion;

/// Under what something was measured.
///
/// @param load of the machine when it was done, processes that ran or waited in the last minute
public record Conditions(String machine, String revision, double load) {
    public static Conditions now() throws IOException {
        return new Conditions(
                Machine.describe(),
                ProgramVersion.current().revision(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /// For a line above a table.
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s; load %.1f at the end; revision %s", machine, load, revision);
    }
}
