package org.cl2cm.bench.step;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.cl2cm.bench.Clock;
import org.cl2cm.bench.Ratio;

/// One training step of this project and of DJL, whole processes in turn.
///
/// Both start from the same weights, and without dropout their losses have to agree: that they do the same work is
/// measured too.
public final class StepBenchmark {
    private static final int AGREEMENT_STEPS = 3;
    private static final double AGREEMENT = 1e-3;
    /// Steps before DJL's first measured one: its first four take up to twice as long as later ones.
    private static final int SLOW_WARM = 4;

    /// What is measured.
    ///
    /// @param depths layers of the networks
    /// @param threads of the engines
    /// @param rounds in which each side runs once
    /// @param steps measured in a round, after some to warm up
    /// @param dropout of the measured steps
    /// @param clock what a second is
    public record Settings(
            List<Integer> depths, List<Integer> threads, int rounds, int steps, double dropout, Clock clock) {
        public Settings {
            depths = List.copyOf(depths);
            threads = List.copyOf(threads);
            if (depths.isEmpty() || threads.isEmpty() || rounds < 1 || steps < 1) {
                throw new IllegalArgumentException("depths " + depths + ", threads " + threads + ", rounds " + rounds
                        + ", steps " + steps + ": at least one of each");
            }
        }
    }

    private final Settings settings;
    private final StepProcess process;
    private final Consumer<String> progress;

    /// @param own class path of this project
    /// @param peer class path of [StepWorker] and DJL
    /// @param cache folder into which DJL unpacks its natives
    /// @param progress takes a line for each process that starts
    public StepBenchmark(Settings settings, String own, String peer, Path cache, Consumer<String> progress) {
        this.settings = settings;
        this.process = new StepProcess(own, peer, cache);
        this.progress = progress;
    }

    /// @return the lines of a Markdown table and of the agreement
    /// @throws IOException when a process fails, or the losses differ
    public List<String> run() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(agreement());
        lines.add("");
        lines.add("All in " + settings.clock().describe() + ".");
        lines.add("");
        lines.add("| threads | depth | engine | forward | backward | optimizer | step | speed / DJL |");
        lines.add("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (int threads : settings.threads()) {
            Map<StepCase, List<List<StepTime>>> rounds = measure(threads);
            for (int depth : settings.depths()) {
                List<List<StepTime>> peer = rounds.getOrDefault(measured(StepEngine.DJL, depth, threads), List.of());
                for (StepEngine engine : StepEngine.values()) {
                    lines.add(row(
                            engine,
                            depth,
                            threads,
                            rounds.getOrDefault(measured(engine, depth, threads), List.of()),
                            peer));
                }
            }
        }
        return lines;
    }

    private StepCase measured(StepEngine engine, int depth, int threads) {
        boolean slow = engine == StepEngine.DJL && depth == settings.depths().getFirst();
        return new StepCase(
                engine, depth, settings.dropout(), threads, settings.clock(), slow ? SLOW_WARM : 1, settings.steps());
    }

    private Map<StepCase, List<List<StepTime>>> measure(int threads) throws IOException {
        List<StepCase> own = new ArrayList<>();
        List<StepCase> peer = new ArrayList<>();
        for (int depth : settings.depths()) {
            own.add(measured(StepEngine.OWN_FLOAT32, depth, threads));
            own.add(measured(StepEngine.OWN_BFLOAT16, depth, threads));
            peer.add(measured(StepEngine.DJL, depth, threads));
        }
        Map<StepCase, List<List<StepTime>>> rounds = new LinkedHashMap<>();
        for (int round = 0; round < settings.rounds(); round++) {
            List<List<StepCase>> sides = new ArrayList<>(List.of(own, peer));
            if (round % 2 == 1) {
                Collections.reverse(sides);
            }
            for (List<StepCase> side : sides) {
                progress.accept("step: " + threads + " thread(s), round " + (round + 1) + " of " + settings.rounds()
                        + ", " + (side.equals(peer) ? "DJL" : "cl2cm"));
                process.run(side).forEach((job, steps) -> {
                    rounds.computeIfAbsent(job, _ -> new ArrayList<>()).add(steps);
                    progress.accept(said(job, steps));
                });
            }
        }
        return rounds;
    }

    private static String said(StepCase job, List<StepTime> steps) {
        return String.format(
                Locale.ROOT,
                "  %s, depth %d: %.3f s a step",
                job.engine().title(),
                job.depth(),
                Ratio.median(steps.stream().mapToDouble(StepTime::total).toArray()));
    }

    /// Losses of the first steps from equal weights without dropout.
    private String agreement() throws IOException {
        int depth = Collections.min(settings.depths());
        int threads = settings.threads().getFirst();
        Map<StepEngine, List<StepTime>> losses = new LinkedHashMap<>();
        for (StepEngine engine : StepEngine.values()) {
            progress.accept("step: do the losses agree? " + engine.title());
            StepCase job = new StepCase(engine, depth, 0, threads, settings.clock(), 0, AGREEMENT_STEPS);
            losses.put(engine, process.run(List.of(job)).getOrDefault(job, List.of()));
        }
        String text = losses.entrySet().stream()
                .map(entry -> entry.getKey().title() + " " + losses(entry.getValue()))
                .collect(Collectors.joining("; "));
        List<StepTime> own = losses.getOrDefault(StepEngine.OWN_FLOAT32, List.of());
        List<StepTime> peer = losses.getOrDefault(StepEngine.DJL, List.of());
        for (int i = 0; i < AGREEMENT_STEPS; i++) {
            if (Math.abs(own.get(i).loss() - peer.get(i).loss()) > AGREEMENT) {
                throw new IOException("the two networks are not the same; losses of equal steps: " + text);
            }
        }
        return "Losses of the first " + AGREEMENT_STEPS + " steps at depth " + depth
                + " from the same weights, without dropout: " + text + ".";
    }

    private static String losses(List<StepTime> steps) {
        return steps.stream()
                .map(step -> String.format(Locale.ROOT, "%.4f", step.loss()))
                .collect(Collectors.joining(", "));
    }

    private static String row(
            StepEngine engine, int depth, int threads, List<List<StepTime>> rounds, List<List<StepTime>> peer) {
        return String.format(
                Locale.ROOT,
                "| %d | %d | %s | %.3f | %.3f | %.3f | %.3f | %s |",
                threads,
                depth,
                engine.title(),
                Ratio.median(medians(rounds, StepTime::forward)),
                Ratio.median(medians(rounds, StepTime::backward)),
                Ratio.median(medians(rounds, StepTime::optimizer)),
                Ratio.median(medians(rounds, StepTime::total)),
                engine == StepEngine.DJL
                        ? "1"
                        : Ratio.of(medians(peer, StepTime::total), medians(rounds, StepTime::total)));
    }

    /// The median step of each round.
    private static double[] medians(List<List<StepTime>> rounds, ToDoubleFunction<StepTime> part) {
        return rounds.stream()
                .mapToDouble(
                        round -> Ratio.median(round.stream().mapToDouble(part).toArray()))
                .toArray();
    }
}
