package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.evaluate.CalibrationFit;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.ScoreCalibration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "calibrate",
        description = {
            "Measure what a model's scores are worth, in each language, and write it into the model folder.",
            "",
            "  model calibrate runs/first/model --manifest photos.jsonl --features features --split val",
            "",
            "Training does this on its validation split. Do it again on pictures and queries of your own: they decide"
                    + " how likely a score is right. The model's vectors and fingerprint stay.",
        },
        mixinStandardHelpOptions = true)
final class ModelCalibrateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FOLDER", description = "a trained model, e.g. RUN/model")
    private Path folder = Path.of("");

    @Option(names = "--manifest", required = true, paramLabel = "FILE", description = "manifest.jsonl")
    private Path manifest = Path.of("");

    @Option(names = "--features", required = true, paramLabel = "STORE", description = "feature store of the images")
    private Path features = Path.of("");

    @Option(
            names = "--split",
            defaultValue = "val",
            description = "images and human captions that the model did not learn from (default: ${DEFAULT-VALUE})")
    private String split = "val";

    @Option(names = "--language", split = ",", description = "default: every language with captions in the split")
    private List<String> languages = List.of();

    @Override
    public Integer call() throws IOException {
        List<Item> items = Manifest.read(manifest).split(split);
        if (items.size() < 2) {
            throw DataException.in(manifest, "the split \"" + split + "\" has " + items.size() + " items");
        }
        try (RetrievalModel model = RetrievalModel.open(folder, (done, total, detail) -> {});
                FeatureStore store = FeatureStore.open(features)) {
            model.description().checkFeatures(features);
            List<String> ids = items.stream().map(Item::id).toList();
            float[] gallery = model.encodeFeatures(store, ids);
            Map<String, ScoreCalibration> calibration = new LinkedHashMap<>();
            if (model.description().calibration() != null) {
                calibration.putAll(model.description().calibration());
            }
            for (String language : CaptionQueries.languages(manifest, split, items, languages)) {
                CalibrationFit fit = CalibrationFit.of(CaptionQueries.of(model, items, ids, gallery, language));
                calibration.put(
                        language, new ScoreCalibration(fit.slope(), fit.intercept(), fit.queries(), fit.gallery()));
                spec.commandLine()
                        .getOut()
                        .printf(
                                Locale.ROOT,
                                "%s: slope %.3f, intercept %.3f, from %d queries over %d images%n",
                                language,
                                fit.slope(),
                                fit.intercept(),
                                fit.queries(),
                                fit.gallery());
            }
            model.description().withCalibration(calibration).save(folder);
        }
        return ExitCode.DONE;
    }
}
