package org.cl2cm.data.importer;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// COCO `captions_*.json` and what is shaped like it (STAIR captions in Japanese). Several files of different
/// languages over the same images become one item an image.
///
/// The id is the name of the image file without its suffix, as in the Karpathy splits.
final class CocoImporter implements Importer {
    @Override
    public String format() {
        return "coco";
    }

    @Override
    public String description() {
        return "COCO captions_*.json; several languages: --from captions_val2014.json --from ja=stair_val.json";
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        Map<String, Draft> drafts = new LinkedHashMap<>();
        for (ImportSettings.Source source : settings.from()) {
            Map<String, Draft> images = new HashMap<>();
            // The lists may stand in either order, so the file is read once for each.
            JsonEntry.forEach(source.path(), Map.of("images", image -> {
                String name = image.text("file_name");
                String id = Names.withoutMediaSuffix(name);
                Draft draft = drafts.computeIfAbsent(
                        id,
                        key -> new Draft(key)
                                .media(settings.mediaOf(name))
                                .split(settings.split().or(() -> Names.split(source.path()))));
                if (images.put(image.text("id"), draft) != null) {
                    throw image.wrong("image id " + image.text("id") + " stands in the file twice");
                }
            }));
            JsonEntry.forEach(source.path(), Map.of("annotations", annotation -> {
                String image = annotation.text("image_id");
                Draft draft = images.get(image);
                if (draft == null) {
                    throw annotation.wrong("image_id " + image + " is not among the images");
                }
                draft.caption(source.language(), annotation.text("caption").strip());
            }));
        }
        for (Draft draft : drafts.values()) {
            sink.accept(draft.item());
        }
    }
}
