package org.cl2cm.data.importer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an importer is told.
///
/// @param from the files and folders to read
/// @param manifest where the manifest will be written; media paths are made relative to its folder
/// @param media the folder with the images or videos that the files name; empty: beside the manifest
/// @param mediaSuffix what to append to media names that have no suffix, e.g. `.mp4`
/// @param split the split of all items, for formats that do not say it
/// @param tags what the tags of NRCCR files mean: `enc` to `en` (human) or `zhg` to `zh.google` (machine translation)
public record ImportSettings(
        List<Source> from,
        Path manifest,
        Optional<Path> media,
        Optional<String> mediaSuffix,
        Optional<String> split,
        Map<String, String> tags) {

    /// One file or folder to read.
    ///
    /// @param language of its captions, for formats that do not say it
    public record Source(Path path, String language) {}

    public ImportSettings {
        if (from.isEmpty()) {
            throw new IllegalArgumentException("nothing to import from");
        }
        from = List.copyOf(from);
        tags = Map.copyOf(tags);
    }

    /// Plain settings: English, nothing else said.
    public static ImportSettings of(Path from, Path manifest) {
        return new ImportSettings(
                List.of(new Source(from, "en")),
                manifest,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /// How the manifest names the media file that the format calls `name`.
    String mediaOf(String name) {
        String whole = hasSuffix(name) ? name : name + mediaSuffix.orElse("");
        return media.map(folder -> pathOf(folder.resolve(whole))).orElse(whole);
    }

    private static boolean hasSuffix(String name) {
        return name.matches(".*\\.[A-Za-z0-9]{2,4}");
    }

    /// How the manifest names `file`: relative when it lies under the manifest's folder, else absolute.
    String pathOf(Path file) {
        Path folder = manifest.toAbsolutePath().normalize().getParent();
        Path absolute = file.toAbsolutePath().normalize();
        Path named = folder != null && absolute.startsWith(folder) ? folder.relativize(absolute) : absolute;
        return named.toString().replace('\\', '/');
    }
}
