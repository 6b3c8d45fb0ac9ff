package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.translate.Suspicion;
import org.cl2cm.data.translate.TranslationFile;
import org.cl2cm.data.translate.TranslationReview;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cl2cm data review`.
@Command(
        name = "review",
        mixinStandardHelpOptions = true,
        description = "Look through translations that are there for those that are probably wrong, worst first.",
        footerHeading = "%nSigns:%n",
        footer = {
            "  nearly empty        hardly a letter for a caption of words",
            "  wrong script        letters that the language is not written in",
            "  untranslated words  words of the caption stand in the translation as they were",
            "  repeats itself      a word or a few go round and round",
            "  length              over twice, or less than half, what is usual beside such a caption",
            "",
            "Example:",
            "  cl2cm data review flickr8k.jsonl zh.google --show 20"
        })
final class DataReviewCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MANIFEST", description = "the manifest; side-cars beside it are read too")
    private Path manifest = Path.of("");

    @Parameters(index = "1", paramLabel = "KEY", description = "the translations, e.g. zh.google")
    private String key = "";

    @Option(names = "--split", paramLabel = "NAME", description = "look at the items of this split only")
    private @Nullable String split;

    @Mixin
    private SuspicionOutput output = new SuspicionOutput();

    @Override
    public Integer call() throws IOException {
        List<TranslationReview.Pair> pairs = new ArrayList<>();
        for (Item item : Manifest.readWithTranslations(manifest).items()) {
            List<String> english = item.captions("en");
            List<@Nullable String> texts = item.translations(key);
            for (int i = 0; i < texts.size() && (split == null || item.isIn(split)); i++) {
                String text = texts.get(i);
                if (text != null && i < english.size()) {
                    pairs.add(new TranslationReview.Pair(item.id(), i, english.get(i), text, List.of()));
                }
            }
        }
        if (pairs.isEmpty()) {
            throw DataException.in(manifest, "has no translations \"" + key + "\" to look at");
        }
        List<Suspicion> suspicions = TranslationReview.of(pairs, "en", TranslationFile.language(key));
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("translations", pairs.size());
        about.put("suspicious", suspicions.size());
        about.put("signs", SuspicionOutput.counts(suspicions));
        output.print(String.format(Locale.ROOT, "%s: %,d translations", key, pairs.size()), about, suspicions);
        return ExitCode.DONE;
    }
}
