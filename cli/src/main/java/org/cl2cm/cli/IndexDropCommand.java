package org.cl2cm.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.cl2cm.search.Collections;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "drop",
        description = {
            "Remove a collection with everything in it, on a cluster its indexes there.",
            "",
            "  index drop photos --yes",
            "",
            "The pictures, manifests and models that it was made of stay. There is no way back but a snapshot."
        },
        mixinStandardHelpOptions = true)
final class IndexDropCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "name of the collection")
    private String name = "";

    @Option(names = "--yes", description = "do it; without this the command says what it would remove")
    private boolean yes;

    @Mixin
    private CollectionsOption collections = new CollectionsOption();

    @Override
    public Integer call() throws IOException {
        Collections all = collections.open();
        if (!yes) {
            String what = what(all);
            spec.commandLine().getErr().println("cl2cm: would remove " + what + "; say --yes to do it");
            return ExitCode.USAGE;
        }
        all.drop(name);
        spec.commandLine().getErr().println("cl2cm: " + name + ": removed");
        return ExitCode.DONE;
    }

    private String what(Collections all) throws IOException {
        try (var engine = all.read(name)) {
            return String.format(
                    Locale.ROOT,
                    "collection \"%s\" (%s, %,d items)",
                    name,
                    engine.info().engine(),
                    engine.size());
        }
    }
}
