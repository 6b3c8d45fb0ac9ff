package org.cl2cm.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.cl2cm.cli.reproduce.LinearRow;
import org.cl2cm.cli.reproduce.Outcome;
import org.cl2cm.cli.reproduce.Plan;
import org.cl2cm.cli.reproduce.ResultsPage;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Machine;
import org.cl2cm.data.ProgramVersion;
import org.cl2cm.train.ConfigFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "reproduce",
        description = {
            "Make a table of results: encode the images, train every row, score on the test split, write the page.",
            "",
            "  reproduce reproduce/flickr8k-zh.yaml --to tables --jobs 2",
            "",
            "A plan names manifest, image encoders, rows with their settings and seeds, and which rows are compared.",
            "Each run is a process of its own; features and the cache of frozen layers are computed once. Stopped at"
                    + " any instant, the same command goes on where it was.",
        },
        mixinStandardHelpOptions = true)
final class ReproduceCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "PLAN", description = "a file as in the folder reproduce/")
    private Path file = Path.of("");

    @Option(
            names = "--to",
            paramLabel = "FOLDER",
            required = true,
            description = "where features and runs are kept; plans of the same images can share one")
    private Path folder = Path.of("");

    @Option(names = "--page", paramLabel = "FILE", description = "where the page goes (default: FOLDER/PLAN.md)")
    private Optional<Path> page = Optional.empty();

    @Option(names = "--row", paramLabel = "NAME", description = "this row only; may be given often")
    private List<String> only = List.of();

    @Option(names = "--seeds", paramLabel = "N", description = "the first N seeds of each row only")
    private int seeds = Integer.MAX_VALUE;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "1",
            description = "runs beside each other, the cores shared among them (default: ${DEFAULT-VALUE}); runs of one"
                    + " thread each, side by side, take less time in all, and each takes longer")
    private int jobs = 1;

    @Option(names = "--table-only", description = "write the page from the runs that have ended")
    private boolean tableOnly;

    /// @param teacher the run whose teacher this one takes
    private record Job(Plan.Row row, long seed, Path folder, Optional<Path> teacher) {
        String name() {
            return row.name() + ", seed " + seed;
        }
    }

    private final Set<Process> children = ConcurrentHashMap.newKeySet();

    @Override
    public Integer call() throws IOException {
        if (jobs < 1 || seeds < 1) {
            throw new ParameterException(spec.commandLine(), "--jobs and --seeds start at 1");
        }
        Plan plan = Plan.read(file);
        Set<Plan.Row> wanted = only.stream().map(plan::row).collect(Collectors.toSet());
        List<Plan.Row> selected = plan.rows().stream()
                .filter(row -> wanted.isEmpty() || wanted.contains(row))
                .toList();
        Path features = plan.features().orElse(folder.resolve("features"));
        List<Job> work = jobs(selected, seeds);
        if (!tableOnly) {
            plan.checkQueries();
            for (Job job : work) {
                checkSettings(plan, features, job);
                checkTeacher(job, work);
            }
            if (plan.features().isEmpty()) {
                encode(plan, features);
            }
            List<String> failed = train(plan, features, work);
            if (!failed.isEmpty()) {
                spec.commandLine().getErr().println("cl2cm: failed: " + failed + "; see out.txt in their folders");
            }
        }
        // The page holds every run of the plan that has ended, also those that this call was not asked for.
        Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();
        for (Job job : jobs(plan.rows(), Integer.MAX_VALUE)) {
            if (Outcome.exists(job.folder())) {
                outcomes.computeIfAbsent(job.row().name(), none -> new ArrayList<>())
                        .add(Outcome.read(job.folder(), job.teacher(), job.seed(), plan.queries()));
            }
        }
        if (outcomes.isEmpty()) {
            throw new IOException(folder + ": no run has ended yet");
        }
        boolean whole = work.stream().allMatch(job -> Outcome.exists(job.folder()));
        Path to = page.orElse(folder.resolve(name() + ".md"));
        AtomicFile.write(
                to,
                new ResultsPage(plan, outcomes)
                        .write(
                                command(),
                                Machine.describe(),
                                ProgramVersion.current().revision(),
                                encoding()));
        spec.commandLine().getOut().println(to);
        return whole ? ExitCode.DONE : ExitCode.PARTLY_DONE;
    }

    /// Of the plan: its file's, without the ending.
    private String name() {
        return file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    }

    private String command() {
        return "cl2cm reproduce " + file + " --to " + folder.getFileName() + (jobs == 1 ? "" : " --jobs " + jobs);
    }

    private List<Job> jobs(List<Plan.Row> rows, int limit) {
        Path runs = folder.resolve("runs").resolve(name());
        return rows.stream()
                .flatMap(row -> row.seeds().stream().limit(limit).map(seed -> {
                    String number = Long.toString(seed);
                    return new Job(
                            row,
                            seed,
                            runs.resolve(row.folder()).resolve(number),
                            row.teacherOf()
                                    .map(of -> runs.resolve(Plan.folder(of)).resolve(number)));
                }))
                .toList();
    }

    // ---- encoding

    private void encode(Plan plan, Path features) throws IOException {
        // What an earlier call began is not what encoding costs.
        boolean fresh = !Files.exists(features);
        List<String> arguments =
                new ArrayList<>(List.of("encode", plan.manifest().toString()));
        plan.encoders().forEach(encoder -> arguments.addAll(List.of("--encoder", encoder.toString())));
        if (plan.mirror()) {
            arguments.add("--mirror");
        }
        arguments.addAll(List.of("--to", features.toString()));
        long start = System.nanoTime();
        int code = Cl2cm.execute(arguments.toArray(String[]::new));
        if (code != ExitCode.DONE) {
            throw new IOException("the images could not be encoded (exit code " + code + ")");
        }
        if (fresh) {
            AtomicFile.write(
                    folder.resolve("encode.seconds.txt"),
                    "Encoding the images took %.0f s, on all cores.%n".formatted((System.nanoTime() - start) / 1e9));
        }
    }

    private String encoding() throws IOException {
        Path cost = folder.resolve("encode.seconds.txt");
        return Files.exists(cost) ? Files.readString(cost).strip() : "";
    }

    // ---- training

    private List<String> train(Plan plan, Path features, List<Job> work) throws IOException {
        List<Job> left =
                work.stream().filter(job -> !Outcome.exists(job.folder())).toList();
        List<String> failed = new ArrayList<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> children.forEach(Process::destroy)));
        try (ProgressLine progress = new ProgressLine("reproduce", "runs");
                ExecutorService workers = Executors.newFixedThreadPool(jobs)) {
            Map<Path, Future<Boolean>> results = new LinkedHashMap<>();
            for (Job job : left) {
                // Jobs start in this order, so that one never waits for one that cannot start.
                Optional<Future<Boolean>> teacher = job.teacher().map(results::get);
                results.put(job.folder(), workers.submit(() -> {
                    boolean ready = teacher.isEmpty() || teacher.get().get();
                    return ready && run(plan, features, job);
                }));
            }
            int ended = 0;
            for (Job job : left) {
                progress.update(ended++, left.size(), job.name());
                Future<Boolean> result = results.get(job.folder());
                if (result == null || !result.get()) {
                    failed.add(job.name());
                }
            }
            progress.update(left.size(), left.size(), "");
        } catch (ExecutionException e) {
            throw new IOException("a run could not be started: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return failed;
    }

    private boolean run(Plan plan, Path features, Job job) throws IOException, InterruptedException {
        Files.createDirectories(job.folder());
        List<String> settings = settings(plan, features, job);
        if (job.row().linear()) {
            new LinearRow(ConfigFile.read(Optional.empty(), settings).data()).run(job.folder(), plan.queries());
            return true;
        }
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Cl2cm.class.getName(), "train"));
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        command.addAll(List.of("--run", job.folder().toString(), "--resume", "auto"));
        // A run that goes on needs no process above it, but whoever stops this command wants it stopped.
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        job.folder().resolve("out.txt").toFile()))
                .start();
        children.add(process);
        try {
            return process.waitFor() == ExitCode.DONE;
        } finally {
            process.destroy();
            children.remove(process);
        }
    }

    private void checkTeacher(Job job, List<Job> work) throws DataException {
        if (job.teacher().isPresent()
                && !Outcome.exists(job.teacher().get())
                && work.stream()
                        .noneMatch(other -> other.folder().equals(job.teacher().get()))) {
            throw DataException.in(
                    file,
                    "row \"" + job.row().name() + "\" takes the teachers of the row \""
                            + job.row().teacherOf().orElseThrow() + "\", which have not been trained: add --row \""
                            + job.row().teacherOf().orElseThrow() + "\"");
        }
    }

    /// A misspelt key is better found now than after hours.
    private void checkSettings(Plan plan, Path features, Job job) throws IOException {
        try {
            ConfigFile.read(Optional.empty(), settings(plan, features, job));
        } catch (DataException e) {
            throw new DataException(file + ": row \"" + job.row().name() + "\": " + e.getMessage(), e);
        }
    }

    private List<String> settings(Plan plan, Path features, Job job) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("data.manifest", plan.manifest());
        settings.put("data.features", features);
        settings.put("data.parallel", plan.parallel());
        settings.put(
                "data.test",
                plan.queries().stream().map(Plan.Query::split).distinct().toList());
        settings.put("train.threads", Math.max(1, Runtime.getRuntime().availableProcessors() / jobs));
        settings.putAll(plan.settings());
        settings.putAll(job.row().settings());
        job.teacher().ifPresent(run -> settings.put("teacher.from", run));
        settings.put("seed", job.seed());
        return settings.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }
}
