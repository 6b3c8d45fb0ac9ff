package org.cl2cm.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The head of a NumPy `.npy` file of two dimensions, versions 1, 2 and 3 of the format.
///
/// @param offset where the numbers begin, in bytes
/// @param half float16 instead of float32
record NpyHeader(long offset, long rows, long dimension, boolean half) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST = 1 << 16;
    private static final Pattern TYPE = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");
    private static final Pattern FORTRAN = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([^)]*)\\)");

    /// @throws DataException when the file is no `.npy` or not one we can map, saying what it is and what is needed
    static NpyHeader read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = bytes(file, in, 8);
            for (int i = 0; i < MAGIC.length; i++) {
                if (start[i] != MAGIC[i]) {
                    throw DataException.in(file, "not a .npy file: it does not begin with the NumPy mark");
                }
            }
            int version = start[6];
            if (version < 1 || version > 3) {
                throw DataException.in(file, "npy version " + version + " is not known; versions 1 to 3 are");
            }
            int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
            ByteBuffer length = ByteBuffer.wrap(bytes(file, in, lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
            long count =
                    version == 1 ? Short.toUnsignedInt(length.getShort()) : Integer.toUnsignedLong(length.getInt());
            if (count > LONGEST) {
                throw DataException.in(file, "npy header of " + count + " bytes is too long to be one");
            }
            String text = new String(bytes(file, in, (int) count), StandardCharsets.UTF_8);
            return parse(file, text, 8L + lengthBytes + count);
        } catch (NoSuchFileException e) {
            throw DataException.in(file, "no such file", e);
        }
    }

    private static byte[] bytes(Path file, InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw DataException.in(file, "ends inside the npy header; is the copy complete?", new EOFException());
        }
        return bytes;
    }

    private static NpyHeader parse(Path file, String text, long offset) throws DataException {
        String type = group(file, TYPE, text, "descr");
        if (!type.equals("<f4") && !type.equals("<f2")) {
            throw DataException.in(
                    file, "numbers of type '" + type + "', need '<f4' or '<f2'; save it with .astype('float32')");
        }
        if (group(file, FORTRAN, text, "fortran_order").equals("True")) {
            throw DataException.in(file, "stored in Fortran order; save it with numpy.ascontiguousarray");
        }
        String shape = group(file, SHAPE, text, "shape").strip().replaceFirst("\\s*,$", "");
        String[] sizes = shape.isEmpty() ? new String[0] : shape.split("\\s*,\\s*", -1);
        if (sizes.length != 2) {
            throw DataException.in(
                    file, "shape (" + shape + ") has " + sizes.length + " dimensions, need 2: (items, dimension)");
        }
        try {
            return new NpyHeader(offset, Long.parseLong(sizes[0]), Long.parseLong(sizes[1]), type.equals("<f2"));
        } catch (NumberFormatException e) {
            throw DataException.in(file, "shape (" + shape + ") cannot be read", e);
        }
    }

    private static String group(Path file, Pattern pattern, String text, String key) throws DataException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw DataException.in(file, "npy header has no \"" + key + "\"");
        }
        return matcher.group(1);
    }

    /// The head of a float32 file, version 1, padded as NumPy does so that the numbers begin at a multiple of 64.
    static byte[] write(int rows, int dimension) {
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + dimension + "), }";
        int total = (10 + text.length() + 1 + 63) / 64 * 64;
        ByteBuffer head = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
        head.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - 10));
        head.put(text.getBytes(StandardCharsets.US_ASCII));
        while (head.remaining() > 1) {
            head.put((byte) ' ');
        }
        return head.put((byte) '\n').array();
    }
}
