package org.cl2cm.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Finds the orientation that a camera wrote into a JPEG (APP1), PNG (`eXIf`) or WebP (`EXIF`) file.
///
/// Values are those of tag 0x0112 of the EXIF standard: 1 upright ... 8. What cannot be read counts as 1, because a
/// picture with broken EXIF is still a picture.
final class ExifOrientation {
    private static final int TAG = 0x0112;

    private ExifOrientation() {}

    static int of(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        try {
            if (startsWith(file, 0, 0xFF, 0xD8)) {
                return jpeg(file, bytes);
            }
            if (startsWith(file, 0, 0x89, 'P', 'N', 'G')) {
                return chunks(file, bytes, 8, "eXIf", ByteOrder.BIG_ENDIAN);
            }
            if (startsWith(file, 0, 'R', 'I', 'F', 'F')) {
                return chunks(file, bytes, 12, "EXIF", ByteOrder.LITTLE_ENDIAN);
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            return 1;
        }
        return 1;
    }

    private static boolean startsWith(byte[] file, int offset, int... mark) {
        if (file.length < offset + mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((file[offset + i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static int jpeg(byte[] file, ByteBuffer bytes) {
        int at = 2;
        while ((bytes.get(at) & 0xFF) == 0xFF) {
            int marker = bytes.get(at + 1) & 0xFF;
            if (marker == 0xDA || marker == 0xD9) {
                return 1; // the picture itself begins; EXIF stands before it
            }
            int length = bytes.getShort(at + 2) & 0xFFFF;
            if (marker == 0xE1 && startsWith(file, at + 4, 'E', 'x', 'i', 'f', 0, 0)) {
                return tiff(bytes.slice(at + 10, length - 8));
            }
            at += 2 + length;
        }
        return 1;
    }

    /// Chunks of PNG (length, name, data, sum) or RIFF (name, length, data, padded to even).
    private static int chunks(byte[] file, ByteBuffer bytes, int first, String wanted, ByteOrder order) {
        boolean png = order == ByteOrder.BIG_ENDIAN;
        long at = first;
        while (at + 8 <= bytes.limit()) {
            int here = (int) at;
            long length = bytes.order(order).getInt(png ? here : here + 4) & 0xFFFFFFFFL;
            String name = new String(file, png ? here + 4 : here, 4, StandardCharsets.ISO_8859_1);
            if (name.equals(wanted)) {
                boolean marked = startsWith(file, here + 8, 'E', 'x', 'i', 'f', 0, 0);
                int skip = marked ? 6 : 0;
                return tiff(bytes.slice(here + 8 + skip, Math.toIntExact(length) - skip));
            }
            at += 8 + length + (png ? 4 : length & 1);
        }
        return 1;
    }

    private static int tiff(ByteBuffer tiff) {
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        int entries = tiff.getShort(directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if ((tiff.getShort(entry) & 0xFFFF) == TAG) {
                int value = tiff.getShort(entry + 8) & 0xFFFF;
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return 1;
    }
}
