package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.cl2cm.search.SyncPlan;

/// Prints what a sync did, or would do.
///
/// @param collection that was synced
/// @param dryRun whether nothing was done
record SyncOutput(String collection, boolean dryRun, IndexCommand.Format format, PrintWriter out) {
    private static final ObjectMapper JSON = new ObjectMapper();

    void print(SyncPlan plan) throws IOException {
        if (format == IndexCommand.Format.JSON) {
            Map<String, Object> lines = new LinkedHashMap<>();
            lines.put("added", plan.added());
            lines.put("changed", plan.changed());
            lines.put("gone", plan.gone());
            lines.put("same", plan.same());
            lines.put("dryRun", dryRun);
            out.println(JSON.writeValueAsString(lines));
            return;
        }
        if (dryRun) {
            Stream.of(Map.entry("+ ", plan.added()), Map.entry("~ ", plan.changed()), Map.entry("- ", plan.gone()))
                    .forEach(kind -> kind.getValue().forEach(id -> out.println(kind.getKey() + id)));
        }
        out.printf(
                "%s: %d added, %d changed, %d removed, %d the same%s%n",
                collection,
                plan.added().size(),
                plan.changed().size(),
                plan.gone().size(),
                plan.same(),
                dryRun ? "; a dry run: nothing was done" : "");
    }
}
