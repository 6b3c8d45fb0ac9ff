package org.cl2cm.data.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.TextLines;

/// A folder of images or videos, each with its captions beside it, one a line: `dog.jpg`, `dog.txt`, and in other
/// languages `dog.de.txt`.
///
/// The id is the path in the folder without the suffix. A folder `train`, `val` or `test` at the top is a split.
final class FolderImporter implements Importer {
    private static final Set<String> SPLITS = Set.of("train", "val", "test");

    @Override
    public String format() {
        return "folder";
    }

    @Override
    public String description() {
        return "a folder of images and videos with captions beside them: dog.jpg, dog.txt, dog.de.txt";
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        for (ImportSettings.Source source : settings.from()) {
            if (!Files.isDirectory(source.path())) {
                throw DataException.in(source.path(), "is not a folder");
            }
            long found = 0;
            try (Stream<Path> files = Files.walk(source.path())) {
                for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                    if (Names.isMedia(file.getFileName().toString()) && Files.isRegularFile(file)) {
                        found++;
                        readOne(source, file, settings, sink);
                    }
                }
            }
            if (found == 0) {
                throw DataException.in(source.path(), "holds no image and no video");
            }
        }
    }

    private static void readOne(ImportSettings.Source source, Path file, ImportSettings settings, ItemSink sink)
            throws IOException {
        Path relative = source.path().relativize(file);
        String id = Names.withoutMediaSuffix(relative.toString().replace('\\', '/'));
        Optional<String> top = relative.getNameCount() > 1
                        && SPLITS.contains(relative.getName(0).toString())
                ? Optional.of(relative.getName(0).toString())
                : Optional.empty();
        Draft draft = new Draft(id)
                .media(settings.pathOf(file))
                .split(settings.split().or(() -> top));
        String stem = Names.withoutMediaSuffix(file.getFileName().toString());
        try {
            for (Path text : captions(file, stem)) {
                String name = text.getFileName().toString();
                String language = name.length() == stem.length() + 4
                        ? source.language()
                        : name.substring(stem.length() + 1, name.length() - 4);
                for (String line : TextLines.read(text)) {
                    if (!line.isBlank()) {
                        draft.caption(language, line.strip());
                    }
                }
            }
        } catch (DataException e) {
            sink.skip(file.toString(), e.getMessage() == null ? "its captions cannot be read" : e.getMessage());
            return;
        }
        sink.accept(draft.item());
    }

    /// `stem.txt` and `stem.<language>.txt`.
    private static List<Path> captions(Path file, String stem) throws IOException {
        try (Stream<Path> listing = Files.list(file.toAbsolutePath().getParent())) {
            return listing.filter(other -> other.getFileName().toString().startsWith(stem + ".")
                            && other.getFileName()
                                    .toString()
                                    .substring(stem.length())
                                    .matches("(\\.[a-z]{2,3}(-[A-Za-z]+)?)?\\.txt"))
                    .sorted()
                    .toList();
        }
    }
}
