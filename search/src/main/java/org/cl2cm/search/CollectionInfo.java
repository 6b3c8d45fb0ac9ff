package org.cl2cm.search;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a collection is: written when it is created, the same ever after.
///
/// @param name letters, digits, `.`, `_` and `-` of any script, beginning with a letter or digit, at
///     most 64
/// @param dimension floats in a vector
/// @param model fingerprint of the model that made the vectors
/// @param encoder fingerprint of the image encoder below the model, where known
/// @param engine that holds it: `lucene` inside this process, or what an [EngineProvider] is called
/// @param modelFolder where that model lay, so that text queries need not name it
/// @param mediaRoot the folder that media paths are relative to
/// @param fields the declared fields, which filters can ask for
public record CollectionInfo(
        String name,
        int dimension,
        String model,
        Optional<String> encoder,
        String engine,
        Instant created,
        Optional<String> modelFolder,
        Optional<String> mediaRoot,
        Map<String, FieldType> fields) {
    /// The engine inside this process.
    public static final String LUCENE = "lucene";

    /// Floats in the longest vector.
    public static final int MAX_DIMENSION = 4096;

    private static final int MOST_FIELDS = 200;
    private static final Pattern ENGINE = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Pattern FIELD = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}._-]{0,63}");
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._-]{0,63}");

    public CollectionInfo {
        checkName(name);
        if (dimension < 1 || dimension > MAX_DIMENSION) {
            throw new IllegalArgumentException("dimension " + dimension + "; 1 to " + MAX_DIMENSION + " are possible");
        }
        if (model.isBlank()) {
            throw new IllegalArgumentException("a collection needs the fingerprint of its model");
        }
        fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        if (fields.size() > MOST_FIELDS) {
            throw new IllegalArgumentException(fields.size() + " fields; at most " + MOST_FIELDS + " can be declared");
        }
        fields.keySet().forEach(CollectionInfo::checkField);
        if (!ENGINE.matcher(engine).matches()) {
            throw new IllegalArgumentException("\"" + engine + "\" is no name of an engine");
        }
    }

    /// A collection of the embedded engine, created now.
    public static CollectionInfo of(String name, int dimension, String model) {
        return new CollectionInfo(
                name,
                dimension,
                model,
                Optional.empty(),
                LUCENE,
                Instant.now(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /// The same under another name.
    public CollectionInfo withName(String other) {
        return new CollectionInfo(other, dimension, model, encoder, engine, created, modelFolder, mediaRoot, fields);
    }

    /// The same in another engine.
    public CollectionInfo withEngine(String other) {
        return new CollectionInfo(name, dimension, model, encoder, other, created, modelFolder, mediaRoot, fields);
    }

    /// The same with the model and the media in other places.
    public CollectionInfo withPlaces(Optional<String> otherModelFolder, Optional<String> otherMediaRoot) {
        return new CollectionInfo(
                name, dimension, model, encoder, engine, created, otherModelFolder, otherMediaRoot, fields);
    }

    /// The same with declared fields.
    public CollectionInfo withFields(Map<String, FieldType> declared) {
        return new CollectionInfo(name, dimension, model, encoder, engine, created, modelFolder, mediaRoot, declared);
    }

    private static void checkField(String field) {
        if (!FIELD.matcher(field).matches()
                || field.equals(VectorItem.MEDIA)
                || field.equals(VectorItem.DIGEST)
                || field.startsWith(VectorItem.CAPTION)) {
            throw new IllegalArgumentException("\"" + field
                    + "\" is no name for a declared field: use at most 64 letters,"
                    + " digits, \".\", \"_\" and \"-\", beginning with a letter; \"" + VectorItem.MEDIA + "\", \""
                    + VectorItem.DIGEST + "\" and \"" + VectorItem.CAPTION + "...\" are taken");
        }
    }

    /// @throws IllegalArgumentException when `name` is none that a collection may have; such a name
    ///     never leaves the folder of collections
    public static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" is no name for a collection: use at most 64 letters, "
                    + "digits, \".\", \"_\" and \"-\", beginning with a letter or digit");
        }
    }

    /// @throws IllegalArgumentException when `fingerprint` is another model's, naming both
    public void checkModel(String fingerprint) {
        if (!fingerprint.equals(model)) {
            throw new IllegalArgumentException("collection \"" + name + "\" holds vectors of model " + model
                    + ", but model " + fingerprint + " was given; use the collection's own model, or create a new "
                    + "collection with the other one");
        }
    }
}
