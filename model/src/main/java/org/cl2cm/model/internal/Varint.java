package org.cl2cm.model.internal;

import java.nio.ByteBuffer;

/// Numbers of variable length, seven bits a byte, lowest first; as LevelDB and Protocol Buffers write
/// them.
record Varint(ByteBuffer in) {
    /// @throws IllegalArgumentException when it has more than ten bytes
    /// @throws java.nio.BufferUnderflowException when the buffer ends inside
    long next() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than ten bytes");
    }
}
