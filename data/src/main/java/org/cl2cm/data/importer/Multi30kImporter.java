package org.cl2cm.data.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.TextLines;

/// Multi30K (Elliott et al., 2016): `<split>.<language>` line files (task 1), or `<split>.<1-5>.<language>` (task 2),
/// with image lists `<split>.txt` or `<split>_images.txt`; in one folder or in `raw` and `image_splits` below it.
///
/// Its German, French and Czech sentences are by people, so they become captions. `test_2016_flickr` is the split
/// `test`;
/// the other test sets keep their names.
final class Multi30kImporter implements Importer {
    private static final Pattern LINES = Pattern.compile("(.+?)(?:\\.(\\d))?\\.([a-z]{2})");
    private static final Pattern LIST = Pattern.compile("(.+?)(?:_images)?\\.txt");

    @Override
    public String format() {
        return "multi30k";
    }

    @Override
    public String description() {
        return "Multi30K folder: line files <split>.<language> and image lists <split>.txt";
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        for (ImportSettings.Source source : settings.from()) {
            Map<String, List<Path>> captions = new TreeMap<>();
            Map<String, Path> lists = new TreeMap<>();
            find(source.path(), captions, lists);
            if (captions.isEmpty()) {
                throw DataException.in(source.path(), "holds no line files such as train.en, here or in raw");
            }
            for (Map.Entry<String, List<Path>> split : captions.entrySet()) {
                Path list = lists.get(split.getKey());
                if (list == null) {
                    throw DataException.in(
                            split.getValue().getFirst(),
                            "has no list of images: expected " + split.getKey() + ".txt beside it or in image_splits");
                }
                readSplit(split.getKey(), list, split.getValue(), settings, sink);
            }
        }
    }

    private static void find(Path folder, Map<String, List<Path>> captions, Map<String, Path> lists)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            throw DataException.in(folder, "is not a folder");
        }
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = file.getFileName().toString();
                Matcher lines = LINES.matcher(name);
                Matcher list = LIST.matcher(name);
                if (list.matches()) {
                    lists.put(list.group(1), file);
                } else if (lines.matches()) {
                    captions.computeIfAbsent(lines.group(1), key -> new ArrayList<>())
                            .add(file);
                }
            }
        }
    }

    private static void readSplit(String name, Path list, List<Path> captions, ImportSettings settings, ItemSink sink)
            throws IOException {
        Optional<String> split =
                Optional.of(name.equals("test_2016_flickr") || name.equals("test_2016") ? "test" : name);
        List<Draft> drafts = new ArrayList<>();
        TextLines.forEach(list, (line, text) -> {
            // COCO images are written name.jpg#caption; one image may stand there twice.
            String image = text.strip();
            int mark = image.indexOf('#');
            String media = mark < 0 ? image : image.substring(0, mark);
            String id = Names.withoutMediaSuffix(media) + (mark < 0 ? "" : image.substring(mark));
            if (id.isEmpty()) {
                throw DataException.at(list, line, "an empty line where an image is expected");
            }
            drafts.add(new Draft(id).media(settings.mediaOf(media)).split(split));
        });
        for (Path file : captions) {
            Matcher matcher = LINES.matcher(file.getFileName().toString());
            String language = matcher.matches() ? matcher.group(3) : "en";
            AlignedLines.read(
                    file,
                    list,
                    drafts.size(),
                    (index, text) -> drafts.get(index).caption(language, text));
        }
        for (Draft draft : drafts) {
            sink.accept(draft.item());
        }
    }
}
