package org.cl2cm.search.sheet;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.video.Still;
import org.cl2cm.search.sheet.TextBlock.Column;
import org.cl2cm.search.sheet.TextBlock.Style;

/// Results of queries as one picture: a row a query, its words on top, thumbnails with rank, score and
/// caption.
///
/// A picture that is missing or damaged becomes a grey tile with the reason. Text that no font of this
/// machine can show is replaced by the item's id, or for a query by a line that says so.
public final class ContactSheet {
    /// One query with its results.
    ///
    /// @param query its words, in any script
    public record Row(String query, List<Tile> tiles) {
        public Row {
            tiles = List.copyOf(tiles);
        }
    }

    /// One result.
    ///
    /// @param media the picture or video, where the item has one
    /// @param time of a video's frame that is shown, in seconds
    /// @param caption shown under it, possibly empty
    public record Tile(String id, Optional<Path> media, double time, float score, String caption) {
        /// A tile of a picture.
        public Tile(String id, Optional<Path> media, float score, String caption) {
            this(id, media, 0, score, caption);
        }
    }

    /// Width and height of a thumbnail, in pixels.
    public static final int THUMBNAIL = 180;

    /// Tiles beside one another; further ones go below.
    public static final int ACROSS = 10;

    private static final int GAP = 12;
    private static final int QUERY_HEIGHT = 34;
    private static final int TEXT_HEIGHT = 66;
    private static final int LARGEST = 20_000;
    private static final Style QUERY = new Style(20, Font.BOLD, new Color(0x1a1a1a));
    private static final Style SCORE = new Style(12, Font.BOLD, new Color(0x1a1a1a));
    private static final Style CAPTION = new Style(12, Font.PLAIN, new Color(0x444444));
    private static final Style REASON = new Style(11, Font.PLAIN, new Color(0x333333));
    private static final Color MISSING = new Color(0xc8c8c8);

    private final List<Row> rows;

    /// @param rows at least one
    public ContactSheet(List<Row> rows) {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("a contact sheet needs at least one query");
        }
        this.rows = List.copyOf(rows);
    }

    /// Draws the sheet.
    ///
    /// @throws DataException when it would be higher than 20,000 pixels, or this machine has no font at
    ///     all
    public BufferedImage draw() throws IOException {
        int across =
                Math.clamp(rows.stream().mapToInt(row -> row.tiles.size()).max().orElse(1), 3, ACROSS);
        int width = GAP + across * (THUMBNAIL + GAP);
        long height = GAP + rows.stream().mapToLong(row -> height(row, across)).sum();
        if (height > LARGEST) {
            throw new DataException("the contact sheet would be " + height + " pixels high, more than " + LARGEST
                    + "; ask for fewer results or queries");
        }
        BufferedImage sheet = new BufferedImage(width, (int) height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, (int) height);
            TextBlock text = new TextBlock(fonts());
            int y = GAP;
            for (Row row : rows) {
                draw(graphics, text, row, across, y);
                y += height(row, across);
            }
        } finally {
            graphics.dispose();
        }
        return sheet;
    }

    /// Draws the sheet and writes it as PNG, beside and renamed.
    public void write(Path png) throws IOException {
        BufferedImage sheet = draw();
        AtomicFile.write(png, out -> {
            if (!ImageIO.write(sheet, "png", out)) {
                throw DataException.in(png, "this Java cannot write PNG");
            }
        });
    }

    private static SheetFonts fonts() throws DataException {
        try {
            return new SheetFonts();
        } catch (RuntimeException | LinkageError | InternalError e) {
            // A JDK without libfontconfig fails in several ways when it first needs a font.
            throw new DataException(
                    "this machine has no fonts, so no contact sheet can be drawn: install some, e.g. "
                            + "apt-get install fontconfig fonts-dejavu-core",
                    e);
        }
    }

    private static int height(Row row, int across) {
        int lines = Math.max(1, Math.ceilDiv(row.tiles.size(), across));
        return QUERY_HEIGHT + lines * (THUMBNAIL + TEXT_HEIGHT + GAP);
    }

    private static void draw(Graphics2D graphics, TextBlock text, Row row, int across, int top) {
        float width = across * (THUMBNAIL + GAP) - GAP;
        text.draw(
                graphics,
                row.query,
                "(no installed font shows this query's script)",
                new Column(GAP, top, width),
                1,
                QUERY);
        for (int i = 0; i < row.tiles.size(); i++) {
            int x = GAP + i % across * (THUMBNAIL + GAP);
            int y = top + QUERY_HEIGHT + i / across * (THUMBNAIL + TEXT_HEIGHT + GAP);
            drawTile(graphics, text, row.tiles.get(i), i + 1, x, y);
        }
        if (row.tiles.isEmpty()) {
            text.draw(graphics, "no results", "", new Column(GAP, top + QUERY_HEIGHT, width), 1, CAPTION);
        }
    }

    private static void drawTile(Graphics2D graphics, TextBlock text, Tile tile, int rank, int x, int y) {
        try {
            Path media = tile.media.orElseThrow(() -> new DataException("the item names no media file"));
            drawPicture(graphics, Still.read(media, tile.time), x, y);
        } catch (IOException e) {
            graphics.setColor(MISSING);
            graphics.fillRect(x, y, THUMBNAIL, THUMBNAIL);
            String reason = String.valueOf(e.getMessage());
            text.draw(graphics, reason, tile.id, new Column(x + 6, y + 6, THUMBNAIL - 12), 9, REASON);
        }
        String score = String.format(Locale.ROOT, "%d.  %.3f", rank, tile.score);
        text.draw(graphics, score, "", new Column(x, y + THUMBNAIL + 3, THUMBNAIL), 1, SCORE);
        String caption = tile.caption.isBlank() ? tile.id : tile.caption;
        text.draw(graphics, caption, tile.id, new Column(x, y + THUMBNAIL + 19, THUMBNAIL), 3, CAPTION);
    }

    /// Scaled to fit, in the middle of its square. Halving first keeps fine patterns from flickering.
    private static void drawPicture(Graphics2D graphics, BufferedImage picture, int x, int y) {
        BufferedImage image = Thumbnail.of(picture, THUMBNAIL);
        graphics.drawImage(
                image, x + (THUMBNAIL - image.getWidth()) / 2, y + (THUMBNAIL - image.getHeight()) / 2, null);
    }
}
