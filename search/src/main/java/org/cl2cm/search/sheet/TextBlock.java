package org.cl2cm.search.sheet;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.LineBreakMeasurer;
import java.awt.font.TextLayout;
import java.text.AttributedString;
import java.text.BreakIterator;
import java.util.Locale;
import java.util.Optional;

/// Draws text in a column: broken into lines at its language's own places, right-to-left text from the
/// right edge.
final class TextBlock {
    private final SheetFonts fonts;

    TextBlock(SheetFonts fonts) {
        this.fonts = fonts;
    }

    /// Draws at most `lines` lines; what does not fit is left out.
    ///
    /// @param instead drawn when no font has the letters of `text`
    void draw(Graphics2D graphics, String text, String instead, Column column, int lines, Style style) {
        Optional<AttributedString> styled = fonts.styled(clean(text), style.size(), style.face());
        if (styled.isEmpty()) {
            styled = fonts.styled(clean(instead), style.size(), style.face());
        }
        if (styled.isEmpty()) {
            return;
        }
        graphics.setColor(style.color());
        FontRenderContext context = graphics.getFontRenderContext();
        var letters = styled.get().getIterator();
        LineBreakMeasurer measurer =
                new LineBreakMeasurer(letters, BreakIterator.getLineInstance(Locale.ROOT), context);
        float y = column.y();
        for (int line = 0; line < lines && measurer.getPosition() < letters.getEndIndex(); line++) {
            TextLayout layout = measurer.nextLayout(column.width());
            y += layout.getAscent();
            float x = layout.isLeftToRight() ? column.x() : column.x() + column.width() - layout.getAdvance();
            layout.draw(graphics, x, y);
            y += layout.getDescent() + layout.getLeading();
        }
    }

    private static String clean(String text) {
        return text.replaceAll("[\\p{Cc}\\s]+", " ").strip();
    }

    /// Where text goes.
    record Column(float x, float y, float width) {}

    /// How text looks.
    ///
    /// @param face a style of [java.awt.Font]
    record Style(float size, int face, Color color) {}
}
