package org.cl2cm.search.sheet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.cl2cm.data.DataException;
import org.cl2cm.search.sheet.ContactSheet.Row;
import org.cl2cm.search.sheet.ContactSheet.Tile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {
    /// The middle of the first thumbnail.
    private static final int X = 12 + ContactSheet.THUMBNAIL / 2;

    private static final int Y = 12 + 34 + ContactSheet.THUMBNAIL / 2;

    @TempDir
    static Path folder = Path.of("");

    private static Path red = Path.of("");

    @BeforeAll
    static void pictures() throws IOException {
        red = folder.resolve("red.png");
        BufferedImage image = new BufferedImage(640, 320, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 640; x++) {
            for (int y = 0; y < 320; y++) {
                image.setRGB(x, y, 0xff0000);
            }
        }
        ImageIO.write(image, "png", red.toFile());
    }

    @Test
    void drawsThePictureScaledIntoItsSquare() throws IOException {
        BufferedImage sheet = sheet("a red picture", tile(Optional.of(red), "red"));
        assertThat(sheet.getRGB(X, Y)).isEqualTo(0xffff0000);
        // Twice as wide as high: above and below the picture the paper shows.
        assertThat(sheet.getRGB(X, Y - 60)).isEqualTo(0xffffffff);
        assertThat(sheet.getRGB(X - 85, Y)).isEqualTo(0xffff0000);
    }

    @Test
    void aMissingOrDamagedPictureIsAGreyTile() throws IOException {
        Path text = Files.writeString(folder.resolve("text.jpg"), "no picture");
        for (Optional<Path> media :
                List.of(Optional.of(folder.resolve("none.jpg")), Optional.of(text), Optional.<Path>empty())) {
            BufferedImage sheet = sheet("query", tile(media, "caption"));
            assertThat(sheet.getRGB(X + 85, Y + 85)).isEqualTo(0xffc8c8c8);
            assertThat(ink(sheet, X - 90, Y - 90, 180, 60, new Color(0xc8c8c8))).isGreaterThan(50);
        }
    }

    @Test
    void latinTextBeginsLeftAndArabicTextRight() throws IOException {
        BufferedImage latin = sheet("dog", tile(Optional.of(red), "x"));
        BufferedImage arabic = sheet("كلب", tile(Optional.of(red), "x"));
        int half = latin.getWidth() / 2;
        assertThat(ink(latin, 0, 12, half, 30, Color.WHITE)).isGreaterThan(30);
        assertThat(ink(latin, half, 12, half, 30, Color.WHITE)).isZero();
        // Where no font has Arabic, a line in English stands in its place.
        if (new SheetFonts().styled("كلب", 12, 0).isPresent()) {
            assertThat(ink(arabic, 0, 12, half, 30, Color.WHITE)).isZero();
            assertThat(ink(arabic, half, 12, half, 30, Color.WHITE)).isGreaterThan(30);
        } else {
            System.err.println("no font for Arabic on this machine: the check of its direction is left out");
            assertThat(ink(arabic, 0, 12, half, 30, Color.WHITE)).isGreaterThan(30);
        }
    }

    @Test
    void everyScriptLeavesSomethingToRead() throws IOException {
        List<String> texts = List.of(
                "一只狗跳进水里",
                "犬が水に飛び込む",
                "개가 물에 뛰어든다",
                "कुत्ता पानी में कूदता है",
                "หมากระโดดลงน้ำ",
                "כלב קופץ למים",
                "𓃡𓃢",
                "\ud800 broken",
                "🐕‍🦺 dog");
        for (String text : texts) {
            BufferedImage sheet = sheet(text, tile(Optional.of(red), text));
            assertThat(ink(sheet, 0, 12, sheet.getWidth(), 32, Color.WHITE)).isGreaterThan(30);
            int caption = Y + ContactSheet.THUMBNAIL / 2 + 19;
            assertThat(ink(sheet, 12, caption, 180, 40, Color.WHITE)).isGreaterThan(10);
        }
    }

    @Test
    void oneRowAQueryAndTheFileIsWhole() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int count : new int[] {10, 3, 0, 12}) {
            rows.add(new Row("query " + count, Collections.nCopies(count, tile(Optional.of(red), "a caption"))));
        }
        Path png = folder.resolve("out/sheet.png");
        new ContactSheet(rows).write(png);
        BufferedImage sheet = ImageIO.read(png.toFile());
        assertThat(sheet.getWidth()).isEqualTo(12 + 10 * (ContactSheet.THUMBNAIL + 12));
        int line = ContactSheet.THUMBNAIL + 66 + 12;
        assertThat(sheet.getHeight()).isEqualTo(12 + 4 * 34 + 5 * line);
        assertThat(sheet.getRGB(X, Y + 34 + line)).isEqualTo(0xffff0000);
        assertThat(png.resolveSibling(".").toFile().list()).containsExactly("sheet.png");
    }

    @Test
    void tooManyResultsAreRefusedBeforeTheyAreDrawn() {
        Row row = new Row("q", Collections.nCopies(900, tile(Optional.empty(), "x")));
        assertThatThrownBy(() -> new ContactSheet(List.of(row)).draw())
                .isInstanceOf(DataException.class)
                .hasMessageContaining("20000");
    }

    private static Tile tile(Optional<Path> media, String caption) {
        return new Tile("item-1", media, 0.5f, caption);
    }

    private static BufferedImage sheet(String query, Tile tile) throws IOException {
        return new ContactSheet(List.of(new Row(query, List.of(tile)))).draw();
    }

    /// Pixels that are not of the colour of the ground.
    private static int ink(BufferedImage sheet, int left, int top, int width, int height, Color ground) {
        int count = 0;
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                if (sheet.getRGB(x, y) != ground.getRGB()) {
                    count++;
                }
            }
        }
        return count;
    }
}
