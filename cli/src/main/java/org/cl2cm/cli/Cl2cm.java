package org.cl2cm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import org.cl2cm.data.ProgramVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line: one verb, one class.
@Command(
        name = "cl2cm",
        mixinStandardHelpOptions = true,
        versionProvider = Cl2cm.Version.class,
        description = "Find images and videos with words in your own language.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage", "3:partly done: some items failed, see the error file"},
        subcommands = {
            HelpCommand.class,
            EvaluateCommand.class,
            DataCommand.class,
            DemoCommand.class,
            ReproduceCommand.class,
            EncodeCommand.class,
            ModelCommand.class,
            TrainCommand.class,
            IndexCommand.class,
            SearchCommand.class,
            ServeCommand.class,
            picocli.AutoComplete.GenerateCompletion.class,
        })
public final class Cl2cm implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which verb?");
    }

    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /// Runs one command as `main` does, without ending the process.
    ///
    /// @return the exit code: 0 done, 1 failed, 2 wrong usage, 3 partly done
    public static int execute(String... arguments) {
        CommandLine line = new CommandLine(new Cl2cm());
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("cl2cm: " + message(failure));
            if (System.getenv("CL2CM_TRACE") != null) {
                failure.printStackTrace(command.getErr());
            }
            return ExitCode.FAILED;
        });
        return line.execute(arguments);
    }

    private static String message(Throwable failure) {
        return switch (failure) {
            case UncheckedIOException wrapped when wrapped.getCause() != null -> message(wrapped.getCause());
            case NoSuchFileException missing -> missing.getFile() + ": no such file";
            case IOException e when e.getMessage() != null -> e.getMessage();
            case IllegalArgumentException e when e.getMessage() != null -> e.getMessage();
            default -> failure + " (set CL2CM_TRACE=1 for where it happened)";
        };
    }

    /// The project's version with the revision it was built from.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            return new String[] {"cl2cm " + ProgramVersion.current()};
        }
    }
}
