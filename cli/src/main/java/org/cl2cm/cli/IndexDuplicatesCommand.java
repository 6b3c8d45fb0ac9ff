package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cl2cm.search.Duplicates;
import org.cl2cm.search.Hit;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.sheet.ContactSheet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "duplicates",
        description = {
            "Find groups of items that are nearly the same.",
            "",
            "  index duplicates photos --threshold 0.97 --sheet duplicates.png",
            "",
            "Two items belong together when the cosine of their vectors reaches the threshold, and so does whoever"
                    + " belongs to either. One group a line, large ones first.",
        },
        mixinStandardHelpOptions = true)
final class IndexDuplicatesCommand implements Callable<Integer> {
    private static final int SHEET_ROWS = 20;
    private static final int SHEET_TILES = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "name of the collection")
    private String name = "";

    @Option(
            names = "--threshold",
            defaultValue = "0.98",
            description = "cosine of two that are the same (default: ${DEFAULT-VALUE})")
    private double threshold;

    @Option(names = "--format", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
    private IndexCommand.Format format = IndexCommand.Format.TABLE;

    @Option(names = "--sheet", paramLabel = "PNG", description = "draw the first groups as a contact sheet")
    private @Nullable Path sheet;

    @Mixin
    private CollectionsOption collections = new CollectionsOption();

    @Override
    public Integer call() throws IOException {
        try (VectorEngine engine = collections.open().read(name);
                ProgressLine progress = new ProgressLine("duplicates", "items")) {
            List<List<String>> groups = Duplicates.groups(engine, threshold, progress);
            PrintWriter out = spec.commandLine().getOut();
            if (format == IndexCommand.Format.JSON) {
                out.println(JSON.writeValueAsString(Map.of("threshold", threshold, "groups", groups)));
            } else {
                groups.forEach(group -> out.println(String.join("  ", group)));
            }
            spec.commandLine()
                    .getErr()
                    .println(groups.size() + " groups, "
                            + groups.stream().mapToInt(List::size).sum() + " items");
            if (sheet != null && !groups.isEmpty()) {
                new ContactSheet(groupRows(engine, groups)).write(sheet);
            }
        }
        return ExitCode.DONE;
    }

    private static List<ContactSheet.Row> groupRows(VectorEngine engine, List<List<String>> groups) throws IOException {
        List<ContactSheet.Row> rows = new ArrayList<>();
        for (List<String> group : groups.subList(0, Math.min(groups.size(), SHEET_ROWS))) {
            List<ContactSheet.Tile> tiles = new ArrayList<>();
            float[] first = engine.get(group.getFirst()).orElseThrow().vector();
            for (String id : group.subList(0, Math.min(group.size(), SHEET_TILES))) {
                VectorItem item = engine.get(id).orElseThrow();
                Hit hit = new Hit(id, cosine(first, item.vector()), item.fields());
                tiles.add(SearchOutput.tile(engine.info(), hit));
            }
            rows.add(new ContactSheet.Row(group.size() + " like " + group.getFirst(), tiles));
        }
        return rows;
    }

    private static float cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return (float) sum;
    }
}
