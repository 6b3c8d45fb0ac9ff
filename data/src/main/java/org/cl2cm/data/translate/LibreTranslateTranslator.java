package org.cl2cm.data.translate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A server with the interface of LibreTranslate. Several texts go in one request as a list; a server
/// that does not take lists gets one text at a time.
public final class LibreTranslateTranslator implements Translator {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TranslationServer server;
    private final String from;
    private final String to;
    private final Optional<String> key;
    private boolean lists = true;

    /// @param base address of the server, e.g. `http://localhost:5000`
    /// @param key sent as `api_key` where the server wants one
    public LibreTranslateTranslator(URI base, String from, String to, Optional<String> key, ServerLimits limits) {
        this.server = new TranslationServer(base, limits);
        this.from = from;
        this.to = to;
        this.key = key;
    }

    @Override
    public String identity() {
        return "libretranslate " + from + "-" + to + " " + server.address();
    }

    @Override
    public List<Translation> translate(List<String> texts) throws IOException {
        if (texts.size() > 1 && lists) {
            JsonNode answer = ask(texts);
            if (answer.isArray() && answer.size() == texts.size()) {
                List<Translation> translations = new ArrayList<>();
                for (JsonNode text : answer) {
                    translations.add(translation(text));
                }
                return translations;
            }
            if (answer.isArray()) {
                throw new TranslationException(server.address() + " gave back " + answer.size() + " translations for "
                        + texts.size() + " texts");
            }
            lists = false;
        }
        List<Translation> translations = new ArrayList<>();
        for (String text : texts) {
            translations.add(translation(ask(text)));
        }
        return translations;
    }

    /// @param texts one text, or a list of them
    private JsonNode ask(Object texts) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("q", texts);
        body.put("source", from);
        body.put("target", to);
        body.put("format", "text");
        key.ifPresent(secret -> body.put("api_key", secret));
        return server.post("application/json", JSON.writeValueAsString(body)).path("translatedText");
    }

    private Translation translation(JsonNode text) throws TranslationException {
        if (!text.isTextual()) {
            throw new TranslationException(server.address() + " answered without translatedText");
        }
        return new Translation(text.textValue());
    }

    @Override
    public void close() {
        server.close();
    }
}
