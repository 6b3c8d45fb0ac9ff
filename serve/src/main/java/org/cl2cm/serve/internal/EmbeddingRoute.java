package org.cl2cm.serve.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cl2cm.search.CollectionInfo;

/// `POST /v1/embeddings`: vectors of texts, in OpenAI's shape.
final class EmbeddingRoute {
    private static final int MOST_INPUTS = 256;
    private static final int LONGEST_MODEL = 200;
    private static final Set<String> KNOWN = Set.of("input", "model", "encoding_format", "user");

    private final ServedCollections collections;
    private final ServedModels models;

    EmbeddingRoute(ServedCollections collections, ServedModels models) {
        this.collections = collections;
        this.models = models;
    }

    Answer embed(Exchange exchange) throws IOException {
        Fields body = Fields.of(Json.read(exchange.jsonBody()), "", KNOWN);
        List<String> input =
                input(body, Math.min(MOST_INPUTS, exchange.settings().queue().length()));
        String format = body.text("encoding_format", 100).orElse("float");
        if (!Set.of("float", "base64").contains(format)) {
            throw Problem.at("/encoding_format", "float and base64 are known");
        }
        body.text("user", SearchRequest.LONGEST_TEXT);
        CollectionInfo chosen = collection(body);
        return collections.use(chosen.name(), collection -> {
            // Another generation may have gone live a moment ago.
            if (body.text("model", LONGEST_MODEL).filter(chosen.model()::equals).isPresent()
                    && !collection.info().model().equals(chosen.model())) {
                throw Problem.at("/model", "is not served any more");
            }
            return embed(models.of(collection.info()), input, format, exchange.deadline());
        });
    }

    private static Answer embed(ServedModel model, List<String> input, String format, Deadline deadline)
            throws IOException {
        List<ServedModel.Encoded> encoded = model.texts(input, deadline);
        List<Map<String, Object>> data = new ArrayList<>(encoded.size());
        int tokens = 0;
        for (ServedModel.Encoded one : encoded) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("object", "embedding");
            entry.put("index", data.size());
            entry.put("embedding", format.equals("float") ? one.vector() : base64(one.vector()));
            data.add(entry);
            tokens += one.tokens();
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("object", "list");
        answer.put("data", data);
        answer.put("model", model.fingerprint());
        answer.put("usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens));
        return Answer.json(answer);
    }

    /// 32-bit numbers, little-endian.
    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static List<String> input(Fields body, int most) {
        JsonNode node = body.get("input").orElseThrow(() -> Problem.at("", "needs the field \"input\""));
        List<String> texts = new ArrayList<>();
        if (node.isArray()) {
            List<JsonNode> entries = body.list("input", 1, most).orElseThrow();
            for (int i = 0; i < entries.size(); i++) {
                texts.add(text(entries.get(i), "/input/" + i));
            }
        } else {
            texts.add(text(node, "/input"));
        }
        return texts;
    }

    private static String text(JsonNode node, String pointer) {
        String text = Fields.text(node, pointer, SearchRequest.LONGEST_TEXT);
        if (text.isBlank()) {
            throw Problem.at(pointer, "is empty");
        }
        return text;
    }

    /// A collection of the model that is asked for, by its fingerprint or by the collection's name.
    private CollectionInfo collection(Fields body) throws IOException {
        Map<String, CollectionInfo> known = new LinkedHashMap<>();
        Map<String, CollectionInfo> byName = new LinkedHashMap<>();
        for (CollectionInfo info : collections.each(ServedCollection::info)) {
            if (info.modelFolder().isPresent()) {
                known.putIfAbsent(info.model(), info);
                byName.put(info.name(), info);
            }
        }
        if (known.isEmpty()) {
            throw Problem.of(Problem.Kind.CONFLICT, "no collection here names a model");
        }
        if (body.has("model")) {
            String asked = body.text("model", LONGEST_MODEL).orElseThrow();
            CollectionInfo found = known.getOrDefault(asked, byName.get(asked));
            if (found == null) {
                throw Problem.at(
                        "/model",
                        "is not served; a fingerprint of " + known.keySet() + " or a collection of " + byName.keySet()
                                + " was expected");
            }
            return found;
        }
        if (known.size() > 1) {
            throw Problem.at("", "there are several models, name one as \"model\": " + known.keySet());
        }
        return known.values().iterator().next();
    }
}
