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

/// XTD10 (Aggarwal and Kale, 2020): `test_image_names.txt` and `test_1kcaptions_<language>.txt` in a folder or the
/// folders in it; one caption an image and language, by line.
final class Xtd10Importer implements Importer {
    private static final Pattern CAPTIONS = Pattern.compile("test_1kcaptions_([A-Za-z-]+)\\.txt");

    @Override
    public String format() {
        return "xtd10";
    }

    @Override
    public String description() {
        return "XTD10 folder: test_image_names.txt and test_1kcaptions_<language>.txt";
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        for (ImportSettings.Source source : settings.from()) {
            Map<String, Path> captions = new TreeMap<>();
            List<Path> names = new ArrayList<>();
            try (Stream<Path> files = Files.walk(source.path(), 2)) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    Matcher matcher = CAPTIONS.matcher(name);
                    if (matcher.matches()) {
                        // The files say jp; the language code is ja.
                        String language = matcher.group(1).equals("jp") ? "ja" : matcher.group(1);
                        captions.putIfAbsent(language, file);
                    } else if (name.equals("test_image_names.txt")) {
                        names.add(file);
                    }
                }
            }
            if (names.isEmpty() || captions.isEmpty()) {
                throw DataException.in(
                        source.path(), "holds no test_image_names.txt or no test_1kcaptions_<language>.txt");
            }
            read(names.getFirst(), captions, settings, sink);
        }
    }

    private static void read(Path names, Map<String, Path> captions, ImportSettings settings, ItemSink sink)
            throws IOException {
        List<Draft> drafts = new ArrayList<>();
        TextLines.forEach(
                names,
                (line, name) -> drafts.add(new Draft(Names.withoutMediaSuffix(name.strip()))
                        .media(settings.mediaOf(name.strip()))
                        .split(settings.split().or(() -> Optional.of("test")))));
        for (Map.Entry<String, Path> entry : captions.entrySet()) {
            AlignedLines.read(
                    entry.getValue(),
                    names,
                    drafts.size(),
                    (index, text) -> drafts.get(index).caption(entry.getKey(), text));
        }
        for (Draft draft : drafts) {
            sink.accept(draft.item());
        }
    }
}
