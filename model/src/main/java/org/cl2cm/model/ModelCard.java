package org.cl2cm.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.cl2cm.model.vision.EncoderDescription;
import org.cl2cm.model.vision.EncoderSource;

/// The `README.md` of an exported model: what it is, what it learnt from, how to use it.
final class ModelCard {
    private ModelCard() {}

    /// @param source where the text encoder comes from
    /// @param license of the text encoder
    static String text(ModelDescription model, String source, String license) {
        return """
                ---
                license: other
                language: [%s]
                tags: [cl2cm, cross-lingual, image-retrieval]
                ---
                # cl2cm model %s

                Finds images with words. Texts and images become unit vectors of %d numbers; the cosine of two says how
                well they fit. It was trained with cl2cm from captions in `%s`%s.

                ## Use

                ```
                cl2cm model verify FOLDER
                cl2cm data import --format folder --from pictures --to manifest.jsonl
                cl2cm encode manifest.jsonl %s --to features
                cl2cm index create photos --manifest manifest.jsonl --model FOLDER --features features
                cl2cm search photos "words in any of its languages"
                ```

                From Java: `RetrievalModel.open(folder, ProgressListener.NONE).encodeTexts(texts)`.

                ## What is inside

                | | |
                | --- | --- |
                | `cl2cm.json` | the description: fingerprint, sizes, languages, image encoders, provenance |
                | `model.safetensors` | everything that was trained |
                | `base/` | tokenizer and the %d layers in use of the text encoder `%s`, which never changed |

                Images: %s

                ## How it was trained

                %s

                The settings, as `cl2cm train --config` reads them:

                ```yaml
                %s
                ```

                ## Licence

                The text encoder is under the licence `%s`. The trained weights come from the captions and images that the
                model was trained on: whoever passes the model on answers for their terms and adds them here. Image
                encoders are not part of this folder and have licences of their own.
                """.formatted(
                        languages(model),
                        model.fingerprint(),
                        model.dimension(),
                        model.source(),
                        targets(model),
                        encoders(model),
                        model.text().frozen(),
                        source,
                        images(model),
                        provenance(model),
                        String.valueOf(model.provenance().getOrDefault("config", "not written down"))
                                .strip(),
                        license);
    }

    private static String languages(ModelDescription model) {
        List<String> all = new ArrayList<>(List.of(model.source()));
        all.addAll(model.targets());
        return String.join(", ", all);
    }

    private static String targets(ModelDescription model) {
        return model.targets().isEmpty()
                ? " alone"
                : " and their machine translations into "
                        + model.targets().stream()
                                .map(language -> "`" + language + "`")
                                .collect(Collectors.joining(", "));
    }

    /// The options of `encode`, which has one `--output` for all encoders.
    private static String encoders(ModelDescription model) {
        List<EncoderSource> sources =
                model.encoder().map(EncoderDescription::encoders).orElse(List.of());
        if (sources.isEmpty()) {
            return "--encoder ENCODER";
        }
        EncoderSource first = sources.getFirst();
        boolean same = sources.stream().allMatch(source -> source.output().equals(first.output()));
        return sources.stream().map(source -> "--encoder " + source.name()).collect(Collectors.joining(" "))
                + (same && !first.output().isEmpty() ? " --output " + first.output() : "")
                + (first.pool() > 0 ? " --pool " + first.pool() : "")
                + (first.mirror() ? " --mirror" : "");
    }

    private static String images(ModelDescription model) {
        return model.encoder()
                .map(encoder -> "features of image encoder `" + encoder.fingerprint() + "`"
                        + encoder.encoders().stream()
                                .map(source -> "`" + source.name() + "`")
                                .collect(Collectors.joining(", ", " (", ")"))
                        + ", vectors of " + model.vision().features() + " numbers.")
                .orElse("ready-made features, vectors of " + model.vision().features() + " numbers.");
    }

    private static String provenance(ModelDescription model) {
        return model.provenance().entrySet().stream()
                .filter(entry -> !entry.getKey().equals("config"))
                .map(entry -> "- " + entry.getKey() + (entry.getKey().equals("manifest") ? " (SHA-256)" : "") + ": "
                        + entry.getValue())
                .collect(Collectors.joining("\n"));
    }
}
