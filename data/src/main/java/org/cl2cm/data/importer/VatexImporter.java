package org.cl2cm.data.importer;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cl2cm.data.DataException;

/// VATEX JSON (Wang et al., ICCV 2019): a list of videos with `enCap` and `chCap`, human captions both.
///
/// A `videoID` is `<YouTube id>_<start>_<end>` with the seconds of the clip in six digits each; they
/// are kept under
/// `meta` as `youtube`, `clip_start` and `clip_end`.
final class VatexImporter implements Importer {
    private static final Pattern ID = Pattern.compile("(.+)_(\\d{6})_(\\d{6})");

    @Override
    public String format() {
        return "vatex";
    }

    @Override
    public String description() {
        return "VATEX JSON (vatex_training_v1.0.json, ...): videos with enCap and chCap";
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        for (ImportSettings.Source source : settings.from()) {
            Optional<String> split = settings.split().or(() -> Names.split(source.path()));
            JsonEntry.forEach(source.path(), video -> {
                String id = video.text("videoID");
                List<String> english = video.texts("enCap");
                List<String> chinese = video.texts("chCap");
                if (english.isEmpty() && chinese.isEmpty()) {
                    throw DataException.in(source.path(), video.place() + ": neither enCap nor chCap is there");
                }
                Draft draft = new Draft(id).split(split).captions("en", english).captions("zh", chinese);
                Matcher clip = ID.matcher(id);
                if (clip.matches()) {
                    draft.meta("youtube", clip.group(1));
                    draft.meta("clip_start", Integer.parseInt(clip.group(2)));
                    draft.meta("clip_end", Integer.parseInt(clip.group(3)));
                }
                if (settings.media().isPresent() || settings.mediaSuffix().isPresent()) {
                    draft.media(settings.mediaOf(id));
                }
                sink.accept(draft.item());
            });
        }
    }
}
