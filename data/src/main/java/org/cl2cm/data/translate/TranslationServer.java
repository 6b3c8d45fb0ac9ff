package org.cl2cm.data.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.cl2cm.data.DataException;

/// Requests to an HTTP server that answers in JSON: pace, retries, and which failures mean these texts
/// and which the server itself.
///
/// A server that is busy (429, 502, 503, 504) or breaks the connection is asked again, after the pause
/// it names in `Retry-After`. What else goes wrong (500, an answer that is no JSON, none in time) may
/// lie in the texts, so it is a [TranslationException] at once: the caller tries fewer of them.
final class TranslationServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MOST_ANSWER = 16L << 20;
    private static final int SHOWN = 300;

    /// A failure that may pass.
    private static final class Passing extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Optional<Duration> pause;
        private final IOException last;

        /// @param last what is thrown when it does not pass
        Passing(Optional<Duration> pause, IOException last) {
            super(last);
            this.pause = pause;
            this.last = last;
        }
    }

    private final URI address;
    private final ServerLimits limits;
    private final HttpClient client;
    private long next = System.nanoTime();

    /// @param base the server, with or without `/translate`
    /// @throws IllegalArgumentException when it is no address of a server
    TranslationServer(URI base, ServerLimits limits) {
        boolean http = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
        if (!http || base.getHost() == null || base.getRawUserInfo() != null || base.getRawQuery() != null) {
            throw new IllegalArgumentException(
                    "address of the server " + base + ": expected http://HOST or https://HOST, without password");
        }
        String text = base.toString().replaceAll("/+$", "");
        this.address = URI.create(text.endsWith("/translate") ? text : text + "/translate");
        this.limits = limits;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                // A POST that follows a redirect would come without its body, or carry the key elsewhere.
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(limits.answer())
                .build();
    }

    URI address() {
        return address;
    }

    /// The server's answer.
    JsonNode post(String contentType, String body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Content-Type", contentType)
                .header("Accept", "application/json")
                .header("User-Agent", "cl2cm")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                .build();
        Duration pause = limits.pause();
        for (int attempt = 0; ; attempt++) {
            try {
                return once(request);
            } catch (Passing e) {
                Duration wait = e.pause.orElse(pause);
                if (attempt >= limits.retries()) {
                    throw e.last;
                }
                if (wait.compareTo(limits.longest()) > 0) {
                    throw new DataException(address + " asks for a pause of " + wait.toSeconds()
                            + " s; the same command goes on later, and --rate keeps below its limit");
                }
                sleep(wait);
                pause = pause.multipliedBy(2);
            }
        }
    }

    private JsonNode once(HttpRequest request) throws IOException, Passing {
        sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
        next = System.nanoTime() + limits.rate().gap().toNanos();
        HttpResponse<byte[]> response = send(request);
        int status = response.statusCode();
        if (status == 200) {
            return json(response.body());
        }
        String said = address + " answered " + status + said(response.body());
        if (status == 429) {
            throw new Passing(
                    retryAfter(response),
                    new DataException(
                            said + "; it is asked too often: --rate, e.g. --rate 20/min, keeps below its limit"));
        }
        if (status == 502 || status == 503 || status == 504) {
            throw new Passing(retryAfter(response), new TranslationException(said));
        }
        if (status >= 300 && status < 400) {
            throw new DataException(address + " redirects to "
                    + response.headers().firstValue("Location").orElse("nowhere") + "; name that address");
        }
        if (status == 401 || status == 403) {
            throw new DataException(said + "; does the key in CL2CM_TRANSLATE_KEY hold?");
        }
        if (status == 404 || status == 405) {
            throw new DataException(said + "; is this the address of the server?");
        }
        throw new TranslationException(said);
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, Passing {
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_ANSWER));
        try {
            return answer.get(limits.answer().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new TranslationException(
                    address + " gave no answer in " + limits.answer().toMillis() / 1000.0 + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (cause instanceof ConnectException || cause instanceof UnresolvedAddressException) {
                throw new Passing(
                        Optional.empty(), new DataException(address + " cannot be reached: " + reason, cause));
            }
            throw new Passing(
                    Optional.empty(), new TranslationException(address + " broke the connection: " + reason, cause));
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw interrupted();
        }
    }

    private JsonNode json(byte[] body) throws TranslationException {
        try {
            JsonNode node = JSON.readTree(new String(body, StandardCharsets.UTF_8));
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw new TranslationException(address + " answered what is no JSON" + said(body), e);
        }
        throw new TranslationException(address + " answered what is no JSON object" + said(body));
    }

    /// The reason in the body of an error: the server's words where it is JSON, else how it begins.
    private static String said(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            JsonNode node = JSON.readTree(text);
            for (String key : new String[] {"explanation", "error", "message"}) {
                if (node != null && node.path(key).isTextual()) {
                    text = node.path(key).textValue();
                    break;
                }
            }
        } catch (JsonProcessingException e) {
            // Shown as it is.
        }
        text = PlainText.line(text);
        return text.isEmpty() ? "" : ": " + (text.length() > SHOWN ? text.substring(0, SHOWN) + " ..." : text);
    }

    /// Seconds, or a date.
    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        String text = response.headers().firstValue("Retry-After").orElse("").strip();
        if (text.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(Instant.now(), at);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static void sleep(Duration wait) throws InterruptedIOException {
        try {
            if (wait.isPositive()) {
                Thread.sleep(wait);
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while a server was asked");
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
