package org.cl2cm.train.baseline;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The terms of a text without a tokenizer: words where words are spaced; characters and pairs of
/// neighbouring
/// characters in scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese).
///
/// Text is lower-cased and NFKC-normalised; punctuation separates and is no term.
final class TextTerms {
    private TextTerms() {}

    static List<String> of(String text) {
        List<String> terms = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        String previous = "";
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        for (int at = 0; at < plain.length(); at += Character.charCount(plain.codePointAt(at))) {
            int c = plain.codePointAt(at);
            if (!Character.isLetterOrDigit(c) && !isMark(c)) {
                flush(word, terms);
                previous = "";
            } else if (isUnspaced(c)) {
                flush(word, terms);
                String one = Character.toString(c);
                terms.add(one);
                if (!previous.isEmpty()) {
                    terms.add(previous + one);
                }
                previous = one;
            } else {
                word.appendCodePoint(c);
                previous = "";
            }
        }
        flush(word, terms);
        return terms;
    }

    private static void flush(StringBuilder word, List<String> terms) {
        if (!word.isEmpty()) {
            terms.add(word.toString());
            word.setLength(0);
        }
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isUnspaced(int c) {
        return switch (UnicodeScript.of(c)) {
            case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
            default -> false;
        };
    }
}
