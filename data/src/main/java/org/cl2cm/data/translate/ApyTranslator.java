package org.cl2cm.data.translate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Apertium's HTTP server, APY. Several texts go in one request, blank lines between them.
public final class ApyTranslator implements Translator {
    /// APY cuts longer texts anywhere, and drops what is longer than ten pieces of this size.
    private static final int MOST_BYTES = 3500;

    private final TranslationServer server;
    private final String pair;

    /// @param base address of the server, e.g. `http://localhost:2737`
    public ApyTranslator(URI base, String from, String to, ServerLimits limits) {
        this.server = new TranslationServer(base, limits);
        this.pair = from + "|" + to;
    }

    @Override
    public String identity() {
        return "apy " + pair + " " + server.address();
    }

    @Override
    public List<Translation> translate(List<String> texts) throws IOException {
        List<Translation> translations = new ArrayList<>();
        List<String> together = new ArrayList<>();
        int bytes = 0;
        for (String text : texts) {
            int length = text.getBytes(StandardCharsets.UTF_8).length + 2;
            if (!together.isEmpty() && bytes + length > MOST_BYTES) {
                translations.addAll(ask(together));
                together.clear();
                bytes = 0;
            }
            together.add(text);
            bytes += length;
        }
        translations.addAll(ask(together));
        return translations;
    }

    private List<Translation> ask(List<String> texts) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("langpair", pair);
        fields.put("format", "txt");
        fields.put("markUnknown", "yes");
        fields.put("q", ApertiumText.join(texts));
        String form = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        JsonNode answer = server.post("application/x-www-form-urlencoded; charset=utf-8", form);
        JsonNode text = answer.path("responseData").path("translatedText");
        if (!text.isTextual()) {
            throw new TranslationException(server.address() + " answered without responseData.translatedText");
        }
        return ApertiumText.cut(text.textValue(), texts.size(), server.address().toString());
    }

    @Override
    public void close() {
        server.close();
    }
}
