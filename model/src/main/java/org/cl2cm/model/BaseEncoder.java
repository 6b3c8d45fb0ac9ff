package org.cl2cm.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;

/// The pre-trained text encoder below a trained model: multilingual BERT in the cache, a folder, or the copy that the
/// model carries.
///
/// @param model the model's folder, for messages
/// @param folder where the encoder lies, or is going to
/// @param fetchable whether it is brought when it is not there
/// @param fingerprint SHA-256 that its weights must have
record BaseEncoder(Path model, Path folder, boolean fetchable, String fingerprint) {
    static final String WEIGHTS = "model.safetensors";
    private static final String MBERT = "mbert";

    static BaseEncoder of(Path model, ModelDescription description) {
        ModelDescription.BaseCopy copy = description.baseCopy();
        if (copy != null) {
            return new BaseEncoder(model, model.resolve(copy.folder()), false, copy.sha256());
        }
        boolean mbert = description.base().equals(MBERT);
        Path folder = mbert ? MultilingualBert.folder(CacheFolder.home()) : Path.of(description.base());
        return new BaseEncoder(model, folder, mbert, description.baseFingerprint());
    }

    /// Brings the encoder where that is possible.
    ///
    /// @return its folder
    /// @throws DataException when it is not there
    Path get(ProgressListener progress) throws IOException {
        if (fetchable) {
            return MultilingualBert.get(CacheFolder.home(), progress);
        }
        if (!Files.isDirectory(folder)) {
            throw DataException.in(
                    folder,
                    "no such folder; it is the text encoder that " + model
                            + " was trained on. Put it back, or \"model export\" the model where the encoder is");
        }
        return folder;
    }

    /// @throws DataException when the weights are not those that the model was trained on
    void check() throws IOException {
        Path weights = folder.resolve(WEIGHTS);
        if (!Files.isRegularFile(weights)) {
            throw DataException.in(weights, "no such file; " + model + " needs it");
        }
        if (!Fingerprint.ofFile(weights).equals(fingerprint)) {
            throw DataException.in(weights, "is not the encoder that " + model + " was trained on (SHA-256)");
        }
    }
}
