package org.cl2cm.data;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// In which scripts languages are written, and how their words are counted.
public final class Scripts {
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
    public static long letters(String text) {
        return text.codePoints().filter(Character::isLetter).count();
    }

    /// The share of the letters of `text` that belong to a script of `language`; 1 when the language is
    /// not known here or there is no letter.
    public static double share(String text, String language) {
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

    /// Whether two languages are written in the same script, as far as is known here.
    public static boolean same(String language, String other) {
        Set<UnicodeScript> scripts = OF_LANGUAGE.get(language);
        return scripts == null || !OF_LANGUAGE.containsKey(other) || scripts.equals(OF_LANGUAGE.get(other));
    }

    /// Words; in scripts without spaces between words each letter counts as one.
    public static int tokens(String text) {
        return words(text).size();
    }

    /// The words of `text` in their order, as they stand; in scripts without spaces between words each
    /// letter is one.
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        int next;
        for (int i = 0; i < text.length(); i = next) {
            int letter = text.codePointAt(i);
            next = i + Character.charCount(letter);
            // Marks belong to the letter before them, as vowel signs do.
            boolean inside = Character.isLetterOrDigit(letter)
                    ? !withoutSpaces(UnicodeScript.of(letter))
                    : start >= 0
                            && (Character.getType(letter) == Character.NON_SPACING_MARK
                                    || Character.getType(letter) == Character.COMBINING_SPACING_MARK
                                    || letter == '\'');
            if (inside) {
                start = start < 0 ? i : start;
                continue;
            }
            if (start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            }
            if (Character.isLetterOrDigit(letter)) {
                words.add(text.substring(i, next));
            }
        }
        if (start >= 0) {
            words.add(text.substring(start));
        }
        return words;
    }

    private static boolean withoutSpaces(UnicodeScript script) {
        return switch (script) {
            case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
            default -> false;
        };
    }
}
