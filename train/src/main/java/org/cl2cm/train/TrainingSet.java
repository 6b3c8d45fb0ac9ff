package org.cl2cm.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.JsonLines;
import org.cl2cm.data.Manifest;
import org.jspecify.annotations.Nullable;

/// What a run learns from: images with clean captions and their translations, and parallel text without
/// images.
///
/// The order of the examples is a function of seed and epoch alone, which is what makes a run resume
/// exactly.
final class TrainingSet {
    /// A clean caption with all of its translations, their languages, and their back-translations,
    /// empty where there is none.
    record Caption(String source, List<String> targets, List<String> languages, List<String> backs) {
        /// With a translation that is drawn: first a language, so that one with many translations does
        /// not crowd out the others, and then one of its translations.
        Triplet triplet(int item, Random random) {
            int at = targets.size() <= 1 ? 0 : drawn(random);
            return targets.isEmpty()
                    ? new Triplet(item, source, "", "", targets)
                    : new Triplet(item, source, targets.get(at), backs.get(at), targets);
        }

        private int drawn(Random random) {
            List<String> distinct = languages.stream().distinct().toList();
            if (distinct.size() == 1) {
                return random.nextInt(targets.size());
            }
            String language = distinct.get(random.nextInt(distinct.size()));
            int[] places = IntStream.range(0, languages.size())
                    .filter(i -> languages.get(i).equals(language))
                    .toArray();
            return places[random.nextInt(places.length)];
        }
    }

    /// An image with its captions.
    record Image(String id, List<Caption> captions) {}

    private static final long NOISE_SEED = 20260101;

    private final List<Image> images;
    private final List<Caption> parallel;

    private TrainingSet(List<Image> images, List<Caption> parallel) {
        this.images = images;
        this.parallel = parallel;
    }

    /// @param back keys of the back-translations, one for each key of the translations, or none
    /// @param hasFeatures whether an item has features; those without are left out
    /// @throws DataException when nothing is left to learn from
    static TrainingSet read(
            Manifest manifest,
            TrainConfig.Data config,
            List<String> back,
            java.util.function.Predicate<String> hasFeatures)
            throws IOException {
        List<Image> images = new ArrayList<>();
        List<Item> items = manifest.split(config.train());
        for (Item item : items) {
            if (config.limit() > 0 && images.size() >= config.limit()) {
                break;
            }
            List<Caption> captions = captions(
                    item.captions(config.source()),
                    config.translations().stream().map(item::translations).toList(),
                    config.translations().stream()
                            .map(TrainConfig.Data::language)
                            .toList(),
                    back.stream().map(item::translations).toList(),
                    !config.translations().isEmpty());
            if (config.captions() > 0 && captions.size() > config.captions()) {
                captions = captions.subList(0, config.captions());
            }
            if (!captions.isEmpty() && hasFeatures.test(item.id())) {
                images.add(new Image(item.id(), captions));
            }
        }
        if (images.size() < 2) {
            throw DataException.in(
                    manifest.file(),
                    "split \"" + config.train() + "\" has " + items.size() + " items, of which " + images.size()
                            + " have features, captions in " + config.source() + " and translations "
                            + config.translations());
        }
        if (config.noise() > 0) {
            images = exchanged(images, config.noise());
        }
        List<Caption> parallel = new ArrayList<>();
        for (String file : config.parallel()) {
            parallel.addAll(parallel(Path.of(file), config));
        }
        return new TrainingSet(images, parallel);
    }

