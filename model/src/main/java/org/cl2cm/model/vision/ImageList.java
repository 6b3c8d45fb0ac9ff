package org.cl2cm.model.vision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ImageFile;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.video.VideoFile;
import org.cl2cm.model.Fingerprint;

/// The images and videos to encode, in their order.
///
/// @param entries at least one, with different ids
public record ImageList(List<Entry> entries) {
    /// One image or video, by the suffix of its file.
    ///
    /// @param id of its feature vector, and the beginning of those of a video's frames
    /// @param name what the manifest or folder calls its file, empty when it names none
    /// @param file where it lies, empty when the manifest names no file
    public record Entry(String id, String name, Optional<Path> file) {
        public boolean isVideo() {
            return file.filter(VideoFile::hasName).isPresent();
        }
    }

    public ImageList {
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("no image to encode");
        }
    }

    /// Opens a manifest, or a folder of images and videos.
    ///
    /// @throws DataException for a manifest with a broken line or a folder without images and videos
    public static ImageList open(Path path) throws IOException {
        return Files.isDirectory(path) ? ofFolder(path) : of(Manifest.read(path));
    }

    /// Every item of a manifest, in its order.
    public static ImageList of(Manifest manifest) {
        return new ImageList(manifest.items().stream()
                .map(item -> new Entry(item.id(), item.media().orElse(""), manifest.media(item)))
                .toList());
    }

    /// Every image and video in a folder and the folders in it, by path. The id is the path in the
    /// folder without the suffix.
    ///
    /// @throws DataException when there is none, or two differ in nothing but the suffix
    public static ImageList ofFolder(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(
                            file -> (ImageFile.hasName(file) || VideoFile.hasName(file)) && Files.isRegularFile(file))
                    .toList();
        }
        if (files.isEmpty()) {
            throw DataException.in(folder, "holds no JPEG, PNG, WebP, GIF or BMP image and no video");
        }
        List<Entry> entries = files.stream()
                .map(file -> entry(folder, file))
                .sorted(Comparator.comparing(Entry::name))
                .toList();
        Map<String, String> seen = new HashMap<>();
        for (Entry entry : entries) {
            String other = seen.put(entry.id(), entry.name());
            if (other != null) {
                throw DataException.in(
                        folder,
                        other + " and " + entry.name() + " would both have the id \"" + entry.id()
                                + "\"; rename one of them");
            }
        }
        return new ImageList(entries);
    }

    private static Entry entry(Path folder, Path file) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        return new Entry(name.substring(0, name.lastIndexOf('.')), name, Optional.of(file));
    }

    public boolean hasVideos() {
        return entries.stream().anyMatch(Entry::isVideo);
    }

    /// The first `count` images, or all when there are fewer.
    public ImageList first(int count) {
        return new ImageList(entries.subList(0, Math.min(count, entries.size())));
    }

    /// SHA-256 of ids and names in their order.
    String fingerprint() {
        return Fingerprint.ofText(
                entries.stream().map(entry -> entry.id() + "\t" + entry.name()).collect(Collectors.joining("\n")));
    }
}
