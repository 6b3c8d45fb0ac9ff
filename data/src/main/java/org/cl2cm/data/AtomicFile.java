package org.cl2cm.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes a file beside its place, forces it to the disk and renames it: a reader sees the old file or the whole new
/// one, and a kill at any instant leaves the old one.
public final class AtomicFile {
    /// Writes the content of a file.
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /// Writes `target` from `content`; creates its folder when missing.
    ///
    /// @throws IOException when the disk is full or the folder cannot be written, naming the file; the old file
    ///     is untouched then and the half-written one removed
    public static void write(Path target, Content content) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path beside = beside(target);
        try {
            try (FileChannel channel = FileChannel.open(
                    beside,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (DataException | FileSystemException | RuntimeException e) {
            Files.deleteIfExists(beside);
            throw e;
        } catch (IOException e) {
            // A full disk says "No space left on device" and nothing more.
            Files.deleteIfExists(beside);
            throw DataException.in(target, "cannot be written: " + e.getMessage(), e);
        }
    }

    /// Writes `text` in UTF-8.
    public static void write(Path target, String text) throws IOException {
        write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// The name a file has while it is being written.
    public static Path beside(Path target) {
        return target.resolveSibling(target.getFileName() + ".part");
    }
}