    /// The same with a share of the captions given the translations of each other, which are wrong for
    /// them: each of these gets the next one's, in an order drawn from a fixed seed.
    private static List<Image> exchanged(List<Image> images, double share) {
        List<int[]> places = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            for (int c = 0; c < images.get(i).captions().size(); c++) {
                places.add(new int[] {i, c});
            }
        }
        Collections.shuffle(places, new Random(NOISE_SEED));
        List<int[]> chosen = places.subList(0, (int) Math.round(share * places.size()));
        List<List<Caption>> captions = new ArrayList<>();
        images.forEach(image -> captions.add(new ArrayList<>(image.captions())));
        for (int k = 0; k < chosen.size(); k++) {
            int[] to = chosen.get(k);
            int[] from = chosen.get((k + 1) % chosen.size());
            Caption other = images.get(from[0]).captions().get(from[1]);
            String source = captions.get(to[0]).get(to[1]).source();
            captions.get(to[0]).set(to[1], new Caption(source, other.targets(), other.languages(), other.backs()));
        }
        List<Image> noisy = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            noisy.add(new Image(images.get(i).id(), List.copyOf(captions.get(i))));
        }
        return noisy;
    }

    private static List<Caption> parallel(Path file, TrainConfig.Data config) throws IOException {
        List<Caption> captions = new ArrayList<>();
        JsonLines.forEach(file, (line, node) -> {
            List<String> sources = JsonLines.texts(file, line, node, config.source()).stream()
                    .map(text -> text == null ? "" : text)
                    .toList();
            List<List<@Nullable String>> targets = new ArrayList<>();
            List<String> languages = new ArrayList<>();
            for (String language : config.targets()) {
                if (node.has(language)) {
                    List<@Nullable String> texts = JsonLines.texts(file, line, node, language);
                    if (texts.size() != sources.size()) {
                        throw DataException.at(
                                file,
                                line,
                                "key \"" + language + "\": " + texts.size() + " texts beside " + sources.size() + " in "
                                        + config.source());
                    }
                    targets.add(texts);
                    languages.add(language);
                }
            }
            captions.addAll(captions(sources, targets, languages, List.of(), true));
        });
        if (captions.isEmpty()) {
            throw DataException.in(file, "no pairs of " + config.source() + " and " + config.targets());
        }
        return captions;
    }

    /// @param languages of the translations
    private static List<Caption> captions(
            List<String> sources,
            List<List<@Nullable String>> translations,
            List<String> languages,
            List<List<@Nullable String>> back,
            boolean needTarget) {
        List<Caption> captions = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            List<String> targets = new ArrayList<>();
            List<String> of = new ArrayList<>();
            List<String> backs = new ArrayList<>();
            for (int k = 0; k < translations.size(); k++) {
                String text = text(translations.get(k), i);
                if (!text.isBlank()) {
                    targets.add(text);
                    of.add(languages.get(k));
                    backs.add(k < back.size() ? text(back.get(k), i) : "");
                }
            }
            if (!sources.get(i).isBlank() && (!targets.isEmpty() || !needTarget)) {
                captions.add(new Caption(sources.get(i), List.copyOf(targets), List.copyOf(of), List.copyOf(backs)));
            }
        }
        return captions;
    }

    private static String text(List<@Nullable String> texts, int at) {
        String text = at < texts.size() ? texts.get(at) : null;
        return text == null ? "" : text;
    }

    List<Image> images() {
        return images;
    }

    List<Caption> parallel() {
        return parallel;
    }

    /// Every text that a run will look at.
    Set<String> texts(boolean withParallel) {
        Set<String> texts = new LinkedHashSet<>();
        for (Image image : images) {
            image.captions().forEach(caption -> add(caption, texts));
        }
        if (withParallel) {
            parallel.forEach(caption -> add(caption, texts));
        }
        return texts;
    }

    private static void add(Caption caption, Set<String> texts) {
        texts.add(caption.source());
        texts.addAll(caption.targets());
        caption.backs().stream().filter(back -> !back.isBlank()).forEach(texts::add);
    }

    /// The batches of an epoch: every caption once, an image at most once in a batch, the last batch of
    /// a pass that is not full left out. One translation is drawn for each caption, anew in every
    /// epoch, see [Caption#triplet].
    ///
    /// @param parallelShare share of the batches that are parallel text, put in at random places
    List<List<Triplet>> epoch(long seed, int epoch, int batch, double parallelShare) {
        Random random = new Random(seed * 1_000_003 + epoch);
        int passes =
                images.stream().mapToInt(image -> image.captions().size()).max().orElseThrow();
        int[][] orders = new int[images.size()][];
        for (int i = 0; i < orders.length; i++) {
            orders[i] = shuffled(images.get(i).captions().size(), random);
        }
        List<List<Triplet>> batches = new ArrayList<>();
        int size = Math.min(batch, images.size());
        for (int pass = 0; pass < passes; pass++) {
            List<Triplet> triplets = new ArrayList<>();
            for (int image : shuffled(images.size(), random)) {
                if (pass < orders[image].length) {
                    Caption caption = images.get(image).captions().get(orders[image][pass]);
                    triplets.add(caption.triplet(image, random));
                }
            }
            for (int from = 0; from + size <= triplets.size(); from += size) {
                batches.add(List.copyOf(triplets.subList(from, from + size)));
            }
        }
        long extra = parallel.isEmpty() ? 0 : Math.round(batches.size() * parallelShare / (1 - parallelShare));
        for (int i = 0; i < extra; i++) {
            batches.add(random.nextInt(batches.size() + 1), parallelBatch(random, batch));
        }
        return batches;
    }

    /// A batch of parallel text.
    List<Triplet> parallelBatch(Random random, int batch) {
        List<Triplet> triplets = new ArrayList<>();
        Set<Integer> drawn = new LinkedHashSet<>();
        while (drawn.size() < Math.min(batch, parallel.size())) {
            drawn.add(random.nextInt(parallel.size()));
        }
        for (int at : drawn) {
            triplets.add(parallel.get(at).triplet(-1, random));
        }
        return triplets;
    }

    private static int[] shuffled(int size, Random random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        return order.stream().mapToInt(Integer::intValue).toArray();
    }
}
