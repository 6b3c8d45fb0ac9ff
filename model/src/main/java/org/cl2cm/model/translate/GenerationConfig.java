package org.cl2cm.model.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.cl2cm.data.DataException;

/// The two files that say how a model's words are chosen: `generation_config.json`, and `config.json`
/// where that is silent.
final class GenerationConfig {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What exported translation models are usually set to; the library's own default of 20 would cut
    /// captions off.
    private static final int USUAL_LENGTH = 200;

    /// Keys that would choose other words, with the value that does not.
    private static final Map<String, Double> NEUTRAL = new TreeMap<>(Map.of(
            "repetition_penalty", 1.0,
            "encoder_repetition_penalty", 1.0,
            "encoder_no_repeat_ngram_size", 0.0,
            "num_beam_groups", 1.0,
            "diversity_penalty", 0.0,
            "min_new_tokens", 0.0));

    private final Path first;
    private final Path second;
    private final JsonNode generation;
    private final JsonNode model;

    private GenerationConfig(Path folder) throws IOException {
        this.first = folder.resolve("generation_config.json");
        this.second = folder.resolve("config.json");
        this.generation = json(first);
        this.model = json(second);
    }

    static GenerationSettings read(Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve("config.json"))) {
            throw DataException.in(folder, "config.json is missing; is this the folder of an exported model?");
        }
        return new GenerationConfig(folder).settings();
    }

    /// A JSON object, empty where the file is missing.
    static JsonNode json(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return JSON.createObjectNode();
        }
        try {
            JsonNode node = JSON.readTree(Files.readString(file));
            if (node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw DataException.in(file, "is no JSON: " + e.getOriginalMessage(), e);
        }
        throw DataException.in(file, "is no JSON object");
    }

    private GenerationSettings settings() throws DataException {
        refuseWhatIsUnknown();
        Set<Integer> ends = ids("eos_token_id");
        if (ends.isEmpty()) {
            throw DataException.in(second, "key \"eos_token_id\" is missing");
        }
        int start = id("decoder_start_token_id")
                .orElseThrow(() -> DataException.in(
                        second, "key \"decoder_start_token_id\" is missing; is this an encoder-decoder model?"));
        Set<Integer> banned = ids("suppress_tokens");
        for (JsonNode word : value("bad_words_ids")) {
            if (word.size() != 1) {
                throw DataException.in(
                        file("bad_words_ids"), "key \"bad_words_ids\": only single tokens can be banned");
            }
            banned.add(word.get(0).asInt());
        }
        JsonNode stopping = value("early_stopping");
        return new GenerationSettings(
                start,
                ends,
                id("pad_token_id").orElse(ends.iterator().next()),
                id("forced_bos_token_id"),
                id("forced_eos_token_id"),
                banned,
                (int) number("min_length", 0),
                (int) Math.max(2, number("max_length", USUAL_LENGTH)),
                (int) Math.max(1, number("num_beams", 1)),
                number("length_penalty", 1),
                stopping.isTextual()
                        ? GenerationSettings.Stopping.NEVER
                        : stopping.asBoolean(false)
                                ? GenerationSettings.Stopping.EARLY
                                : GenerationSettings.Stopping.USUAL,
                (int) number("no_repeat_ngram_size", 0),
                value("renormalize_logits").asBoolean(false));
    }

    private void refuseWhatIsUnknown() throws DataException {
        if (value("do_sample").asBoolean(false)) {
            throw DataException.in(
                    file("do_sample"), "key \"do_sample\": translations are not drawn by chance here; set it to false");
        }
        for (Map.Entry<String, Double> entry : NEUTRAL.entrySet()) {
            if (number(entry.getKey(), entry.getValue()) != entry.getValue()) {
                throw DataException.in(
                        file(entry.getKey()),
                        "key \"" + entry.getKey() + "\": only " + entry.getValue() + " is supported");
            }
        }
    }

    private Path file(String key) {
        return generation.hasNonNull(key) ? first : second;
    }

    private JsonNode value(String key) {
        return generation.hasNonNull(key) ? generation.path(key) : model.path(key);
    }

    private double number(String key, double otherwise) throws DataException {
        JsonNode value = value(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw DataException.in(file(key), "key \"" + key + "\" is no number");
        }
        return value.asDouble();
    }

    private OptionalInt id(String key) throws DataException {
        Set<Integer> ids = ids(key);
        return ids.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(ids.iterator().next());
    }

    /// One id, or a list of them.
    private Set<Integer> ids(String key) throws DataException {
        JsonNode value = value(key);
        Set<Integer> ids = new LinkedHashSet<>();
        if (value.isInt()) {
            ids.add(value.intValue());
        } else if (value.isArray()) {
            value.forEach(id -> ids.add(id.asInt()));
        } else if (!value.isMissingNode() && !value.isNull()) {
            throw DataException.in(file(key), "key \"" + key + "\" is no token id");
        }
        return ids;
    }
}
