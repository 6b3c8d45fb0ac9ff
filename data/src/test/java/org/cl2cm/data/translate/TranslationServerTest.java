package org.cl2cm.data.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The clients of LibreTranslate and APY against a server of this process that behaves as those do.
class TranslationServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What the server does with the next requests before it answers as it should.
    private final Deque<Trouble> troubles = new ConcurrentLinkedDeque<>();

    private final List<JsonNode> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> times = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server = start();
    private int batchLimit = Integer.MAX_VALUE;
    private boolean lists = true;

    /// Something that goes wrong.
    private interface Trouble {
        void answer(HttpExchange exchange) throws IOException;
    }

    private static HttpServer start() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void serve() {
        server.createContext("/translate", exchange -> {
            times.add(System.nanoTime());
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Trouble trouble = troubles.poll();
            if (trouble != null) {
                trouble.answer(exchange);
            } else if (body.startsWith("{")) {
                libreTranslate(exchange, JSON.readTree(body));
            } else {
                apy(exchange, body);
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    /// Upper case is its other language.
    private void libreTranslate(HttpExchange exchange, JsonNode body) throws IOException {
        asked.add(body);
        JsonNode q = body.path("q");
        if (q.isArray() && (q.size() > batchLimit || !lists)) {
            answer(
                    exchange,
                    400,
                    "{\"error\": \"Invalid request: request (" + q.size() + ") exceeds text limit (" + batchLimit
                            + ")\"}");
            return;
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode text : q.isArray() ? q : JSON.createArrayNode().add(q)) {
            if (text.asText().contains("poison")) {
                answer(exchange, 500, "{\"error\": \"Cannot translate text: poison\"}");
                return;
            }
            texts.add(text.asText().toUpperCase(Locale.ROOT));
        }
        Object translated = q.isArray() ? texts : texts.getFirst();
        answer(exchange, 200, JSON.writeValueAsString(Map.of("translatedText", translated)));
    }

    private void apy(HttpExchange exchange, String body) throws IOException {
        Map<String, String> form = new LinkedHashMap<>();
        for (String field : body.split("&", -1)) {
            int at = field.indexOf('=');
            form.put(field.substring(0, at), URLDecoder.decode(field.substring(at + 1), StandardCharsets.UTF_8));
        }
        asked.add(JSON.valueToTree(form));
        if (!"en|es".equals(form.get("langpair"))) {
            answer(exchange, 400, """
                    {"status": "error", "code": 400, "message": "Bad Request", "explanation": "That pair is not installed"}
                    """);
            return;
        }
        String text = String.valueOf(form.get("q")).replace("dog", "perro").replace("xyzzy", "*xyzzy");
        answer(
                exchange,
                200,
                JSON.writeValueAsString(Map.of("responseData", Map.of("translatedText", text), "responseStatus", 200)));
    }

    private URI base() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    private static ServerLimits limits(Duration answer, int retries, Rate rate) {
        return new ServerLimits(answer, retries, Duration.ofMillis(5), Duration.ofSeconds(30), rate);
    }

    private LibreTranslateTranslator libre(Optional<String> key) {
        return new LibreTranslateTranslator(base(), "en", "es", key, limits(Duration.ofSeconds(10), 3, Rate.UNLIMITED));
    }

    private static List<String> texts(List<Translation> translations) {
        return translations.stream().map(Translation::text).toList();
    }

    @Test
    void libreTranslateGetsAListAndTheKeyInTheBody() throws IOException {
        try (Translator translator = libre(Optional.of("secret"))) {
            assertThat(texts(translator.translate(List.of("a dog", "ein \"Hund\"", "狗"))))
                    .containsExactly("A DOG", "EIN \"HUND\"", "狗");
            assertThat(texts(translator.translate(List.of("one")))).containsExactly("ONE");
            assertThat(translator.identity()).doesNotContain("secret").contains("libretranslate en-es http://");
        }
        assertThat(asked).hasSize(2);
        assertThat(asked.get(0))
                .isEqualTo(JSON.readTree(
                        "{\"q\": [\"a dog\", \"ein \\\"Hund\\\"\", \"狗\"], \"source\": \"en\", \"target\": \"es\","
                                + " \"format\": \"text\", \"api_key\": \"secret\"}"));
        assertThat(asked.get(1).path("q").isTextual()).isTrue();
    }

    @Test
    void apyGetsTextsBetweenBlankLinesInRequestsThatItDoesNotCut() throws IOException {
        List<String> many = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            many.add("the dog with the number " + i + " and a bone");
            expected.add("the perro with the number " + i + " and a bone");
        }
        try (ApyTranslator translator =
                new ApyTranslator(base(), "en", "es", limits(Duration.ofSeconds(10), 3, Rate.UNLIMITED))) {
            assertThat(translator.translate(List.of("dog xyzzy")))
                    .containsExactly(new Translation("perro xyzzy", List.of("xyzzy")));
            assertThat(texts(translator.translate(many))).isEqualTo(expected);
        }
        assertThat(asked).hasSizeGreaterThan(3).allSatisfy(form -> {
            assertThat(form.path("format").asText()).isEqualTo("txt");
            assertThat(form.path("q").asText().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(4096);
        });
        try (ApyTranslator translator =
                new ApyTranslator(base(), "en", "xx", limits(Duration.ofSeconds(10), 3, Rate.UNLIMITED))) {
            assertThatThrownBy(() -> translator.translate(List.of("a")))
                    .isInstanceOf(TranslationException.class)
                    .hasMessageContaining("answered 400: That pair is not installed");
        }
    }

    @Test
    void aBusyServerIsAskedAgainAfterThePauseItNames() throws IOException {
        troubles.add(exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "1");
            answer(exchange, 429, "{\"error\": \"Slow down\"}");
        });
        troubles.add(exchange -> answer(exchange, 503, ""));
        troubles.add(HttpExchange::close);
        try (Translator translator = libre(Optional.empty())) {
            assertThat(texts(translator.translate(List.of("a", "b")))).containsExactly("A", "B");
        }
        assertThat(times).hasSize(4);
        assertThat(times.get(1) - times.get(0))
                .isGreaterThan(Duration.ofMillis(990).toNanos());
    }

    @Test
    void aServerThatStaysBusyOrAsksForTooMuchEndsTheWork() throws IOException {
        for (int i = 0; i < 4; i++) {
            troubles.add(exchange -> answer(exchange, 429, "{\"error\": \"Slow down\"}"));
        }
        troubles.add(exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "86400");
            answer(exchange, 429, "");
        });
        try (Translator translator = libre(Optional.empty())) {
            assertThatThrownBy(() -> translator.translate(List.of("a")))
                    .isInstanceOf(DataException.class)
                    .hasMessageContainingAll("answered 429: Slow down", "--rate");
            assertThatThrownBy(() -> translator.translate(List.of("a")))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("asks for a pause of 86400 s");
        }
    }

    @Test
    void whatMayLieInTheTextsIsNotAskedAgain() throws IOException {
        troubles.add(exchange -> answer(exchange, 200, "<html>Bad gateway</html>"));
        troubles.add(exchange -> answer(exchange, 200, "[1]"));
        troubles.add(exchange -> answer(exchange, 200, "{\"translatedText\": [\"one\"]}"));
        troubles.add(exchange -> answer(exchange, 200, "{\"other\": 1}"));
        troubles.add(exchange -> answer(exchange, 413, "too large"));
        try (Translator translator = libre(Optional.empty())) {
            for (String reason : List.of(
                    "what is no JSON: <html>Bad gateway</html>",
                    "what is no JSON object",
                    "gave back 1 translations for 2 texts",
                    "without translatedText",
                    "answered 413: too large",
                    "answered 500: Cannot translate text: poison")) {
                // A server that does not know lists gets one text at a time from then on.
                List<String> texts = reason.contains("translatedText") ? List.of("poison") : List.of("poison", "b");
                assertThatThrownBy(() -> translator.translate(texts))
                        .isInstanceOf(TranslationException.class)
                        .hasMessageContaining(reason);
            }
        }
        assertThat(times).hasSize(6);
    }

    @Test
    void aServerThatDoesNotAnswerInTimeIsLeft() throws IOException {
        troubles.add(exchange -> sleep(1000));
        troubles.add(exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            sleep(1000);
        });
        try (Translator translator = new LibreTranslateTranslator(
                base(), "en", "es", Optional.empty(), limits(Duration.ofMillis(200), 3, Rate.UNLIMITED))) {
            long start = System.nanoTime();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> translator.translate(List.of("a")))
                        .isInstanceOf(TranslationException.class)
                        .hasMessageContaining("gave no answer in 0.2 s");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(900));
        }
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void refusalsAndWrongAddressesEndTheWork() throws IOException {
        Map<String, Trouble> refusals = new LinkedHashMap<>();
        refusals.put("redirects to http://elsewhere/; name that address", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://elsewhere/");
            answer(exchange, 301, "");
        });
        refusals.put("CL2CM_TRANSLATE_KEY", exchange -> answer(exchange, 403, "{\"error\": \"Invalid API key\"}"));
        refusals.put("is this the address", exchange -> answer(exchange, 404, "{}"));
        try (Translator translator = libre(Optional.empty())) {
            for (Map.Entry<String, Trouble> refusal : refusals.entrySet()) {
                troubles.add(refusal.getValue());
                assertThatThrownBy(() -> translator.translate(List.of("a")))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining(refusal.getKey());
            }
            server.stop(0);
            assertThatThrownBy(() -> translator.translate(List.of("a")))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("cannot be reached");
        }
        for (String wrong : List.of("ftp://host", "localhost:5000", "http://user:secret@host", "http://host?q=1")) {
            assertThatThrownBy(() ->
                            new TranslationServer(URI.create(wrong), limits(Duration.ofSeconds(1), 0, Rate.UNLIMITED)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected http://HOST");
        }
    }

    @Test
    void requestsKeepTheRate() throws IOException {
        try (Translator translator = new LibreTranslateTranslator(
                base(), "en", "es", Optional.empty(), limits(Duration.ofSeconds(10), 0, Rate.parse("20/s")))) {
            for (int i = 0; i < 6; i++) {
                translator.translate(List.of("a"));
            }
        }
        for (int i = 1; i < 6; i++) {
            assertThat(times.get(i) - times.get(i - 1))
                    .isGreaterThan(Duration.ofMillis(40).toNanos());
        }
        assertThat(Rate.parse("80/min").gap()).isEqualTo(Duration.ofMillis(750));
        assertThat(Rate.parse("3600/h").gap()).isEqualTo(Duration.ofSeconds(1));
        for (String wrong : List.of("0/s", "5", "5/day", "-1/s", "1.5/s")) {
            assertThatThrownBy(() -> Rate.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong);
        }
    }

    @Test
    void smallerRequestsGoToAServerWithALimitOrWithoutLists(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder)
            throws IOException {
        List<CaptionGroup> groups = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            groups.add(new CaptionGroup("item" + i, List.of("caption " + i)));
        }
        for (int limit : new int[] {5, 0}) {
            batchLimit = limit;
            lists = limit > 0;
            try (Translator translator = libre(Optional.empty())) {
                CaptionTranslation.Result result = new CaptionTranslation(
                                translator,
                                folder.resolve("" + limit),
                                new CaptionTranslation.Settings(20, 0, false),
                                org.cl2cm.data.ProgressListener.NONE)
                        .run(groups);
                assertThat(result.failures()).isEmpty();
                assertThat(result.rows().get("item39")).containsExactly(new Translation("CAPTION 39"));
            }
        }
    }
}
