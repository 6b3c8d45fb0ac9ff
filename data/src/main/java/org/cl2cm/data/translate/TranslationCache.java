package org.cl2cm.data.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.DataException;

/// What one system has translated, by the content of the texts: a file that only grows, one
/// translation a line, so that a kill at any instant costs the last batch at most. A line that was cut
/// off is dropped when the file is opened.
///
/// One process at a time has it open.
final class TranslationCache implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FileChannel channel;
    private final Map<String, Translation> known = new HashMap<>();

    private TranslationCache(FileChannel channel) {
        this.channel = channel;
    }

    /// The file of a system.
    ///
    /// @param identity see [Translator#identity]
    static Path file(Path folder, String identity) {
        String name = identity.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return folder.resolve((name.length() > 40 ? name.substring(0, 40) : name) + "-"
                + hash(identity).substring(0, 16) + ".jsonl");
    }

    /// @throws DataException when another process has it open
    static TranslationCache open(Path folder, String identity) throws IOException {
        Files.createDirectories(folder);
        Path file = file(folder, identity);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(file, channel);
            channel.truncate(wholeLines(channel));
            TranslationCache cache = new TranslationCache(channel);
            cache.read(file);
            channel.position(channel.size());
            if (channel.size() == 0) {
                cache.append(JSON.writeValueAsString(Map.of("system", identity)) + "\n");
            }
            return cache;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(Path file, FileChannel channel) throws IOException {
        boolean locked;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            locked = false;
        }
        if (!locked) {
            throw DataException.in(file, "another process translates with the same system; wait for its end");
        }
    }

    /// Bytes up to the end of the last line that is whole.
    private static long wholeLines(FileChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1 << 12);
        for (long end = channel.size(); end > 0; end -= one.capacity()) {
            long start = Math.max(0, end - one.capacity());
            one.clear().limit((int) (end - start));
            while (one.hasRemaining() && channel.read(one, start + one.position()) >= 0) {}
            for (int i = one.position() - 1; i >= 0; i--) {
                if (one.get(i) == '\n') {
                    return start + i + 1;
                }
            }
        }
        return 0;
    }

    /// Takes every line that can be read; what a broken one held is translated again.
    private void read(Path file) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                try {
                    take(JSON.readTree(line));
                } catch (JsonProcessingException e) {
                    // Cut off or overwritten.
                }
            }
        }
    }

    private void take(JsonNode node) {
        JsonNode hash = node.path("hash");
        JsonNode text = node.path("text");
        if (hash.isTextual() && text.isTextual()) {
            List<String> unknown = new ArrayList<>();
            node.path("unknown").forEach(word -> unknown.add(word.asText()));
            known.put(hash.textValue(), new Translation(text.textValue(), unknown));
        }
    }

    Optional<Translation> get(String text) {
        return Optional.ofNullable(known.get(hash(text)));
    }

    /// Keeps translations by their texts; they are on the disk when this returns.
    void put(Map<String, Translation> translations) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, Translation> entry : translations.entrySet()) {
            String hash = hash(entry.getKey());
            known.put(hash, entry.getValue());
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("hash", hash);
            fields.put("text", entry.getValue().text());
            if (!entry.getValue().unknown().isEmpty()) {
                fields.put("unknown", entry.getValue().unknown());
            }
            lines.append(JSON.writeValueAsString(fields)).append('\n');
        }
        append(lines.toString());
    }

    private void append(String lines) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(false);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
