package org.cl2cm.bench.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;

/// Different texts to search for, as bodies of requests.
///
/// @param bodies at least one
/// @param about where the texts are from
public record Questions(List<byte[]> bodies, String about) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOP = 10;

    /// Reads texts, one a line, or the human captions of a manifest (`.jsonl`) in all its languages,
    /// mixed by a seed.
    ///
    /// @param most texts that are taken
    /// @throws DataException when there is none
    public static Questions read(Path file, int most, long seed) throws IOException {
        Set<String> distinct = new LinkedHashSet<>();
        if (file.toString().endsWith(".jsonl")) {
            for (Item item : Manifest.read(file).items()) {
                item.captions().values().forEach(distinct::addAll);
            }
        } else {
            distinct.addAll(Files.readAllLines(file));
        }
        distinct.removeIf(String::isBlank);
        if (distinct.isEmpty()) {
            throw DataException.in(file, "holds no text to search for");
        }
        List<String> texts = new ArrayList<>(distinct);
        Collections.shuffle(texts, new Random(seed));
        List<byte[]> bodies = new ArrayList<>();
        for (String text : texts.subList(0, Math.min(most, texts.size()))) {
            bodies.add(JSON.writeValueAsBytes(Map.of("text", text, "top", TOP)));
        }
        return new Questions(bodies, bodies.size() + " different texts of " + file.getFileName());
    }

    /// The body of request `number`, over and over.
    byte[] body(long number) {
        return bodies.get((int) (number % bodies.size()));
    }
}
