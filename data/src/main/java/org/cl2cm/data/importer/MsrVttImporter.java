package org.cl2cm.data.importer;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// MSR-VTT (Xu et al., CVPR 2016): `videodatainfo.json` with a list `videos` (`video_id`, `split`,
/// `category`, `url`,
/// `start time`, `end time`) and a list `sentences` (`video_id`, `caption`). Files of translated
/// sentences over the same
/// videos (MSR-VTT-it) have the same shape and become captions of their language.
///
/// Its split `validate` becomes `val`. Where a clip lies in the video of its address is kept under
/// `meta`.
final class MsrVttImporter implements Importer {
    @Override
    public String format() {
        return "msrvtt";
    }

    @Override
    public String description() {
        return "MSR-VTT videodatainfo.json: videos and sentences; another language: --from it=videodatainfo_it.json";
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        Map<String, Draft> drafts = new LinkedHashMap<>();
        for (ImportSettings.Source source : settings.from()) {
            // The lists may stand in either order, so the file is read once for each.
            JsonEntry.forEach(source.path(), Map.of("videos", video -> {
                String id = video.text("video_id");
                drafts.computeIfAbsent(id, Draft::new).split(split(video, settings));
                describe(video, settings, drafts.get(id));
            }));
            JsonEntry.forEach(source.path(), Map.of("sentences", sentence -> {
                Draft draft = drafts.get(sentence.text("video_id"));
                if (draft == null) {
                    throw sentence.wrong("video_id " + sentence.text("video_id") + " is not among the videos");
                }
                draft.caption(source.language(), sentence.text("caption").strip());
            }));
        }
        for (Draft draft : drafts.values()) {
            sink.accept(draft.item());
        }
    }

    private static Optional<String> split(JsonEntry video, ImportSettings settings) {
        return settings.split()
                .or(() -> Optional.ofNullable(video.node().get("split"))
                        .map(split -> split.asText().equals("validate") ? "val" : split.asText()));
    }

    private static void describe(JsonEntry video, ImportSettings settings, Draft draft) throws IOException {
        if (settings.media().isPresent() || settings.mediaSuffix().isPresent()) {
            draft.media(settings.mediaOf(draft.id));
        }
        Optional<String> url = video.optionalText("url");
        if (url.isPresent()) {
            draft.meta("url", url.get());
        }
        for (Map.Entry<String, String> key : List.of(
                Map.entry("category", "category"),
                Map.entry("start time", "clip_start"),
                Map.entry("end time", "clip_end"))) {
            var value = video.node().get(key.getKey());
            if (value != null && value.isNumber()) {
                draft.meta(key.getValue(), value.numberValue());
            }
        }
    }
}
