package org.cl2cm.data.scene;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;

/// Writes a data set of drawn scenes: pictures of one or two groups of objects with colours, sizes, counts, places and
/// relations, English captions, correct captions in other languages, and noisy translations.
///
/// ```
/// manifest.jsonl                 train, val, test; captions.en everywhere, the other languages in val and test
/// images/<id>.png
/// translations/<lang>.mt.jsonl   simulated machine translations of captions.en, train and val
/// scenes.json                    the options
/// ```
///
/// All of it follows from the options alone, byte for byte on one Java version. A run that was killed is repaired by
/// the same run again: every file appears whole, the manifest last.
public final class SceneDataSet {
    /// Raised whenever equal options would make other bytes than before.
    private static final int VERSION = 2;

    private static final ObjectMapper JSON = new ObjectMapper();

    private SceneDataSet() {}

    /// Writes the whole set into `folder`, which is created when missing.
    ///
    /// @return the manifest's path
    /// @throws DataException when the folder already holds something else: another manifest, or scenes of
    ///     other options
    public static Path write(Path folder, SceneOptions options, ProgressListener progress) throws IOException {
        Path manifest = folder.resolve("manifest.jsonl");
        claim(folder, manifest, options);
        List<SceneItem> items = items(options);
        Painter painter = new Painter(options.pixels());
        for (int i = 0; i < items.size(); i++) {
            SceneItem item = items.get(i);
            byte[] png = png(painter, item, options);
            AtomicFile.write(folder.resolve(item.media()), out -> out.write(png));
            progress.update(i + 1, items.size(), "");
        }
        for (String language : options.languages()) {
            translations(folder, language, items);
        }
        List<Item> lines = new ArrayList<>();
        items.forEach(item -> lines.add(item.item()));
        Manifest.of(manifest, lines).write(manifest);
        return manifest;
    }

    /// The items in the manifest's order.
    static List<SceneItem> items(SceneOptions options) {
        SceneSampler sampler = new SceneSampler();
        List<SceneItem> items = new ArrayList<>();
        Map<String, Integer> splits = new LinkedHashMap<>();
        splits.put("train", options.train());
        splits.put("val", options.val());
        splits.put("test", options.test());
        splits.forEach((split, size) -> {
            for (int i = 0; i < size; i++) {
                String id = String.format(Locale.ROOT, "%s-%05d", split, i);
                Scene scene = sampler.next(SceneItem.random(options, id, "scene"));
                items.add(SceneItem.of(id, split, scene, options));
            }
        });
        return items;
    }

    /// Makes the folder this set's, or finds that it is.
    private static void claim(Path folder, Path manifest, SceneOptions options) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("version", VERSION);
        fields.put("options", options);
        String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n";
        Path mark = folder.resolve("scenes.json");
        if (Files.exists(mark)) {
            if (!Files.readString(mark).equals(text)) {
                throw DataException.in(
                        mark, "the folder holds scenes of other options; name another folder or remove it");
            }
        } else if (Files.exists(manifest)) {
            throw DataException.in(manifest, "the folder holds another data set; name another folder");
        } else {
            AtomicFile.write(mark, text);
        }
    }

    private static byte[] png(Painter painter, SceneItem item, SceneOptions options) throws IOException {
        BufferedImage picture = painter.paint(item.scene(), SceneItem.random(options, item.id(), "picture"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // In memory: the stream that ImageIO would open of itself goes through a temporary file.
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(picture, "png", out)) {
                throw new IOException("this Java has no PNG writer");
            }
        }
        return bytes.toByteArray();
    }

    private static void translations(Path folder, String language, List<SceneItem> items) throws IOException {
        AtomicFile.write(folder.resolve("translations").resolve(language + ".mt.jsonl"), out -> {
            for (SceneItem item : items) {
                List<Translation> lines = item.translations().getOrDefault(language, List.of());
                if (!lines.isEmpty()) {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("id", item.id());
                    fields.put(language, lines.stream().map(Translation::text).toList());
                    out.write(JSON.writeValueAsBytes(fields));
                    out.write('\n');
                }
            }
        });
    }
}
