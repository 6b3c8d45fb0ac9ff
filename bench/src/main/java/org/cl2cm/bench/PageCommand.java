package org.cl2cm.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.cl2cm.data.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The page of all results of search.
@Command(
        name = "page",
        description = "Write docs/results/search.md from the results of fit, search, peers, http and overload.",
        mixinStandardHelpOptions = true)
final class PageCommand implements Callable<Integer> {
    @Option(names = "--to", paramLabel = "FILE", description = "default: docs/results/search.md")
    private Path to = WorkOption.root().resolve("docs/results/search.md");

    @Mixin
    private WorkOption work = new WorkOption();

    @Override
    public Integer call() throws IOException {
        AtomicFile.write(to, SearchPage.of(work.results()));
        return 0;
    }
}
