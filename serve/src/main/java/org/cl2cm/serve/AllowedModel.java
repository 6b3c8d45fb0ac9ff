package org.cl2cm.serve;

import java.nio.file.Path;
import java.util.Optional;

/// A model that clients may give to a collection, by a name and never by a path.
///
/// @param folder of the model
/// @param features a store of image features made by the model's image encoders; items that are in it
///     need not be encoded from their pictures
public record AllowedModel(Path folder, Optional<Path> features) {
    public AllowedModel {
        folder = folder.toAbsolutePath().normalize();
    }
}
