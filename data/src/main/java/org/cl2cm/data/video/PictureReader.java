package org.cl2cm.data.video;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Reads pictures that stand one after another in a stream, each as a binary PPM: `P6`, width, height,
/// 255, then red, green and blue of every pixel. Each says its size, so nobody has to know how a video
/// is turned.
final class PictureReader {
    private static final int LONGEST_WORD = 9;

    private final InputStream in;
    private final long maxPixels;

    PictureReader(InputStream in, long maxPixels) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.maxPixels = maxPixels;
    }

    /// The next picture, of type `TYPE_INT_RGB`; empty at the end of the stream.
    ///
    /// @throws EOFException when the stream ends within a picture
    /// @throws IOException when it holds something else or a picture of more pixels than the bound
    Optional<BufferedImage> next() throws IOException {
        int first = in.read();
        if (first < 0) {
            return Optional.empty();
        }
        if (first != 'P' || in.read() != '6') {
            throw new IOException("no picture where one was expected");
        }
        in.read();
        int width = number();
        int height = number();
        int most = number();
        if (width < 1 || height < 1 || most != 255 || (long) width * height > maxPixels) {
            throw new IOException("a picture of " + width + " x " + height + " pixels with values up to " + most);
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        byte[] row = new byte[3 * width];
        for (int y = 0; y < height; y++) {
            if (in.readNBytes(row, 0, row.length) < row.length) {
                throw new EOFException("a picture breaks off");
            }
            for (int x = 0; x < width; x++) {
                pixels[y * width + x] = (row[3 * x] & 255) << 16 | (row[3 * x + 1] & 255) << 8 | (row[3 * x + 2] & 255);
            }
        }
        return Optional.of(image);
    }

    /// A whole number and the white space after it.
    private int number() throws IOException {
        int number = 0;
        for (int digits = 0; digits <= LONGEST_WORD; digits++) {
            int c = in.read();
            if (c == ' ' || c == '\n') {
                return digits == 0 ? -1 : number;
            }
            if (c < '0' || c > '9' || digits == LONGEST_WORD) {
                break;
            }
            number = 10 * number + c - '0';
        }
        throw new IOException("no picture where one was expected");
    }
}
