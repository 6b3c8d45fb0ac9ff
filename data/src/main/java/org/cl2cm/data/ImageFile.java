package org.cl2cm.data;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// Decodes a picture (JPEG, PNG, WebP, GIF, BMP) to 8-bit RGB, upright.
///
/// Transparency lies over white, CMYK and grey become RGB, the EXIF orientation is applied, of an
/// animation the first frame is taken. A picture that is cut off or damaged is an error, never a
/// half-grey picture: its features would be wrong without anybody noticing. Safe for use by many
/// threads.
public final class ImageFile {
    /// Pictures with more pixels than this are refused, before they are decoded, unless the caller
    /// says otherwise.
    public static final long DEFAULT_MAX_PIXELS = 100_000_000L;

    private static final Set<String> SUFFIXES = Set.of("jpg", "jpeg", "png", "webp", "gif", "bmp");

    private ImageFile() {}

    /// Whether the name of `file` says that it is a picture.
    public static boolean hasName(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 && SUFFIXES.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /// Reads a picture of at most [#DEFAULT_MAX_PIXELS].
    ///
    /// @return an image of type `TYPE_INT_RGB`
    /// @throws DataException naming the file and what is wrong with it
    public static BufferedImage read(Path file) throws IOException {
        return read(file, DEFAULT_MAX_PIXELS);
    }

    /// Reads a picture of at most `maxPixels`.
    public static BufferedImage read(Path file, long maxPixels) throws IOException {
        return decode(bytes(file), file.toString(), maxPixels);
    }

    /// Reads a file as it is, for [#decode].
    ///
    /// @throws DataException when there is none, or it is too large for the memory
    public static byte[] bytes(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw DataException.in(file, "no such file", e);
        } catch (OutOfMemoryError e) {
            throw DataException.in(file, "too large a file for a picture", e);
        }
    }

    /// Decodes a picture that is in memory already.
    ///
    /// @param name what errors call it
    public static BufferedImage decode(byte[] bytes, String name, long maxPixels) throws DataException {
        if (bytes.length == 0) {
            throw new DataException(name + ": the file is empty");
        }
        refuseCutOffWebP(bytes, name);
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException(
                        name + ": not a JPEG, PNG, WebP, GIF or BMP picture; it begins with " + beginning(bytes));
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                BufferedImage raw = raw(reader, name, maxPixels);
                return upright(rgb(raw), ExifOrientation.of(bytes));
            } finally {
                reader.dispose();
            }
        } catch (DataException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Decoders answer damaged files with all kinds of exceptions.
            throw new DataException(
                    name + ": cannot be decoded, damaged or cut off: "
                            + (e.getMessage() == null ? e.toString() : e.getMessage()),
                    e);
        }
    }

    /// The decoder of lossless WebP fills what is missing without a word, but the file says how long
    /// it is.
    private static void refuseCutOffWebP(byte[] bytes, String name) throws DataException {
        boolean webp = bytes.length >= 12
                && new String(bytes, 0, 4, StandardCharsets.ISO_8859_1).equals("RIFF")
                && new String(bytes, 8, 4, StandardCharsets.ISO_8859_1).equals("WEBP");
        if (!webp) {
            return;
        }
        long length = 8
                + Integer.toUnsignedLong(
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
        if (length > bytes.length) {
            throw new DataException(
                    name + ": cannot be decoded, damaged or cut off: has " + bytes.length + " of " + length + " bytes");
        }
    }

    private static BufferedImage raw(ImageReader reader, String name, long maxPixels) throws IOException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if ((long) width * height > maxPixels) {
            throw new DataException(name + ": " + width + " x " + height + " pixels are more than the bound of "
                    + maxPixels + "; make it smaller or raise the bound");
        }
        List<String> damage = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> {
            if (isDamage(warning)) {
                damage.add(warning);
            }
        });
        BufferedImage image = reader.read(0);
        if (!damage.isEmpty()) {
            throw new DataException(name + ": cannot be decoded, damaged or cut off: " + damage.getFirst());
        }
        return image;
    }

    /// The JPEG decoder fills what is missing with grey and only warns. Its other warnings (colour
    /// profiles, bytes between segments) leave the picture whole.
    private static boolean isDamage(String warning) {
        String text = warning.toLowerCase(Locale.ROOT);
        return text.contains("truncat")
                || text.contains("premature")
                || text.contains("huffman")
                || text.contains("eof")
                || text.contains("unexpected end")
                || text.contains("missing eoi");
    }

    private static String beginning(byte[] bytes) {
        int length = Math.min(16, bytes.length);
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        return "\"" + text.replaceAll("[^ -~]", ".") + "\"";
    }

    private static BufferedImage rgb(BufferedImage raw) {
        BufferedImage image = new BufferedImage(raw.getWidth(), raw.getHeight(), BufferedImage.TYPE_INT_RGB);
        boolean grey = raw.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && !(raw.getColorModel() instanceof IndexColorModel);
        if (grey) {
            drawGrey(raw, image);
            return image;
        }
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.drawImage(raw, 0, 0, null);
        graphics.dispose();
        return image;
    }

    /// Java takes grey for linear light and would brighten it; files mean the same curve as in RGB.
    private static void drawGrey(BufferedImage raw, BufferedImage image) {
        Raster raster = raw.getRaster();
        int width = raw.getWidth();
        boolean alpha = raw.getColorModel().hasAlpha();
        double scale = 255.0 / ((1L << raw.getColorModel().getComponentSize(0)) - 1);
        int bands = raster.getNumBands();
        int[] samples = new int[width * bands];
        for (int y = 0; y < raw.getHeight(); y++) {
            raster.getPixels(0, y, width, 1, samples);
            for (int x = 0; x < width; x++) {
                double value = samples[x * bands] * scale;
                if (alpha) {
                    double opacity = samples[x * bands + 1] * scale / 255;
                    value = value * opacity + 255 * (1 - opacity);
                }
                int grey = (int) Math.round(value);
                image.setRGB(x, y, grey << 16 | grey << 8 | grey);
            }
        }
    }

    /// Turns and mirrors by the EXIF orientation.
    private static BufferedImage upright(BufferedImage image, int orientation) {
        if (orientation == 1) {
            return image;
        }
        int width = image.getWidth();
        int height = image.getHeight();
        boolean swapped = orientation >= 5;
        BufferedImage turned =
                new BufferedImage(swapped ? height : width, swapped ? width : height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < turned.getHeight(); y++) {
            for (int x = 0; x < turned.getWidth(); x++) {
                int fromX = swapped ? y : x;
                int fromY = swapped ? x : y;
                boolean mirrorX = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
                boolean mirrorY = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
                turned.setRGB(
                        x, y, image.getRGB(mirrorX ? width - 1 - fromX : fromX, mirrorY ? height - 1 - fromY : fromY));
            }
        }
        return turned;
    }
}
