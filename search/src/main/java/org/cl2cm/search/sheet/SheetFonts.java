package org.cl2cm.search.sheet;

import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.awt.font.TextAttribute;
import java.text.AttributedString;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Finds a font of this machine for each piece of a text: the logical font `Dialog` where it has the
/// letters, else the first installed font that has. Safe for use by many threads.
final class SheetFonts {
    private static final Font BASE = new Font(Font.DIALOG, Font.PLAIN, 1);

    private final List<Font> installed =
            Arrays.asList(GraphicsEnvironment.getLocalGraphicsEnvironment().getAllFonts());
    private final ConcurrentHashMap<Character.UnicodeScript, Optional<Font>> byScript = new ConcurrentHashMap<>();

    /// The text with a font for each of its pieces, or empty when some letter has none.
    Optional<AttributedString> styled(String text, float size, int style) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        AttributedString styled = new AttributedString(text);
        int start = 0;
        Font current = BASE;
        for (int at = 0; at < text.length(); ) {
            int letter = text.codePointAt(at);
            int length = Character.charCount(letter);
            // Marks, joiners and spaces stay with the letter before, or shaping would break.
            if (!current.canDisplay(letter) && !belongsToNeighbour(letter)) {
                Optional<Font> font = fontOf(letter);
                if (font.isEmpty()) {
                    return Optional.empty();
                }
                if (at > start) {
                    styled.addAttribute(TextAttribute.FONT, current.deriveFont(style, size), start, at);
                }
                start = at;
                current = font.get();
            }
            at += length;
        }
        styled.addAttribute(TextAttribute.FONT, current.deriveFont(style, size), start, text.length());
        return Optional.of(styled);
    }

    private static boolean belongsToNeighbour(int letter) {
        return switch (Character.getType(letter)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.FORMAT,
                    Character.CONTROL,
                    Character.SPACE_SEPARATOR -> true;
            default -> false;
        };
    }

    private Optional<Font> fontOf(int letter) {
        if (BASE.canDisplay(letter)) {
            return Optional.of(BASE);
        }
        // One font per script keeps a sentence in one hand; a rare letter it lacks is looked up on its own.
        return byScript.computeIfAbsent(Character.UnicodeScript.of(letter), script -> firstWith(letter))
                .filter(font -> font.canDisplay(letter))
                .or(() -> firstWith(letter));
    }

    private Optional<Font> firstWith(int letter) {
        return installed.stream().filter(font -> font.canDisplay(letter)).findFirst();
    }
}
