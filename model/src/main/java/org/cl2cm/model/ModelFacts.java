package org.cl2cm.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.vision.EncoderSource;

/// What a person wants to know of a trained model.
final class ModelFacts {
    private ModelFacts() {}

    /// @throws org.cl2cm.data.DataException when the description cannot be read
    static void put(Path folder, Map<String, String> facts) throws IOException {
        ModelDescription model = ModelDescription.read(folder);
        facts.put("kind", "cl2cm model: texts and images to unit vectors");
        facts.put("fingerprint", model.fingerprint());
        facts.put("dimension", String.valueOf(model.dimension()));
        facts.put("language", model.source());
        facts.put("targets", String.join(", ", model.targets()));
        facts.put("text", text(model));
        facts.put("vision", vision(model));
        Optional<Reranker> reranker = Reranker.open(folder);
        reranker.ifPresent(some -> facts.put(
                "re-ranker", "for the best " + some.candidates() + " of a text; a logit counts " + some.weight()));
        base(folder, model, facts);
        model.encoder().ifPresent(encoder -> {
            facts.put("images by", encoder.fingerprint());
            String sources = encoder.encoders().stream().map(ModelFacts::source).collect(Collectors.joining(", "));
            facts.put("encoders", sources.isEmpty() ? "not named" : sources);
        });
        model.provenance().forEach((key, value) -> {
            if (!key.equals("config")) {
                facts.put(key, String.valueOf(value));
            }
        });
    }

    private static String text(ModelDescription model) {
        TextTower.Config text = model.text();
        return text.depth() + " layers, the top " + text.trainable() + " trained; head of width " + text.width()
                + "; pooling " + text.pooling().name().toLowerCase(Locale.ROOT) + "; at most " + model.maxLength()
                + " tokens";
    }

    private static String vision(ModelDescription model) {
        String images = model.vision().pixels() > 0
                ? "pixels of " + model.vision().pixels() + " x "
                        + model.vision().pixels()
                : "features of length " + model.vision().features();
        return model.vision().frames() == 0
                ? images
                : images + "; of a video at most " + model.vision().frames() + " frames, "
                        + model.vision().temporalLayers() + " temporal layers";
    }

    private static void base(Path folder, ModelDescription model, Map<String, String> facts) {
        BaseEncoder base = BaseEncoder.of(folder, model);
        String state;
        if (model.baseCopy() != null) {
            state = " (in the folder)";
        } else if (Files.isDirectory(base.folder())) {
            state = " (present)";
        } else {
            state = base.fetchable() ? " (not in the cache yet)" : " (missing)";
        }
        facts.put("base", model.base() + state);
        facts.put("base sha256", model.baseFingerprint());
    }

    private static String source(EncoderSource source) {
        return source.path()
                + (source.output().isEmpty() ? "" : " " + source.output())
                + (source.pool() == 0 ? "" : " pooled to " + source.pool() + " x " + source.pool())
                + (source.mirror() ? " with the mirror image" : "");
    }
}
