package org.cl2cm.data.importer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.JsonLines;

/// Crossmodal-3600 `captions.jsonl` (Thapliyal et al., EMNLP 2022): human captions of 3,600 images in 36 languages.
final class Xm3600Importer implements Importer {
    @Override
    public String format() {
        return "xm3600";
    }

    @Override
    public String description() {
        return "Crossmodal-3600 captions.jsonl, 36 languages";
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        for (ImportSettings.Source source : settings.from()) {
            JsonLines.forEach(source.path(), (line, node) -> {
                String id = JsonLines.text(source.path(), line, node, "image/key");
                Draft draft = new Draft(id)
                        .media(settings.mediaOf(id + settings.mediaSuffix().orElse(".jpg")))
                        .split(settings.split().or(() -> Optional.of("test")));
                JsonLines.optionalText(source.path(), line, node, "image/locale")
                        .ifPresent(locale -> draft.meta("locale", locale));
                for (Map.Entry<String, JsonNode> entry : node.properties()) {
                    if (entry.getValue().isObject() && entry.getValue().has("caption")) {
                        JsonEntry language = new JsonEntry(
                                source.path(), "line " + line + ", \"" + entry.getKey() + "\"", entry.getValue());
                        draft.captions(entry.getKey(), language.texts("caption"));
                    }
                }
                sink.accept(draft.item());
            });
        }
    }
}
