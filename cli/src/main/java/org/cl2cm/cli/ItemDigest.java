package org.cl2cm.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// SHA-256 over what an item of a collection is made of. For one item and one thread.
final class ItemDigest {
    private static final int HEX = 32;

    private final MessageDigest digest;

    ItemDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// Adds bytes, and how many they are, so that two neighbours are never taken for one.
    ItemDigest add(byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
        return this;
    }

    ItemDigest add(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return add(bytes.array());
    }

    /// In any order of the keys the same.
    ItemDigest add(Map<String, String> fields) {
        new TreeMap<>(fields).forEach((key, value) -> {
            add(key.getBytes(StandardCharsets.UTF_8));
            add(value.getBytes(StandardCharsets.UTF_8));
        });
        return this;
    }

    /// Hexadecimal, the first half of the sum; nothing can be added after it.
    String text() {
        return HexFormat.of().formatHex(digest.digest()).substring(0, HEX);
    }
}
