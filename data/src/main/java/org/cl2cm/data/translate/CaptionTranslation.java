package org.cl2cm.data.translate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.jspecify.annotations.Nullable;

/// Translates captions in batches. Each text is sent once, whatever was translated before is not sent
/// again, and a batch that fails is halved until the captions that make it fail stand alone.
public final class CaptionTranslation {
    /// Captions in a row that may fail before a system counts as broken: when it has translated
    /// something in this run, and when it has not.
    private static final int PATIENCE = 10;

    private static final int FIRST_PATIENCE = 3;

    /// How the work is done.
    ///
    /// @param batch most texts given to the system at once
    /// @param maxErrors captions that may fail, or -1 for any number
    /// @param fresh whether what was translated before is translated again
    public record Settings(int batch, int maxErrors, boolean fresh) {
        public Settings {
            if (batch < 1 || maxErrors < -1) {
                throw new IllegalArgumentException("batch " + batch + ", max errors " + maxErrors);
            }
        }
    }

    /// A caption without translation, and why.
    ///
    /// @param position of the caption in its item, from 0
    public record Failure(String id, int position, String text, String reason) {}

    /// What came out.
    ///
    /// @param rows translations by the id of their group, `null` where there was nothing or one failed
    /// @param captions that were to be translated
    /// @param kept captions whose translation was there before
    public record Result(
            Map<String, List<@Nullable Translation>> rows, List<Failure> failures, long captions, long kept) {}

    private final Translator translator;
    private final Path cacheFolder;
    private final Settings settings;
    private final ProgressListener progress;

    private final Map<String, Translation> done = new HashMap<>();
    private final Map<String, String> failed = new HashMap<>();
    private final Map<String, Integer> pending = new LinkedHashMap<>();
    private long captions;
    private long finished;
    private long failures;
    private boolean hasTranslated;
    private int failedInARow;
    private int size;

    /// @param cacheFolder where translations are kept
    public CaptionTranslation(Translator translator, Path cacheFolder, Settings settings, ProgressListener progress) {
        this.translator = translator;
        this.cacheFolder = cacheFolder;
        this.settings = settings;
        this.progress = progress;
        this.size = settings.batch();
    }

    /// Translates; may be called once.
    ///
    /// @throws DataException when the system is of no use, or too much fails; what was translated is
    ///     kept, and the next run goes on from there
    public Result run(List<CaptionGroup> groups) throws IOException {
        long kept;
        try (TranslationCache cache = TranslationCache.open(cacheFolder, translator.identity())) {
            collect(groups, cache);
            kept = finished - failures;
            progress.update(finished, captions, "");
            stopAtTooManyErrors("");
            translatePending(cache);
        }
        return result(groups, kept);
    }

    private void collect(List<CaptionGroup> groups, TranslationCache cache) {
        for (CaptionGroup group : groups) {
            for (String text : group.texts()) {
                if (text == null) {
                    continue;
                }
                captions++;
                String line = PlainText.line(text);
                if (line.isEmpty()) {
                    failed.put(line, "the caption is empty");
                    finished++;
                    failures++;
                } else if (done.containsKey(line)) {
                    finished++;
                } else if (pending.containsKey(line) || settings.fresh()) {
                    pending.merge(line, 1, Integer::sum);
                } else {
                    cache.get(line)
                            .ifPresentOrElse(
                                    translation -> {
                                        done.put(line, translation);
                                        finished++;
                                    },
                                    () -> pending.put(line, 1));
                }
            }
        }
    }

    private void translatePending(TranslationCache cache) throws IOException {
        Deque<String> waiting = new ArrayDeque<>(pending.keySet());
        Deque<List<String>> halves = new ArrayDeque<>();
        int successes = 0;
        while (!waiting.isEmpty() || !halves.isEmpty()) {
            List<String> texts = halves.isEmpty() ? take(waiting) : halves.pop();
            try {
                accept(texts, translator.translate(texts), cache);
                if (++successes % 2 == 0) {
                    size = Math.min(settings.batch(), 2 * size);
                }
            } catch (TranslationException e) {
                successes = 0;
                if (texts.size() == 1) {
                    fail(texts.getFirst(), String.valueOf(e.getMessage()));
                } else {
                    // The limit may be the server's: the next batches are smaller too, until some went well.
                    size = texts.size() / 2;
                    halves.push(List.copyOf(texts.subList(size, texts.size())));
                    halves.push(List.copyOf(texts.subList(0, size)));
                }
            }
            progress.update(finished, captions, failures == 0 ? "" : failures + " failed");
        }
    }

    private List<String> take(Deque<String> waiting) {
        List<String> texts = new ArrayList<>();
        while (texts.size() < size && !waiting.isEmpty()) {
            texts.add(waiting.pop());
        }
        return texts;
    }

    private void accept(List<String> texts, List<Translation> translations, TranslationCache cache) throws IOException {
        if (translations.size() != texts.size()) {
            throw new TranslationException(translations.size() + " translations for " + texts.size() + " texts");
        }
        Map<String, Translation> good = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            Translation translation = translations.get(i);
            String line = PlainText.line(translation.text());
            if (!line.isEmpty()) {
                good.put(texts.get(i), new Translation(line, translation.unknown()));
            }
        }
        cache.put(good);
        for (String text : texts) {
            Translation translation = good.get(text);
            if (translation == null) {
                fail(text, "the translation is empty");
            } else {
                done.put(text, translation);
                finished += pending.getOrDefault(text, 1);
                hasTranslated = true;
                failedInARow = 0;
            }
        }
    }

    private void fail(String text, String reason) throws DataException {
        int count = pending.getOrDefault(text, 1);
        failed.put(text, reason);
        finished += count;
        failures += count;
        failedInARow++;
        stopAtTooManyErrors(reason);
        if (failedInARow >= (hasTranslated ? PATIENCE : FIRST_PATIENCE)) {
            throw new DataException(failedInARow + " captions in a row failed, so the system seems to be broken: "
                    + reason + " (the last was \"" + shortened(text) + "\")");
        }
    }

    private void stopAtTooManyErrors(String reason) throws DataException {
        if (settings.maxErrors() >= 0 && failures > settings.maxErrors()) {
            throw new DataException(failures + " captions failed, more than --max-errors " + settings.maxErrors()
                    + " allows" + (reason.isEmpty() ? "" : "; the last: " + reason));
        }
    }

    private static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + " ..." : text;
    }

    private Result result(List<CaptionGroup> groups, long kept) {
        Map<String, List<@Nullable Translation>> rows = new LinkedHashMap<>();
        List<Failure> all = new ArrayList<>();
        for (CaptionGroup group : groups) {
            List<@Nullable Translation> row = new ArrayList<>();
            for (int i = 0; i < group.texts().size(); i++) {
                String text = group.texts().get(i);
                Translation translation = text == null ? null : done.get(PlainText.line(text));
                row.add(translation);
                if (text != null && translation == null) {
                    String reason = failed.getOrDefault(PlainText.line(text), "not translated");
                    all.add(new Failure(group.id(), i, text, reason));
                }
            }
            rows.put(group.id(), row);
        }
        return new Result(rows, all, captions, kept);
    }
}
