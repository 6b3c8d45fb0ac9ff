package org.cl2cm.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.DataException;

/// The JSON header of a safetensors file.
///
/// @param places by name, in the order of the header
record SafetensorsHeader(Map<String, Place> places, Map<String, String> metadata) {
    private static final String METADATA = "__metadata__";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// Where a tensor lies.
    ///
    /// @param from offset of its first byte, counted from the end of the header
    /// @param to offset behind its last byte
    record Place(Safetensors.Type type, long[] shape, long from, long to) {}

    /// @param path for messages
    /// @param size bytes behind the header, which the tensors must cover without gap or overlap
    static SafetensorsHeader parse(Path path, byte[] text, long size) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw DataException.in(path, "the header is no JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw DataException.in(path, "the header is no JSON object");
        }
        Map<String, Place> places = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (var entry : root.properties()) {
            if (entry.getKey().equals(METADATA)) {
                for (var pair : entry.getValue().properties()) {
                    metadata.put(pair.getKey(), pair.getValue().asText());
                }
            } else {
                places.put(entry.getKey(), place(path, entry.getKey(), entry.getValue(), size));
            }
        }
        checkCover(path, places, size);
        return new SafetensorsHeader(places, metadata);
    }

    private static Place place(Path path, String name, JsonNode node, long size) throws DataException {
        String tensor = "tensor \"" + name + "\"";
        Safetensors.Type type;
        try {
            type = Safetensors.Type.valueOf(node.path("dtype").asText());
        } catch (IllegalArgumentException e) {
            throw DataException.in(path, tensor + ": dtype " + node.path("dtype") + " is not read", e);
        }
        JsonNode extents = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!extents.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw DataException.in(path, tensor + ": shape or data_offsets is missing");
        }
        long[] shape = new long[extents.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = whole(extents.get(i));
        }
        long from = whole(offsets.get(0));
        long to = whole(offsets.get(1));
        if (from < 0 || to < from || to > size) {
            throw DataException.in(
                    path,
                    tensor + " lies at " + from + " to " + to + " of " + size
                            + " bytes: the file is cut off or damaged; get it again");
        }
        if (Arrays.stream(shape).anyMatch(extent -> extent < 0) || bytes(type, shape) != to - from) {
            throw DataException.in(
                    path,
                    tensor + ": " + (to - from) + " bytes do not fit the shape " + Arrays.toString(shape) + " of "
                            + type);
        }
        return new Place(type, shape, from, to);
    }

    private static long whole(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : -1;
    }

    private static void checkCover(Path path, Map<String, Place> places, long size) throws DataException {
        List<Map.Entry<String, Place>> sorted = places.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Place> entry) ->
                                entry.getValue().from())
                        .thenComparingLong(entry -> entry.getValue().to()))
                .toList();
        long end = 0;
        for (Map.Entry<String, Place> entry : sorted) {
            long from = entry.getValue().from();
            if (from != end) {
                throw DataException.in(
                        path,
                        "tensor \"" + entry.getKey() + "\" starts at " + from + ", "
                                + (from < end ? "inside the tensor before it" : "behind a gap") + " that ends at "
                                + (from < end ? end : from) + ": the header is damaged");
            }
            end = entry.getValue().to();
        }
        if (end != size) {
            throw DataException.in(
                    path, (size - end) + " bytes behind the last tensor belong to none: the file is damaged");
        }
    }

    /// Bytes of a tensor, or -1 when they are more than any file has.
    static long bytes(Safetensors.Type type, long[] shape) {
        try {
            long size = type.bytes();
            for (long extent : shape) {
                size = Math.multiplyExact(size, extent);
            }
            return size;
        } catch (ArithmeticException tooLarge) {
            return -1;
        }
    }

    /// The header that [#parse] reads, padded with spaces to a multiple of eight bytes.
    static byte[] render(Map<String, Safetensors.Entry> entries, Map<String, String> metadata) throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put(METADATA, metadata);
        }
        long offset = 0;
        for (Map.Entry<String, Safetensors.Entry> entry : entries.entrySet()) {
            if (entry.getKey().equals(METADATA)) {
                throw new IllegalArgumentException("no tensor can have the name " + METADATA);
            }
            long end = offset + entry.getValue().size();
            Map<String, Object> place = new LinkedHashMap<>();
            place.put("dtype", entry.getValue().type().name());
            place.put("shape", entry.getValue().shape());
            place.put("data_offsets", new long[] {offset, end});
            header.put(entry.getKey(), place);
            offset = end;
        }
        byte[] text = JSON.writeValueAsBytes(header);
        byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }
}
