package org.cl2cm.model.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.Fingerprint;

/// Fetches files over HTTP: follows redirects, goes on where a broken transfer ended, tries again a
/// bounded number of times, checks size and SHA-256 where the server tells them.
///
/// Safe for use by many threads.
public final class HubTransfer {
    private static final int TRIES = 5;
    private static final int REDIRECTS = 8;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Pattern SHA256 = Pattern.compile("(?:W/)?\"?([0-9a-f]{64})\"?");

    private final URI origin;
    private final Optional<String> token;
    private final Duration pause;
    private final Duration patience;
    private final HttpClient client;

    /// @param origin only to its scheme, host and port `token` is sent
    /// @param pause before the first retry; doubles with each
    /// @param patience without a byte after which a connection counts as broken
    public HubTransfer(URI origin, Optional<String> token, Duration pause, Duration patience) {
        this.origin = origin;
        this.token = token;
        this.pause = pause;
        this.patience = patience;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience)
                .build();
    }

    /// An answer that may come right the next time.
    private static final class Transient extends IOException {
        private static final long serialVersionUID = 1L;
        private final long seconds;

        Transient(String message, long seconds) {
            super(message);
            this.seconds = seconds;
        }
    }

    @FunctionalInterface
    private interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    /// What the hub says of a file, gathered over the redirects: the hub knows the checksum, the host
    /// that it redirects to has the bytes.
    private record Answer(HttpResponse<InputStream> response, Optional<String> sha256, OptionalLong size)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }

    /// @param largest bytes at which the answer is refused
    public byte[] read(URI address, int largest) throws IOException {
        return retry(address, () -> {
            try (Answer answer = open(address, 0);
                    Stall stall = new Stall(answer.response().body(), patience)) {
                byte[] bytes = stall.in().readNBytes(largest + 1);
                if (bytes.length > largest) {
                    throw new DataException(address + ": the answer is larger than " + largest + " bytes");
                }
                return bytes;
            }
        });
    }

    /// Fetches a file; nothing when it is there already, since only whole files get that name.
    ///
    /// @param progress told bytes of this file
    public void fetch(URI address, Path target, ProgressListener progress) throws IOException {
        if (Files.isRegularFile(target)) {
            return;
        }
        Files.createDirectories(target.toAbsolutePath().getParent());
        Path part = AtomicFile.beside(target);
        retry(address, () -> {
            receive(address, part, progress);
            return part;
        });
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private void receive(URI address, Path part, ProgressListener progress) throws IOException, InterruptedException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        try (Answer answer = open(address, have)) {
            int status = answer.response().statusCode();
            if (status == 416) {
                // Either all bytes are there, or more than all.
                if (answer.size().isEmpty() || answer.size().getAsLong() != have) {
                    Files.delete(part);
                    throw new Transient(address + ": " + have + " bytes from before do not fit", 0);
                }
            } else {
                boolean resumed = status == 206 && startsAt(answer.response(), have);
                if (status == 206 && !resumed) {
                    Files.delete(part);
                    throw new Transient(address + ": the server sent another range than asked for", 0);
                }
                append(answer, part, resumed ? have : 0, progress);
            }
            check(address, answer, part);
        }
    }

    private static boolean startsAt(HttpResponse<?> response, long offset) {
        return response.headers()
                .firstValue("Content-Range")
                .filter(range -> range.startsWith("bytes " + offset + "-"))
                .isPresent();
    }

    private void append(Answer answer, Path part, long from, ProgressListener progress) throws IOException {
        long total = answer.size().orElse(-1);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                Stall stall = new Stall(answer.response().body(), patience)) {
            channel.truncate(from).position(from);
            OutputStream out = Channels.newOutputStream(channel);
            byte[] buffer = new byte[1 << 16];
            long done = from;
            for (int count = stall.read(buffer); count >= 0; count = stall.read(buffer)) {
                out.write(buffer, 0, count);
                done += count;
                progress.update(done, total, "");
            }
            channel.force(true);
        }
    }

    private static void check(URI address, Answer answer, Path part) throws IOException {
        long size = Files.size(part);
        if (answer.size().isPresent() && answer.size().getAsLong() != size) {
            if (size > answer.size().getAsLong()) {
                Files.delete(part);
            }
            throw new Transient(address + ": " + size + " of " + answer.size().getAsLong() + " bytes came", 0);
        }
        if (answer.sha256().isPresent()) {
            String found = Fingerprint.ofFile(part);
            if (!found.equals(answer.sha256().get())) {
                Files.delete(part);
                throw new Transient(
                        address + ": the content is damaged: its SHA-256 is " + found + ", the hub announced "
                                + answer.sha256().get(),
                        0);
            }
        }
    }

    /// @param from bytes that are there already
    /// @return an answer with status 200, 206 or 416
    private Answer open(URI address, long from) throws IOException, InterruptedException {
        URI now = address;
        Optional<String> sum = Optional.empty();
        OptionalLong linked = OptionalLong.empty();
        for (int i = 0; i < REDIRECTS; i++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(now)
                    .timeout(patience)
                    .header("User-Agent", "cl2cm")
                    .header("Accept-Encoding", "identity");
            if (from > 0) {
                request.header("Range", "bytes=" + from + "-");
            }
            if (token.isPresent() && isOrigin(now)) {
                request.header("Authorization", "Bearer " + token.get());
            }
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (isOrigin(now)) {
                sum = sum.or(() -> sha256(response, "X-Linked-ETag")).or(() -> sha256(response, "ETag"));
                linked = linked.isPresent() ? linked : response.headers().firstValueAsLong("X-Linked-Size");
            }
            int status = response.statusCode();
            if (status == 200 || status == 206 || (status == 416 && from > 0)) {
                OptionalLong size = linked.isPresent() ? linked : size(response);
                return new Answer(response, sum, size);
            }
            response.body().close();
            if (status < 300 || status >= 400 || status == 304) {
                throw refusal(address, response);
            }
            URI here = now;
            now = here.resolve(response.headers()
                    .firstValue("Location")
                    .orElseThrow(() -> new DataException(here + ": status " + status + " without an address")));
            if ("https".equals(origin.getScheme()) && !"https".equals(now.getScheme())) {
                throw new DataException(here + ": redirects to " + now + ", which is not encrypted");
            }
        }
        throw new DataException(address + ": more than " + REDIRECTS + " redirects");
    }

    private boolean isOrigin(URI address) {
        return origin.getScheme().equals(address.getScheme())
                && origin.getHost().equalsIgnoreCase(String.valueOf(address.getHost()))
                && origin.getPort() == address.getPort();
    }

    private static Optional<String> sha256(HttpResponse<?> response, String header) {
        return response.headers()
                .firstValue(header)
                .map(SHA256::matcher)
                .filter(java.util.regex.Matcher::matches)
                .map(matcher -> matcher.group(1));
    }

    /// Bytes of the whole file, also where only the rest of it is sent.
    private static OptionalLong size(HttpResponse<?> response) {
        if (response.statusCode() == 200) {
            return response.headers().firstValueAsLong("Content-Length");
        }
        return response.headers()
                .firstValue("Content-Range")
                .map(range -> range.substring(range.lastIndexOf('/') + 1))
                .filter(total -> total.matches("\\d{1,18}"))
                .map(total -> OptionalLong.of(Long.parseLong(total)))
                .orElse(OptionalLong.empty());
    }

    private IOException refusal(URI address, HttpResponse<?> response) {
        int status = response.statusCode();
        String reason = response.headers()
                .firstValue("X-Error-Message")
                .map(message -> " (" + message + ")")
                .orElse("");
        return switch (status) {
            case 401, 403 ->
                new DataException(address + ": the hub refuses (" + status + ")" + reason + ": "
                        + (token.isPresent()
                                ? "the token in HF_TOKEN gives no access; ask for it on the model's page"
                                : "set HF_TOKEN to a token that has access, or check the name: private and missing"
                                        + " repositories look the same"));
            case 404 -> new DataException(address + ": not found (404)" + reason + ": check owner, name and revision");
            case 408, 425, 429, 500, 502, 503, 504 ->
                new Transient(
                        address + ": status " + status + reason,
                        response.headers()
                                .firstValue("Retry-After")
                                .filter(value -> value.matches("\\d{1,4}"))
                                .map(Long::parseLong)
                                .orElse(0L));
            default -> new DataException(address + ": unexpected status " + status + reason);
        };
    }

    private <T> T retry(URI address, Attempt<T> attempt) throws IOException {
        try {
            for (int tries = 1; ; tries++) {
                try {
                    return attempt.run();
                } catch (DataException permanent) {
                    throw permanent;
                } catch (IOException e) {
                    if (tries == TRIES) {
                        throw new IOException(
                                address + ": gave up after " + TRIES + " tries; what came is kept, try again later: "
                                        + reason(e),
                                e);
                    }
                    Thread.sleep(pause(tries, e));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while fetching " + address, e);
        }
    }

    private Duration pause(int tries, IOException e) {
        Duration wait = pause.multipliedBy(1L << (tries - 1));
        if (e instanceof Transient answer && answer.seconds > 0) {
            wait = Duration.ofSeconds(answer.seconds);
        }
        return wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait;
    }

    private static String reason(IOException e) {
        return e instanceof java.net.ConnectException && e.getMessage() == null
                ? "no connection"
                : e instanceof java.net.http.HttpTimeoutException
                        ? "no answer in time"
                        : String.valueOf(e.getMessage());
    }
}
