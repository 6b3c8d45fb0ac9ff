package org.cl2cm.data.scene;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Translates as a machine of the older kind does: mostly right and with the commonest words, now and then wrong.
final class NoisyTranslator {
    private static final double SECOND_MISTAKE = 0.2;
    private static final int ATTEMPTS = 50;
    private static final List<Noise> KINDS = List.of(Noise.values());

    private final Grammar source = new English();
    private final Grammar target;
    private final double rate;

    /// @param rate the share of captions with a mistake, 0 to 1
    NoisyTranslator(Grammar target, double rate) {
        this.target = target;
        this.rate = rate;
    }

    Translation translate(Description said, RandomGenerator random) {
        List<Word> words = target.words(said.commonest());
        if (random.nextDouble() >= rate) {
            return new Translation(target.join(words), List.of());
        }
        int mistakes = random.nextDouble() < SECOND_MISTAKE ? 2 : 1;
        String right = target.join(words);
        List<Noise> made = new ArrayList<>();
        for (int attempt = 0; made.size() < mistakes && attempt < ATTEMPTS; attempt++) {
            Noise noise = KINDS.get(random.nextInt(KINDS.size()));
            Optional<List<Word>> worse = spoil(words, said, noise, random);
            if (worse.isPresent()
                    && !target.join(worse.get()).equals(target.join(words))
                    && !target.join(worse.get()).equals(right)) {
                words = worse.get();
                made.add(noise);
            }
        }
        return new Translation(target.join(words), List.copyOf(made));
    }

    private Optional<List<Word>> spoil(List<Word> words, Description said, Noise noise, RandomGenerator random) {
        return switch (noise) {
            case DROPPED_WORD -> words.size() < 2 ? Optional.empty() : Optional.of(without(words, random));
            case REPEATED_WORD -> Optional.of(repeated(words, random));
            case SOURCE_WORD_ORDER -> Optional.of(wordByWord(said));
            case WRONG_SENSE -> replaced(words, random, word -> word.meaning().flatMap(target::wrongSense));
            case UNTRANSLATED -> replaced(words, random, word -> word.meaning().map(source.lexicon()::gloss));
            case WRONG_AGREEMENT -> replaced(words, random, target::disagreeing);
        };
    }

    private static List<Word> without(List<Word> words, RandomGenerator random) {
        List<Word> fewer = new ArrayList<>(words);
        fewer.remove(random.nextInt(fewer.size()));
        return fewer;
    }

    private static List<Word> repeated(List<Word> words, RandomGenerator random) {
        List<Word> more = new ArrayList<>(words);
        int at = random.nextInt(more.size());
        more.add(at, more.get(at));
        return more;
    }

    /// Dictionary forms in the order of the English sentence.
    private List<Word> wordByWord(Description said) {
        Phrase phrase = new Phrase();
        for (Word word : source.words(said)) {
            word.meaning().ifPresent(meaning -> phrase.add(target.lexicon().gloss(meaning), meaning));
        }
        return phrase.words();
    }

    /// Gives a word by which another may be replaced, or none.
    @FunctionalInterface
    private interface Replacement {
        Optional<String> of(Word word);
    }

    private static Optional<List<Word>> replaced(List<Word> words, RandomGenerator random, Replacement replacement) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String text = words.get(i).text();
            if (replacement
                    .of(words.get(i))
                    .filter(other -> !other.equals(text))
                    .isPresent()) {
                places.add(i);
            }
        }
        if (places.isEmpty()) {
            return Optional.empty();
        }
        int at = places.get(random.nextInt(places.size()));
        List<Word> changed = new ArrayList<>(words);
        Word old = changed.get(at);
        changed.set(at, new Word(replacement.of(old).orElse(old.text()), old.meaning()));
        return Optional.of(changed);
    }
}
