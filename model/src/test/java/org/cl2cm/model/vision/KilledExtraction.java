package org.cl2cm.model.vision;

import java.io.IOException;
import java.nio.file.Path;

/// The job of [FeatureExtractionTest] in a process of its own, which is killed. Arguments: images,
/// encoder, target.
final class KilledExtraction {
    private KilledExtraction() {}

    public static void main(String[] arguments) throws IOException {
        try (OnnxImageEncoder encoder =
                OnnxImageEncoder.open(Path.of(arguments[1]), OnnxImageEncoder.Options.defaults())) {
            new FeatureExtraction(
                            encoder,
                            ImageList.open(Path.of(arguments[0])),
                            FeatureExtractionTest.SETTINGS,
                            (done, total, detail) -> pause())
                    .run(Path.of(arguments[2]));
        }
    }

    /// Slow enough that the other process can choose when to kill.
    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
