package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.MomentCut;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.FieldType;
import org.cl2cm.search.Moments;
import org.cl2cm.search.VectorItem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which items go into a collection and where their vectors come from.
final class GalleryOptions {
    @Option(names = "--split", paramLabel = "NAME", description = "only the items of this split, e.g. test")
    private @Nullable String split;

    @Option(names = "--model", paramLabel = "FOLDER", description = "the trained model; collections remember it")
    private @Nullable Path model;

    @Option(
            names = "--features",
            paramLabel = "STORE",
            description = "image and video features the model turns into vectors (.npy, BigFile or folder of parts)")
    private @Nullable Path features;

    @Option(names = "--vectors", paramLabel = "STORE", description = "ready vectors instead of features: .npy + ids")
    private @Nullable Path vectors;

    @Option(
            names = "--fingerprint",
            paramLabel = "TEXT",
            description = "with --vectors and no --model: what made them; other queries are refused (default: "
                    + GalleryVectors.UNNAMED + ")")
    private @Nullable String fingerprint;

    @Option(
            names = "--cut",
            paramLabel = "HOW",
            defaultValue = "shots",
            description =
                    "how videos are cut into moments: shots, whole, or windows in seconds, e.g. 10, or 10/5 for one"
                            + " every 5 seconds (default: ${DEFAULT-VALUE})")
    private String cut = "shots";

    /// The items asked for.
    ///
    /// @throws DataException when there are none
    List<Item> items(Manifest read) throws DataException {
        if (split == null) {
            return read.items();
        }
        List<Item> items = read.split(split);
        if (items.isEmpty()) {
            throw DataException.in(read.file(), "no item is of split \"" + split + "\"");
        }
        return items;
    }

    /// @throws DataException when it is none
    MomentCut cut() throws DataException {
        try {
            return MomentCut.parse(cut);
        } catch (IllegalArgumentException e) {
            throw new DataException("--cut " + e.getMessage(), e);
        }
    }

    /// @param beside fingerprint of the model whose vectors they are to stand beside, where there are
    ///     some
    GalleryVectors vectors(Optional<String> beside) throws IOException {
        return GalleryVectors.open(
                Optional.ofNullable(model),
                Optional.ofNullable(features),
                Optional.ofNullable(vectors),
                Optional.ofNullable(fingerprint),
                cut(),
                beside);
    }

    /// The declared fields of a collection; one with videos has those of their moments besides.
    static Map<String, FieldType> declared(Map<String, FieldType> fields, boolean videos) {
        Map<String, FieldType> all = new LinkedHashMap<>(fields);
        if (videos) {
            Moments.FIELDS.forEach(all::putIfAbsent);
        }
        return all;
    }

    Optional<Path> model() {
        return Optional.ofNullable(model);
    }

    /// Whether ready features or vectors are named.
    boolean hasStore() {
        return features != null || vectors != null;
    }

    /// What the collection keeps of an item.
    ///
    /// @param info of the collection: media outside its media root is kept with its absolute path;
    ///     what the item's `meta` says of the declared fields is kept too
    static Map<String, String> fields(Manifest manifest, Item item, CollectionInfo info) {
        Optional<String> root = info.mediaRoot();
        Map<String, String> fields = new LinkedHashMap<>();
        manifest.media(item).ifPresent(media -> {
            boolean below = root.isPresent() && media.normalize().startsWith(root.get());
            Path kept = below ? Path.of(root.orElseThrow()).relativize(media.normalize()) : media.normalize();
            fields.put(VectorItem.MEDIA, kept.toString());
        });
        item.split().ifPresent(name -> fields.put("split", name));
        item.captions().forEach((language, captions) -> {
            List<String> lines = new ArrayList<>();
            captions.forEach(caption -> lines.add(caption.replaceAll("\\R", " ")));
            fields.put(VectorItem.CAPTION + language, String.join("\n", lines));
        });
        for (String field : info.fields().keySet()) {
            Object value = item.meta().get(field);
            if (value instanceof List<?> several) {
                fields.put(field, several.stream().map(GalleryOptions::line).collect(Collectors.joining("\n")));
            } else if (value != null) {
                fields.put(field, line(value));
            }
        }
        return fields;
    }

    private static String line(@Nullable Object value) {
        return String.valueOf(value).replaceAll("\\R", " ");
    }

    static String root(Manifest manifest) {
        Path folder = manifest.file().toAbsolutePath().normalize().getParent();
        return String.valueOf(folder);
    }
}
