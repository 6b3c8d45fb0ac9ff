package org.cl2cm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
    @TempDir
    Path folder;

    /// Left half red, right half blue, with a green top left corner.
    private static BufferedImage picture(int type) {
        BufferedImage image = new BufferedImage(64, 32, type);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.RED);
        graphics.fillRect(0, 0, 32, 32);
        graphics.setColor(Color.BLUE);
        graphics.fillRect(32, 0, 32, 32);
        graphics.setColor(Color.GREEN);
        graphics.fillRect(0, 0, 16, 16);
        graphics.dispose();
        return image;
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).as(format).isTrue();
        return out.toByteArray();
    }

    private static BufferedImage decode(byte[] bytes) throws DataException {
        return ImageFile.decode(bytes, "picture", ImageFile.DEFAULT_MAX_PIXELS);
    }

    private static void near(BufferedImage image, int x, int y, Color expected, int tolerance) {
        Color found = new Color(image.getRGB(x, y));
        assertThat(Math.abs(found.getRed() - expected.getRed())
                        + Math.abs(found.getGreen() - expected.getGreen())
                        + Math.abs(found.getBlue() - expected.getBlue()))
                .as("pixel %d,%d is %s, expected %s", x, y, found, expected)
                .isLessThanOrEqualTo(tolerance);
    }

    @Test
    void decodesTheFormatsOfTheJdk() throws IOException {
        for (String format : new String[] {"jpg", "png", "bmp", "gif"}) {
            Path file = folder.resolve("a." + format);
            Files.write(file, encode(picture(BufferedImage.TYPE_INT_RGB), format));
            BufferedImage image = ImageFile.read(file);
            assertThat(image.getType()).isEqualTo(BufferedImage.TYPE_INT_RGB);
            assertThat(image.getWidth()).isEqualTo(64);
            near(image, 8, 8, Color.GREEN, format.equals("jpg") ? 12 : 0);
            near(image, 8, 24, Color.RED, format.equals("jpg") ? 12 : 0);
            near(image, 56, 16, Color.BLUE, format.equals("jpg") ? 12 : 0);
        }
    }

    @Test
    void decodesWebP() throws IOException {
        // One pixel, lossy.
        byte[] webp = Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");
        BufferedImage image = decode(webp);
        assertThat(image.getWidth()).isEqualTo(1);
        assertThat(image.getHeight()).isEqualTo(1);
        assertThatThrownBy(() -> decode(Arrays.copyOf(webp, 24))).isInstanceOf(DataException.class);
    }

    @Test
    void decodesLosslessWebPExactlyAndRefusesItWhenCutOff() throws IOException {
        // Eight by eight random pixels of seed 3, packed by libwebp.
        byte[] webp = Base64.getDecoder()
                .decode("UklGRjwBAABXRUJQVlA4TC8BAAAvB8ABAP/hOAAAQjnb9l1+2d/apTHbopdt27WG4wAACOVs+/78KnuEXq3QhK3g"
                        + "ejWAbbucRgCARLi7W2IDBuDIRMZlAJJkh3d397/5j9/4n8QG/uSB8b4TLMRTmlne3q4PyRZbSgg78voL8yRtXPet"
                        + "wors0xxdAHut4gBwO8Ze2M/tzhH7L+rDVfzjThgjXDp6iyNTaeQ4vVq/DegyN718VJ5bWgQBNMgdBzBZ0Peqy26+"
                        + "Lh1LRga8Udf+5vB806MC0KkUFF9qqplr7Woz8rUI1aCOG4EFmBtqHAlbj5REIpcBqqoHwqanVk7UkyHg7nEJGhgE"
                        + "AEA0mm3bto2I/gdfUBtSpi99stKMT2KiQyvJgfF4f9phGZUdEovTm40Pq3XeXgPQCdEvM0+G7pjnBgoA");
        BufferedImage image = decode(webp);
        Random random = new Random(3);
        for (int i = 0; i < 64; i++) {
            assertThat(image.getRGB(i % 8, i / 8) & 0xFFFFFF).isEqualTo(random.nextInt(1 << 24));
        }
        assertThatThrownBy(() -> decode(Arrays.copyOf(webp, webp.length / 2)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cut off");
    }

    @Test
    void laysTransparencyOverWhite() throws IOException {
        BufferedImage clear = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        clear.setRGB(0, 0, 0x00FF0000);
        clear.setRGB(1, 0, 0x80000000);
        BufferedImage image = decode(encode(clear, "png"));
        near(image, 0, 0, Color.WHITE, 0);
        near(image, 1, 0, new Color(127, 127, 127), 3);
    }

    @Test
    void keepsTheValuesOfGrey() throws IOException {
        BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 100);
        near(decode(encode(grey, "png")), 0, 0, new Color(100, 100, 100), 0);
        near(decode(encode(grey, "jpg")), 0, 0, new Color(100, 100, 100), 3);

        BufferedImage sixteen = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        sixteen.getRaster().setSample(0, 0, 0, 100 * 257);
        near(decode(encode(sixteen, "png")), 0, 0, new Color(100, 100, 100), 0);

        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY),
                true,
                false,
                BufferedImage.TRANSLUCENT,
                DataBuffer.TYPE_BYTE);
        BufferedImage alpha = new BufferedImage(model, model.createCompatibleWritableRaster(1, 1), false, null);
        alpha.getRaster().setPixel(0, 0, new int[] {100, 255});
        near(decode(encode(alpha, "png")), 0, 0, new Color(100, 100, 100), 0);
    }

    @Test
    void convertsCmyk() throws IOException {
        WritableRaster inks = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 32, 32, 4, null);
        for (int i = 0; i < 32 * 32; i++) {
            inks.setPixel(i % 32, i / 32, new int[] {255, 0, 0, 255});
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(new IIOImage(inks, null, null));
        } finally {
            writer.dispose();
        }
        // Adobe's mark says CMYK, and that the inks are stored inverted: magenta and yellow here.
        byte[] adobe = {(byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        marked.write(bytes.toByteArray(), 0, 2);
        marked.write(adobe);
        marked.write(bytes.toByteArray(), 2, bytes.size() - 2);
        Color found = new Color(decode(marked.toByteArray()).getRGB(16, 16));
        assertThat(found.getRed())
                .as("magenta and yellow ink make red: %s", found)
                .isGreaterThan(200);
        assertThat(found.getGreen()).isLessThan(80);
        assertThat(found.getBlue()).isLessThan(80);
    }

    @Test
    void appliesEveryExifOrientation() throws IOException {
        // Where the green corner of the stored picture ends up, in the upright one.
        int[][] corner = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}, {1, 0}, {1, 1}, {0, 1}};
        byte[] jpeg = encode(picture(BufferedImage.TYPE_INT_RGB), "jpg");
        for (int orientation = 1; orientation <= 8; orientation++) {
            BufferedImage image = decode(withExif(jpeg, orientation));
            boolean swapped = orientation >= 5;
            assertThat(image.getWidth()).isEqualTo(swapped ? 32 : 64);
            assertThat(image.getHeight()).isEqualTo(swapped ? 64 : 32);
            int x = corner[orientation - 1][0] == 0 ? 6 : image.getWidth() - 7;
            int y = corner[orientation - 1][1] == 0 ? 6 : image.getHeight() - 7;
            near(image, x, y, Color.GREEN, 20);
        }
    }

    private static byte[] withExif(byte[] jpeg, int orientation) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(0xFFD8);
        out.writeShort(0xFFE1);
        out.writeShort(2 + 6 + 8 + 2 + 12 + 4);
        out.write("Exif\0\0MM".getBytes(StandardCharsets.US_ASCII));
        out.writeShort(42);
        out.writeInt(8);
        out.writeShort(1);
        out.writeShort(0x0112);
        out.writeShort(3);
        out.writeInt(1);
        out.writeShort(orientation);
        out.writeShort(0);
        out.writeInt(0);
        out.write(jpeg, 2, jpeg.length - 2);
        return bytes.toByteArray();
    }

    @Test
    void brokenExifIsUpright() throws IOException {
        byte[] jpeg = withExif(encode(picture(BufferedImage.TYPE_INT_RGB), "jpg"), 6);
        jpeg[16] = (byte) 0x7F; // the directory now lies far outside
        assertThat(decode(jpeg).getWidth()).isEqualTo(64);
    }

    @Test
    void refusesPicturesThatAreCutOff() throws IOException {
        BufferedImage noise = new BufferedImage(200, 200, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(7);
        for (int i = 0; i < 200 * 200; i++) {
            noise.setRGB(i % 200, i / 200, random.nextInt(1 << 24));
        }
        byte[] whole = encode(noise, "jpg");
        assertThat(decode(whole).getWidth()).isEqualTo(200);
        for (double part : new double[] {0.001, 0.02, 0.1, 0.5, 0.9, 0.99}) {
            Path file = folder.resolve("cut.jpg");
            Files.write(file, Arrays.copyOf(whole, (int) (whole.length * part)));
            assertThatThrownBy(() -> ImageFile.read(file))
                    .as("the first %s of it", part)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("cut.jpg");
        }
        for (String format : new String[] {"png", "gif", "bmp"}) {
            byte[] other = encode(noise, format);
            for (double part : new double[] {0.001, 0.1, 0.5, 0.9}) {
                assertThatThrownBy(() -> decode(Arrays.copyOf(other, (int) (other.length * part))))
                        .as("the first %s of a %s", part, format)
                        .isInstanceOf(DataException.class);
            }
        }
    }

    @Test
    void refusesWhatIsNoPicture() throws IOException {
        Path file = folder.resolve("text.jpg");
        Files.writeString(file, "hello, I am text");
        assertThatThrownBy(() -> ImageFile.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("text.jpg: not a JPEG")
                .hasMessageContaining("hello, I am text");
        Files.writeString(file, "");
        assertThatThrownBy(() -> ImageFile.read(file)).hasMessageContaining("text.jpg: the file is empty");
        assertThatThrownBy(() -> ImageFile.read(folder.resolve("no.jpg")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no.jpg: no such file");
    }

    @Test
    void refusesAPngBombByItsHeader() throws IOException {
        Path file = folder.resolve("bomb.png");
        Files.write(file, bomb(50_000, 50_000));
        assertThat(Files.size(file)).isLessThan(5_000_000);
        DataException refused = Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(2), () -> Assertions.assertThrows(DataException.class, () -> ImageFile.read(file)));
        assertThat(refused).hasMessageContaining("bomb.png: 50000 x 50000 pixels");
        assertThatThrownBy(() -> ImageFile.decode(encode(picture(BufferedImage.TYPE_INT_RGB), "png"), "small", 2047))
                .hasMessageContaining("small: 64 x 32 pixels are more than the bound of 2047");
    }

    private static byte[] bomb(int width, int height) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(0x89504E470D0A1A0AL);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[] {8, 2, 0, 0, 0});
        chunk(out, "IHDR", header.toByteArray());
        Deflater deflater = new Deflater(9);
        deflater.setInput(new byte[1 << 24]);
        deflater.finish();
        byte[] packed = new byte[1 << 20];
        int length = deflater.deflate(packed);
        deflater.end();
        chunk(out, "IDAT", Arrays.copyOf(packed, length));
        chunk(out, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String name, byte[] data) throws IOException {
        byte[] mark = name.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(mark);
        sum.update(data);
        out.writeInt(data.length);
        out.write(mark);
        out.write(data);
        out.writeInt((int) sum.getValue());
    }
}
