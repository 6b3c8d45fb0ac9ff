package org.cl2cm.data.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Texts as Apertium takes and gives them. A blank line ends a sentence, so texts between blank lines
/// neither flow together nor change places. In what comes back `*` stands before a word that no
/// dictionary has, `@` before one that has no translation, `#` before one whose form could not be
/// made.
final class ApertiumText {
    private static final String BLANK = "\n\n";
    private static final Pattern MARK_LIKE = Pattern.compile("[*]+|[@#]+(?=\\p{L})");
    /// No mark-like character goes in, so each that comes out is a mark, also inside a word.
    private static final Pattern MARKED = Pattern.compile("(?<mark>\\*|[@#](?=\\p{L}))"
            + "(?<word>[\\p{L}\\p{N}](?:[\\p{L}\\p{N}\\p{M}'’_-]*[\\p{L}\\p{N}\\p{M}])?)?");

    private ApertiumText() {}

    /// The texts as one; what would be read as a mark afterwards is left out.
    static String join(List<String> texts) {
        List<String> clean = texts.stream()
                .map(text -> PlainText.line(MARK_LIKE.matcher(text).replaceAll(" ")))
                // Nothing but marks: a full stop keeps the place.
                .map(text -> text.isEmpty() ? "." : text)
                .toList();
        return String.join(BLANK, clean) + BLANK;
    }

    /// The translations in an output for `count` texts.
    ///
    /// @throws TranslationException when there are fewer or more
    static List<Translation> cut(String output, int count, String system) throws TranslationException {
        List<Translation> translations = new ArrayList<>();
        for (String part : output.split("\\n\\s*\\n", -1)) {
            if (!part.isBlank()) {
                translations.add(translation(part));
            }
        }
        if (translations.size() != count) {
            throw new TranslationException(
                    system + " gave back " + translations.size() + " texts for " + count + " captions");
        }
        return translations;
    }

    private static Translation translation(String part) {
        List<String> unknown = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        Matcher marked = MARKED.matcher(part);
        while (marked.find()) {
            String word = marked.group("word");
            if (word == null) {
                marked.appendReplacement(text, "");
                continue;
            }
            unknown.add(word);
            // "quedar#secos" are two words; "4*x4" is one.
            boolean apart = !marked.group("mark").equals("*")
                    && marked.start() > 0
                    && Character.isLetterOrDigit(part.charAt(marked.start() - 1));
            marked.appendReplacement(text, Matcher.quoteReplacement(apart ? " " + word : word));
        }
        marked.appendTail(text);
        return new Translation(PlainText.line(text.toString()), unknown);
    }
}
