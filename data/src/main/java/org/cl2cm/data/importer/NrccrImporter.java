package org.cl2cm.data.importer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.TextLines;
import org.jspecify.annotations.Nullable;

/// The caption files of NRCCR (Wang et al., ACM MM 2022): lines `<visual id>#<tag>#<n> <caption>` in `*.caption.txt`,
/// with lists of ids `*train.txt`, `*val.txt`, `*test.txt`.
///
/// What a tag means is said by the user: `enc=en` human captions, `zhg=zh.google` machine translations of the English
/// caption of the same number, `old=` to leave a tag out.
final class NrccrImporter implements Importer {
    private static final String SOURCE_LANGUAGE = "en";

    @Override
    public String format() {
        return "nrccr";
    }

    @Override
    public String description() {
        return "NRCCR folder: *.caption.txt and split lists; needs --tag enc=en --tag zhg=zh.google";
    }

    /// One caption with the line it stands in.
    private record Caption(Path file, long line, String text) {}

    /// Captions of one visual by meaning (`en`, `zh.google`) and number.
    private static final class Visual {
        final String name;
        final Map<String, TreeMap<Integer, Caption>> captions = new TreeMap<>();

        Visual(String name) {
            this.name = name;
        }
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        List<Path> files = files(settings);
        Map<String, Visual> visuals = new LinkedHashMap<>();
        Map<String, String> splits = new HashMap<>();
        for (Path file : files) {
            if (file.getFileName().toString().endsWith(".caption.txt")) {
                readCaptions(file, settings.tags(), visuals);
            } else {
                readSplit(file, splits);
            }
        }
        if (visuals.isEmpty()) {
            throw DataException.in(settings.from().getFirst().path(), "holds no *.caption.txt with captions");
        }
        for (Map.Entry<String, Visual> entry : visuals.entrySet()) {
            String id = entry.getKey();
            Visual visual = entry.getValue();
            Draft draft =
                    new Draft(id).split(Optional.ofNullable(splits.get(id)).or(settings::split));
            if (Names.isMedia(visual.name) || settings.mediaSuffix().isPresent()) {
                draft.media(settings.mediaOf(visual.name));
            }
            addTexts(draft, visual);
            sink.accept(draft.item());
        }
    }

    private static List<Path> files(ImportSettings settings) throws IOException {
        List<Path> files = new ArrayList<>();
        for (ImportSettings.Source source : settings.from()) {
            if (Files.isDirectory(source.path())) {
                try (Stream<Path> listing = Files.list(source.path())) {
                    listing.filter(file -> file.toString().endsWith(".caption.txt")
                                    || file.toString().matches(".*(train|val|test)\\.txt"))
                            .sorted()
                            .forEach(files::add);
                }
            } else {
                files.add(source.path());
            }
        }
        return files;
    }

    private static void readCaptions(Path file, Map<String, String> tags, Map<String, Visual> visuals)
            throws IOException {
        TextLines.forEach(file, (line, text) -> {
            int space = text.indexOf(' ');
            String key = space < 0 ? text : text.substring(0, space);
            int number = key.lastIndexOf('#');
            int tag = number < 0 ? -1 : key.lastIndexOf('#', number - 1);
            if (tag <= 0 || !key.substring(number + 1).matches("\\d{1,6}")) {
                throw DataException.at(file, line, "expected <visual id>#<tag>#<number> <caption>");
            }
            String name = key.substring(tag + 1, number);
            String meaning = tags.get(name);
            if (meaning == null) {
                throw DataException.at(
                        file,
                        line,
                        "tag \"" + name + "\" is not explained: add --tag " + name + "=en for human captions or --tag "
                                + name + "=zh.google for machine translations");
            }
            if (meaning.isEmpty()) {
                return;
            }
            String visual = key.substring(0, tag);
            int position = Integer.parseInt(key.substring(number + 1));
            Caption caption = new Caption(
                    file, line, space < 0 ? "" : text.substring(space + 1).strip());
            Caption before = visuals.computeIfAbsent(Names.withoutMediaSuffix(visual), id -> new Visual(visual))
                    .captions
                    .computeIfAbsent(meaning, key2 -> new TreeMap<>())
                    .put(position, caption);
            if (before != null) {
                throw DataException.at(file, line, "\"" + key + "\" stands in line " + before.line() + " already");
            }
        });
    }

    private static void readSplit(Path file, Map<String, String> splits) throws IOException {
        String split = Names.split(file)
                .orElseThrow(() -> DataException.in(file, "is neither *.caption.txt nor a list *train/val/test.txt"));
        TextLines.forEach(file, (line, text) -> {
            String id = Names.withoutMediaSuffix(text.strip());
            String before = id.isEmpty() ? null : splits.put(id, split);
            if (before != null && !before.equals(split)) {
                throw DataException.at(file, line, "\"" + id + "\" is in the split " + before + " as well");
            }
        });
    }

    private static void addTexts(Draft draft, Visual visual) throws DataException {
        TreeMap<Integer, Caption> english = visual.captions.getOrDefault(SOURCE_LANGUAGE, new TreeMap<>());
        for (Map.Entry<String, TreeMap<Integer, Caption>> entry : visual.captions.entrySet()) {
            String meaning = entry.getKey();
            TreeMap<Integer, Caption> captions = entry.getValue();
            if (!meaning.contains(".")) {
                captions.values().forEach(caption -> draft.caption(meaning, caption.text()));
                continue;
            }
            for (Map.Entry<Integer, Caption> caption : captions.entrySet()) {
                if (!english.containsKey(caption.getKey())) {
                    throw DataException.at(
                            caption.getValue().file(),
                            caption.getValue().line(),
                            "translates caption " + caption.getKey() + " of \"" + draft.id
                                    + "\", which has no such English caption");
                }
            }
            List<@Nullable String> texts = new ArrayList<>();
            for (int number : english.keySet()) {
                Caption caption = captions.get(number);
                texts.add(caption == null || caption.text().isEmpty() ? null : caption.text());
            }
            draft.translations(meaning, texts);
        }
    }
}
