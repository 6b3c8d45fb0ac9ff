package org.cl2cm.train;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cl2cm.data.Machine;
import org.cl2cm.data.ProgramVersion;
import org.cl2cm.model.Fingerprint;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.Reranker;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.ScoreCalibration;
import org.cl2cm.model.vision.EncoderDescription;

/// Writes what a run learnt as a model folder, with its provenance.
final class ModelFolder {
    private ModelFolder() {}

    /// @param calibration of each language that has captions to measure it on
    /// @param rerankerWeight of a re-ranker's logits, where there is one
    static Path write(
            Path folder,
            TrainConfig config,
            Networks networks,
            Training.States states,
            int features,
            Map<String, ScoreCalibration> calibration,
            double rerankerWeight)
            throws IOException {
        Map<String, Object> provenance = new LinkedHashMap<>();
        ProgramVersion version = ProgramVersion.current();
        provenance.put("version", version.number());
        provenance.put("revision", version.revision());
        provenance.put("time", Instant.now().toString());
        provenance.put("java", Runtime.version().toString());
        provenance.put("processor", Machine.processor());
        provenance.put("manifest", Fingerprint.ofFile(Path.of(config.data().manifest())));
        provenance.put("config", ConfigFile.write(config));
        RetrievalModel.write(
                folder,
                new ModelDescription(
                        ModelDescription.FORMAT,
                        "",
                        config.dimension(),
                        // Relative to nothing: the model is going to be opened from elsewhere.
                        config.text().model().equals("mbert")
                                ? "mbert"
                                : states.folder().toAbsolutePath().normalize().toString(),
                        Fingerprint.ofFile(states.folder().resolve("model.safetensors")),
                        config.text().maxLength(),
                        config.text().tower(config.dimension()),
                        config.vision().tower(features, config.dimension()),
                        config.data().source(),
                        config.data().targets(),
                        provenance,
                        EncoderDescription.ofFeatures(Path.of(config.data().features()))
                                .orElse(null),
                        calibration.isEmpty() ? null : calibration,
                        null),
                networks.studentParameters());
        if (networks.reranker().isPresent()) {
            Reranker.write(
                    folder,
                    networks.reranker().get().config(),
                    networks.rerankerParameters(),
                    rerankerWeight,
                    config.rerank().candidates());
        }
        return folder;
    }
}
