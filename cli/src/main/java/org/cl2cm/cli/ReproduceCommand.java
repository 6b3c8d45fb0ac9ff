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
import org.cl2cm.cli.reproduce.Records;
import org.cl2cm.cli.reproduce.ResultsPage;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.train.ConfigFile;
import org.cl2cm.train.TrainConfig;
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

    @Option(
            names = "--records",
            paramLabel = "FOLDER",
            description = "where the result of each run is kept, its settings and the rank of every query (default:"
                    + " records/PLAN in the folder of --to); what is there already is not trained again")
    private Optional<Path> records = Optional.empty();

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

    /// @param takes the run whose networks this one takes, if that is here
    private record Job(Plan.Row row, long seed, Path folder, Optional<Path> takes) {
        String name() {
            return row.name() + ", seed " + seed;
        }

        /// The setting that names the run.
        String key() {
            return row.reranks().isPresent() ? "rerank.from" : "teacher.from";
        }

        /// What the other run's part in this one took.
        Set<String> stages() {
            return row.reranks().isPresent() ? Set.of("teacher", "student") : Set.of("teacher");
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
        Runtime.getRuntime().addShutdownHook(new Thread(() -> children.forEach(Process::destroy)));
        Records kept = new Records(records(), plan);
        List<Job> work = jobs(selected, seeds);
        for (Job job : jobs(plan.rows(), Integer.MAX_VALUE)) {
            kept.check(job.row(), job.seed());
        }
        if (!tableOnly) {
            plan.checkQueries();
            for (Job job : work) {
                checkSettings(plan, job);
            }
            List<Job> left = withNetworks(work.stream()
                    .filter(job -> !kept.holds(job.row(), job.seed()))
                    .toList());
            if (plan.features().isEmpty()) {
                for (Plan.Encoding encoding : left.stream()
                        .map(job -> plan.encoding(job.row()))
                        .distinct()
                        .toList()) {
                    encode(plan, encoding);
                }
            }
            List<String> failed = train(plan, left, kept);
            if (!failed.isEmpty()) {
                spec.commandLine().getErr().println("cl2cm: failed: " + failed + "; see out.txt in their folders");
            }
        }
        // The page holds every run of the plan that has ended, also those that this call was not asked for.
        Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();
        for (Job job : jobs(plan.rows(), Integer.MAX_VALUE)) {
            if (kept.holds(job.row(), job.seed())) {
                outcomes.computeIfAbsent(job.row().name(), none -> new ArrayList<>())
                        .add(kept.read(job.row(), job.seed()));
            }
        }
        if (outcomes.isEmpty()) {
            throw new IOException(records() + ": no run has ended yet");
        }
        boolean whole = work.stream().allMatch(job -> kept.holds(job.row(), job.seed()));
        Path to = page.orElse(folder.resolve(name() + ".md"));
        new ResultsPage(plan, outcomes).write(to, command(), encoding());
        spec.commandLine().getOut().println(to);
        return whole ? ExitCode.DONE : ExitCode.PARTLY_DONE;
    }

    /// Of the plan: its file's, without the ending.
    private String name() {
        return file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    }

    private Path records() {
        return records.orElseGet(() -> folder.resolve("records").resolve(name()));
    }

    private String command() {
        return "cl2cm reproduce " + file + " --to " + folder.getFileName()
                + records.map(given -> " --records " + given).orElse("") + (jobs == 1 ? "" : " --jobs " + jobs);
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
                            row.reranks()
                                    .or(row::teacherOf)
                                    .map(of -> runs.resolve(Plan.folder(of)).resolve(number)));
                }))
                .toList();
    }

    // ---- encoding

    private Path features(Plan plan, Plan.Row row) {
        return plan.features().orElseGet(() -> folder.resolve(plan.encoding(row).folder()));
    }

    private void encode(Plan plan, Plan.Encoding encoding) throws IOException {
        Path features = folder.resolve(encoding.folder());
        // What an earlier call began is not what encoding costs.
        boolean fresh = !Files.exists(features);
        List<String> arguments =
                new ArrayList<>(List.of("encode", plan.manifest().toString()));
        plan.encoders().forEach(encoder -> arguments.addAll(List.of("--encoder", encoder.toString())));
        if (plan.mirror()) {
            arguments.add("--mirror");
        }
        arguments.addAll(encoding.options());
        arguments.addAll(List.of("--to", features.toString()));
        long start = System.nanoTime();
        // In a process of its own: what encoders and images take of the memory is free again for the training.
        int code = encode(arguments);
        if (code != ExitCode.DONE) {
            throw new IOException("the images could not be encoded (exit code " + code + ")");
        }
        if (fresh && encoding.isUsual()) {
            AtomicFile.write(
                    records().resolve("encode.seconds.txt"),
                    "Encoding the images took %.0f s, on all cores.%n".formatted((System.nanoTime() - start) / 1e9));
        }
    }

    private int encode(List<String> arguments) throws IOException {
        Process process = start(new ProcessBuilder(program(arguments)).inheritIO());
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            end(process);
        }
    }

    private String encoding() throws IOException {
        Path cost = records().resolve("encode.seconds.txt");
        return Files.exists(cost) ? Files.readString(cost).strip() : "";
    }

    // ---- training

    private List<String> train(Plan plan, List<Job> left, Records kept) throws IOException {
        List<String> failed = new ArrayList<>();
        try (ProgressLine progress = new ProgressLine("reproduce", "runs");
                ExecutorService workers = Executors.newFixedThreadPool(jobs)) {
            Map<Path, Future<Boolean>> results = new LinkedHashMap<>();
            for (Job job : left) {
                // Jobs start in this order, so that one never waits for one that cannot start.
                Optional<Future<Boolean>> other = job.takes().map(results::get);
                results.put(job.folder(), workers.submit(() -> {
                    boolean ready = other.isEmpty() || other.get().get();
                    if (!ready || !run(plan, job)) {
                        return false;
                    }
                    kept.write(
                            job.row(),
                            Outcome.read(job.folder(), job.takes(), job.stages(), job.seed(), plan.queries()));
                    return true;
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

    private boolean run(Plan plan, Job job) throws IOException, InterruptedException {
        Files.createDirectories(job.folder());
        List<String> settings = settings(plan, job);
        if (job.row().linear()) {
            new LinearRow(ConfigFile.read(Optional.empty(), settings).data()).run(job.folder(), plan.queries());
            return true;
        }
        List<String> arguments = new ArrayList<>(List.of("train"));
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        arguments.addAll(List.of("--run", job.folder().toString(), "--resume", "auto"));
        Process process = start(new ProcessBuilder(program(arguments))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        job.folder().resolve("out.txt").toFile())));
        try {
            return process.waitFor() == ExitCode.DONE;
        } finally {
            end(process);
        }
    }

    /// This program with other arguments, as a command line.
    private static List<String> program(List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Cl2cm.class.getName()));
        command.addAll(arguments);
        return command;
    }

    /// A child needs no process above it, but whoever stops this command wants it stopped.
    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        children.add(process);
        return process;
    }

    private void end(Process process) {
        process.destroy();
        children.remove(process);
    }

    /// A run takes another's networks where that one is in this folder or about to be trained;
    /// elsewhere it trains its own, which are the same. One that has begun goes on as it began.
    private static List<Job> withNetworks(List<Job> left) throws IOException {
        List<Job> jobs = new ArrayList<>();
        for (Job job : left) {
            Optional<Path> takes = job.takes();
            Path begun = job.folder().resolve("config.yaml");
            if (takes.isPresent() && Files.exists(begun)) {
                TrainConfig config = ConfigFile.read(Optional.of(begun), List.of());
                boolean own = config.teacher().from().isEmpty()
                        && config.rerank().from().isEmpty();
                takes = own ? Optional.empty() : takes;
            } else if (takes.isPresent()
                    && !Outcome.exists(takes.get())
                    && left.stream()
                            .noneMatch(other -> Optional.of(other.folder()).equals(job.takes()))) {
                takes = Optional.empty();
            }
            jobs.add(new Job(job.row(), job.seed(), job.folder(), takes));
        }
        return jobs;
    }

    /// A misspelt key is better found now than after hours.
    private void checkSettings(Plan plan, Job job) throws IOException {
        try {
            ConfigFile.read(Optional.empty(), settings(plan, job));
        } catch (DataException e) {
            throw new DataException(file + ": row \"" + job.row().name() + "\": " + e.getMessage(), e);
        }
    }

    private List<String> settings(Plan plan, Job job) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("data.manifest", plan.manifest());
        settings.put("data.features", features(plan, job.row()));
        settings.put("data.parallel", plan.parallel());
        settings.put(
                "data.test",
                plan.queries().stream().map(Plan.Query::split).distinct().toList());
        settings.put("train.threads", Math.max(1, Runtime.getRuntime().availableProcessors() / jobs));
        settings.putAll(plan.training(job.row()));
        job.takes().ifPresent(run -> settings.put(job.key(), run));
        settings.put("seed", job.seed());
        return settings.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }
}
