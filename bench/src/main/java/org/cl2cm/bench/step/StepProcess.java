package org.cl2cm.bench.step;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Starts a [StepWorker] with the class path of its engine and reads what it prints.
///
/// @param own class path of this project
/// @param peer class path of the worker and of DJL
/// @param cache folder into which DJL unpacks its natives
record StepProcess(String own, String peer, Path cache) {
    /// @param cases of one side and one number of threads: these are settings of the process
    /// @return the measured steps of each case
    Map<StepCase, List<StepTime>> run(List<StepCase> cases) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(cases)).redirectError(ProcessBuilder.Redirect.INHERIT);
        StepCase first = cases.getFirst();
        String threads = String.valueOf(first.threads());
        builder.environment().put("OMP_NUM_THREADS", threads);
        builder.environment().put("MKL_NUM_THREADS", threads);
        if (first.engine() == StepEngine.DJL) {
            // Settings of our launcher, for our engine.
            builder.environment().keySet().removeAll(List.of("OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY"));
        }
        Process process = builder.start();
        Map<StepCase, List<StepTime>> steps = new LinkedHashMap<>();
        cases.forEach(job -> steps.put(job, new ArrayList<>()));
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split(" ", 3);
                if (fields[0].equals("step")) {
                    StepCase job = cases.get(Integer.parseInt(fields[1]));
                    steps.getOrDefault(job, new ArrayList<>()).add(StepTime.parse(fields[2]));
                }
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("the worker of " + first.engine().title() + " ended with code " + code
                        + "; its messages stand above");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + first.engine().title() + " was measured", e);
        } finally {
            process.destroy();
        }
        return steps;
    }

    private List<String> command(List<StepCase> cases) {
        StepCase first = cases.getFirst();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx2g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-DOPT_OUT_TRACKING=true",
                "-Dai.djl.offline=true",
                "-DDJL_CACHE_DIR=" + cache,
                "-DENGINE_CACHE_DIR=" + cache,
                "-Dai.djl.pytorch.num_threads=" + first.threads(),
                "-Dai.djl.pytorch.num_interop_threads=1",
                "-cp",
                first.engine() == StepEngine.DJL ? peer : own,
                StepWorker.class.getName()));
        cases.forEach(job -> command.addAll(job.arguments()));
        return command;
    }
}
