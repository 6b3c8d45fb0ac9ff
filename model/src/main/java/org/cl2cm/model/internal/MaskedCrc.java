package org.cl2cm.model.internal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// CRC-32C, rotated and shifted so that a checksum of data with checksums in it stays good; as LevelDB
/// and TensorFlow store it.
final class MaskedCrc {
    private MaskedCrc() {}

    static int of(ByteBuffer data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        return mask((int) crc.getValue());
    }

    static int mask(int crc) {
        return Integer.rotateRight(crc, 15) + 0xa282ead8;
    }
}
