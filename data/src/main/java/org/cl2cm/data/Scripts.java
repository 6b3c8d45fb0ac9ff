package org.cl2cm.data;

import java.lang.Character.UnicodeScript;
import java.util.Map;
import java.util.Set;

/// In which scripts languages are written, and how their words are counted.
final class Scripts {
    private static final Set<UnicodeScript> HAN = Set.of(UnicodeScript.HAN);
    private static final Set<UnicodeScript> JAPANESE =
            Set.of(UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA);
    private static final Set<UnicodeScript> KOREAN = Set.of(UnicodeScript.HANGUL, UnicodeScript.HAN);
    private static final Set<UnicodeScript> ARABIC = Set.of(UnicodeScript.ARABIC);
    private static final Set<UnicodeScript> CYRILLIC = Set.of(UnicodeScript.CYRILLIC);
    private static final Set<UnicodeScript> LATIN = Set.of(UnicodeScript.LATIN);

    private static final Map<String, Set<UnicodeScript>> OF_LANGUAGE = Map.ofEntries(
            Map.entry("zh", HAN),
            Map.entry("ja", JAPANESE),
            Map.entry("ko", KOREAN),
            Map.entry("ar", ARABIC),
            Map.entry("fa", ARABIC),
            Map.entry("ur", ARABIC),
            Map.entry("ru", CYRILLIC),
            Map.entry("uk", CYRILLIC),
            Map.entry("bg", CYRILLIC),
            Map.entry("el", Set.of(UnicodeScript.GREEK)),
            Map.entry("he", Set.of(UnicodeScript.HEBREW)),
            Map.entry("hi", Set.of(UnicodeScript.DEVANAGARI)),
            Map.entry("bn", Set.of(UnicodeScript.BENGALI)),
            Map.entry("ta", Set.of(UnicodeScript.TAMIL)),
            Map.entry("te", Set.of(UnicodeScript.TELUGU)),
            Map.entry("th", Set.of(UnicodeScript.THAI)),
            Map.entry("en", LATIN),
            Map.entry("de", LATIN),
            Map.entry("fr", LATIN),
            Map.entry("es", LATIN),
            Map.entry("it", LATIN),
            Map.entry("pt", LATIN),
            Map.entry("nl", LATIN),
            Map.entry("pl", LATIN),
            Map.entry("cs", LATIN),
            Map.entry("tr", LATIN),
            Map.entry("vi", LATIN));

    private Scripts() {}

    /// Letters in `text`.
    static long letters(String text) {
        return text.codePoints().filter(Character::isLetter).count();
    }

    /// The share of the letters of `text` that belong to a script of `language`; 1 when the language is not known
    /// here or there is no letter.
    static double share(String text, String language) {
        Set<UnicodeScript> scripts = OF_LANGUAGE.get(language);
        long letters = letters(text);
        if (scripts == null || letters == 0) {
            return 1;
        }
        long own = text.codePoints()
                .filter(Character::isLetter)
                .filter(letter -> scripts.contains(UnicodeScript.of(letter)))
                .count();
        return (double) own / letters;
    }

    /// Words; in scripts without spaces between words each letter counts as one.
    static int tokens(String text) {
        int tokens = 0;
        boolean inWord = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int letter = text.codePointAt(i);
            if (!Character.isLetterOrDigit(letter)) {
                // Marks belong to the letter before them, as vowel signs do.
                inWord &= Character.getType(letter) == Character.NON_SPACING_MARK
                        || Character.getType(letter) == Character.COMBINING_SPACING_MARK
                        || letter == '\'';
            } else if (withoutSpaces(UnicodeScript.of(letter))) {
                tokens++;
                inWord = false;
            } else if (!inWord) {
                tokens++;
                inWord = true;
            }
        }
        return tokens;
    }

    private static boolean withoutSpaces(UnicodeScript script) {
        return switch (script) {
            case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
            default -> false;
        };
    }
}
