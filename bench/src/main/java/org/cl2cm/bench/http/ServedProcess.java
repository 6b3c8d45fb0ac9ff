package org.cl2cm.bench.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cl2cm.bench.ChildJvm;
import org.cl2cm.cli.Cl2cm;

/// A running `cl2cm serve`, in a process of its own with the options that the launcher gives it.
final class ServedProcess implements AutoCloseable {
    private final Process process;
    private final URI address;
    private final HttpClient http = HttpClient.newHttpClient();

    private ServedProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /// Starts it at a free port and waits until it takes requests.
    ///
    /// @param options of `serve` besides
    /// @throws IOException when it does not come up; what it says on stderr goes on to ours
    static ServedProcess start(Path collections, List<String> options) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("serve", "--port", "0", "--collections", collections.toString()));
        arguments.addAll(options);
        Process process = new ProcessBuilder(ChildJvm.command(Cl2cm.class, arguments))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null || !line.startsWith("http://")) {
            process.destroyForcibly();
            throw new IOException("cl2cm serve did not start; its messages stand above");
        }
        return new ServedProcess(process, URI.create(line));
    }

    URI address() {
        return address;
    }

    /// Resident memory in bytes.
    long memory() throws IOException {
        return ChildJvm.memory(process.pid(), "VmRSS");
    }

    /// The most resident memory it ever had, in bytes.
    long peakMemory() throws IOException {
        return ChildJvm.memory(process.pid(), "VmHWM");
    }

    /// The counters of `/metrics`, by name with labels.
    Map<String, Double> metrics() throws IOException {
        try {
            String text = http.send(
                            HttpRequest.newBuilder(URI.create(address + "/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            Map<String, Double> metrics = new LinkedHashMap<>();
            text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                int space = line.lastIndexOf(' ');
                metrics.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
            });
            return metrics;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
