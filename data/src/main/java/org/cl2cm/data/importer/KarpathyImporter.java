package org.cl2cm.data.importer;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// The split files of Karpathy and Fei-Fei (CVPR 2015): `dataset_coco.json`, `dataset_flickr30k.json` and the like.
///
/// `restval` counts as `train`, as everybody does.
final class KarpathyImporter implements Importer {
    @Override
    public String format() {
        return "karpathy";
    }

    @Override
    public String description() {
        return "Karpathy split JSON (dataset_coco.json, dataset_flickr30k.json, ...)";
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        for (ImportSettings.Source source : settings.from()) {
            JsonEntry.forEach(source.path(), Map.of("images", image -> {
                String name = image.text("filename");
                String folder =
                        image.optionalText("filepath").map(path -> path + "/").orElse("");
                Optional<String> split = image.optionalText("split").map(s -> s.equals("restval") ? "train" : s);
                Draft draft = new Draft(Names.withoutMediaSuffix(name))
                        .media(settings.mediaOf(folder + name))
                        .split(split.or(settings::split));
                for (JsonEntry sentence : image.entries("sentences")) {
                    draft.caption(source.language(), sentence.text("raw").strip());
                }
                Optional<String> coco = image.optionalText("cocoid");
                coco.ifPresent(id -> draft.meta("cocoid", id));
                sink.accept(draft.item());
            }));
        }
    }
}
