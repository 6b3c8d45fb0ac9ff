package org.cl2cm.model.vision;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.DataException;

/// Reads `preprocessor_config.json` of Hugging Face image models (CLIP, SigLIP, ViT, DINOv2 and others
/// of that shape).
///
/// A key that changes pixels in a way that is not known here is an error, since ignoring it would give
/// features that are wrong without anybody noticing.
final class PreprocessorConfig {
    /// Keys that leave the pixels as they are, whatever their value.
    private static final Set<String> HARMLESS = Set.of(
            "_valid_processor_keys",
            "auto_map",
            "data_format",
            "default_to_square",
            "device",
            "disable_grouping",
            "do_convert_rgb",
            "feature_extractor_type",
            "image_processor_type",
            "image_seq_length",
            "input_data_format",
            "processor_class",
            "return_tensors");

    private static final Set<String> KNOWN = Set.of(
            "crop_size",
            "do_center_crop",
            "do_normalize",
            "do_rescale",
            "do_resize",
            "image_mean",
            "image_std",
            "resample",
            "rescale_factor",
            "size");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final JsonNode root;

    private PreprocessorConfig(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /// @throws DataException when the file is not JSON, or a key or value is not known; names the key
    static ImagePreprocessing read(Path file) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw DataException.in(file, "not JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw DataException.in(file, "not a JSON object");
        }
        return new PreprocessorConfig(file, root).preprocessing();
    }

    private ImagePreprocessing preprocessing() throws DataException {
        refuseUnknownKeys();
        boolean crops = flag("do_center_crop", root.has("crop_size"));
        boolean resizes = flag("do_resize", true);
        boolean rescales = flag("do_rescale", true);
        boolean normalises = flag("do_normalize", true);
        try {
            return new ImagePreprocessing(
                    resizes ? resizing(crops) : new ImagePreprocessing.Resizing.None(),
                    resizes ? filter() : Resize.Filter.BICUBIC,
                    crops ? Optional.of(size("crop_size")) : Optional.empty(),
                    rescales ? number("rescale_factor", 1.0 / 255) : 1,
                    normalises ? numbers("image_mean") : List.of(0f, 0f, 0f),
                    normalises ? numbers("image_std") : List.of(1f, 1f, 1f));
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, String.valueOf(e.getMessage()), e);
        }
    }

    private void refuseUnknownKeys() throws DataException {
        for (var entry : root.properties()) {
            String key = entry.getKey();
            JsonNode value = entry.getValue();
            boolean off = value.isNull() || (value.isBoolean() && !value.booleanValue());
            if (!off && !KNOWN.contains(key) && !HARMLESS.contains(key)) {
                throw DataException.in(
                        file, "key \"" + key + "\" asks for a preparation that is not known; known are " + KNOWN);
            }
        }
    }

    private boolean flag(String key, boolean fallback) throws DataException {
        JsonNode value = root.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return fallback;
        }
        if (!value.isBoolean()) {
            throw bad(key, "true or false");
        }
        return value.booleanValue();
    }

    private double number(String key, double fallback) throws DataException {
        JsonNode value = root.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return fallback;
        }
        if (!value.isNumber()) {
            throw bad(key, "a number");
        }
        return value.doubleValue();
    }

    private List<Float> numbers(String key) throws DataException {
        JsonNode value = root.path(key);
        List<Float> numbers = new ArrayList<>();
        for (JsonNode number : value) {
            if (!number.isNumber()) {
                throw bad(key, "a list of three numbers");
            }
            numbers.add(number.floatValue());
        }
        if (!value.isArray() || numbers.size() != 3) {
            throw bad(key, "a list of three numbers");
        }
        return numbers;
    }

    private Resize.Filter filter() throws DataException {
        JsonNode value = root.path("resample");
        if (value.isMissingNode() || value.isNull()) {
            return defaultFilter();
        }
        for (Resize.Filter filter : Resize.Filter.values()) {
            if (value.isInt() && value.intValue() == filter.number()) {
                return filter;
            }
        }
        throw bad("resample", "1 (Lanczos), 2 (bilinear) or 3 (bicubic)");
    }

    /// What the processor's class does when its file says nothing.
    private Resize.Filter defaultFilter() throws DataException {
        String type = type();
        if (type.startsWith("CLIP") || type.startsWith("Siglip")) {
            return Resize.Filter.BICUBIC;
        }
        if (type.startsWith("ViT")) {
            return Resize.Filter.BILINEAR;
        }
        throw DataException.in(file, "key \"resample\" is missing: 2 (bilinear) or 3 (bicubic)?");
    }

    private String type() {
        return root.path("image_processor_type")
                .asText(root.path("feature_extractor_type").asText(""));
    }

    private ImagePreprocessing.Resizing resizing(boolean crops) throws DataException {
        JsonNode value = root.path("size");
        if (value.isInt()) {
            // One number is the shorter edge to CLIP, which crops afterwards, and a square to ViT and DeiT.
            boolean square = flag("default_to_square", !crops || type().startsWith("DeiT"));
            if (!square) {
                return new ImagePreprocessing.Resizing.ShortestEdge(value.intValue());
            }
        } else if (value.has("shortest_edge")) {
            JsonNode edge = value.get("shortest_edge");
            if (value.size() != 1 || !edge.isInt()) {
                throw bad("size", "{\"shortest_edge\": pixels} alone");
            }
            return new ImagePreprocessing.Resizing.ShortestEdge(edge.intValue());
        }
        return new ImagePreprocessing.Resizing.Exact(size("size"));
    }

    /// A number, the side of a square, or `{"height", "width"}`.
    private ImagePreprocessing.Size size(String key) throws DataException {
        JsonNode value = root.path(key);
        if (value.isInt()) {
            return new ImagePreprocessing.Size(value.intValue(), value.intValue());
        }
        JsonNode height = value.path("height");
        JsonNode width = value.path("width");
        if (value.size() != 2 || !height.isInt() || !width.isInt()) {
            throw bad(key, "a number of pixels, {\"height\", \"width\"} or, for \"size\", {\"shortest_edge\"}");
        }
        return new ImagePreprocessing.Size(width.intValue(), height.intValue());
    }

    private DataException bad(String key, String expected) {
        JsonNode value = root.path(key);
        return DataException.in(
                file,
                "key \"" + key + "\" " + (value.isMissingNode() ? "is missing" : "is " + value) + ", expected "
                        + expected);
    }
}
