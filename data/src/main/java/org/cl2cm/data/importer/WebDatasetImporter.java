package org.cl2cm.data.importer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.JsonLines;

/// WebDataset tars: files of one stem are one sample, `.jpg` the image, `.txt` captions, one a line, `.json` the key
/// `caption` (used when there is no `.txt`) and anything else, which becomes `meta`.
///
/// The images are unpacked to `media/<tar>/`, because everything after works on files.
final class WebDatasetImporter implements Importer {
    private static final int BLOCK = 512;
    private static final int LARGEST_TEXT = 1 << 20;

    @Override
    public String format() {
        return "webdataset";
    }

    @Override
    public String description() {
        return "WebDataset tars (.jpg .txt .json of one stem); images are unpacked into the folder of --media";
    }

    @Override
    public void read(ImportSettings settings, ItemSink sink) throws IOException {
        for (ImportSettings.Source source : settings.from()) {
            Path tar = source.path();
            refuseCutOff(tar);
            try (InputStream file = new BufferedInputStream(Files.newInputStream(tar), 1 << 16);
                    InputStream raw = tar.toString().endsWith("gz") ? new GZIPInputStream(file) : file;
                    TarArchiveInputStream in = new TarArchiveInputStream(raw, "UTF-8")) {
                readTar(source, in, settings, sink);
            } catch (NoSuchFileException e) {
                throw DataException.in(tar, "no such file", e);
            } catch (DataException e) {
                throw e;
            } catch (IOException e) {
                throw DataException.in(tar, "not a whole tar: " + e.getMessage(), e);
            }
        }
    }

    /// A tar ends in blocks of zeros. The library takes a tar that is cut off between or in two headers for a whole one
    /// and would lose samples without a word; a cut-off gzip it notices itself.
    private static void refuseCutOff(Path tar) throws IOException {
        if (tar.toString().endsWith("gz")) {
            return;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(tar)) {
            ByteBuffer last = ByteBuffer.allocate(BLOCK);
            boolean whole = channel.size() >= BLOCK && channel.size() % BLOCK == 0;
            if (whole) {
                channel.position(channel.size() - BLOCK);
                while (last.hasRemaining() && channel.read(last) >= 0) {
                    // until the block is there
                }
                for (byte value : last.array()) {
                    whole &= value == 0;
                }
            }
            if (!whole) {
                throw DataException.in(tar, "not a whole tar: it does not end as one; is the copy complete?");
            }
        } catch (NoSuchFileException e) {
            throw DataException.in(tar, "no such file", e);
        }
    }

    private static void readTar(
            ImportSettings.Source source, TarArchiveInputStream in, ImportSettings settings, ItemSink sink)
            throws IOException {
        Path tar = source.path();
        String shard = tar.getFileName().toString().replaceFirst("\\.tar(\\.gz)?$|\\.tgz$", "");
        Path folder = settings.media()
                .orElse(settings.manifest().resolveSibling("media"))
                .resolve(shard);
        Map<String, byte[]> texts = new LinkedHashMap<>();
        Optional<Path> image = Optional.empty();
        String current = "";
        for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
            if (!entry.isFile()) {
                continue;
            }
            String name = entry.getName().replaceFirst("^\\./", "");
            int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
            if (dot <= name.lastIndexOf('/') + 1) {
                continue; // hidden, or without a suffix: not a part of a sample
            }
            String stem = name.substring(0, dot);
            String suffix = name.substring(dot + 1).toLowerCase(Locale.ROOT);
            if (!stem.equals(current)) {
                finish(source, current, image, texts, settings, sink);
                current = stem;
                texts.clear();
                image = Optional.empty();
            }
            if (Names.isMedia("." + suffix)) {
                image = Optional.of(unpack(tar, in, entry, folder, name));
            } else if (suffix.equals("txt") || suffix.equals("json")) {
                texts.put(suffix, in.readNBytes(LARGEST_TEXT));
            }
        }
        finish(source, current, image, texts, settings, sink);
    }

    /// Unpacks one image beside its place; one that is there already, of the same size, is kept.
    private static Path unpack(Path tar, InputStream in, TarArchiveEntry entry, Path folder, String name)
            throws IOException {
        Path target = folder.resolve(name).normalize();
        if (!target.startsWith(folder.normalize())) {
            throw DataException.in(
                    tar, "entry \"" + name + "\" leads out of the folder; this tar is not to be trusted");
        }
        if (Files.exists(target) && Files.size(target) == entry.getSize()) {
            return target;
        }
        Files.createDirectories(target.toAbsolutePath().getParent());
        AtomicFile.write(target, in::transferTo);
        return target;
    }

    private static void finish(
            ImportSettings.Source source,
            String stem,
            Optional<Path> image,
            Map<String, byte[]> texts,
            ImportSettings settings,
            ItemSink sink)
            throws IOException {
        if (stem.isEmpty()) {
            return;
        }
        String where = source.path() + ", sample \"" + stem + "\"";
        if (image.isEmpty()) {
            sink.skip(where, "has no image");
            return;
        }
        Draft draft = new Draft(stem).media(settings.pathOf(image.get())).split(settings.split());
        byte[] json = texts.get("json");
        byte[] text = texts.get("txt");
        if (json != null) {
            JsonNode node;
            try {
                node = JsonLines.parse(source.path(), 1, new String(json, StandardCharsets.UTF_8));
            } catch (DataException e) {
                sink.skip(where, "its .json cannot be read");
                return;
            }
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                JsonNode value = entry.getValue();
                if (!entry.getKey().equals("caption")) {
                    draft.meta(entry.getKey(), value.isValueNode() ? value.asText() : value.toString());
                } else if (text == null
                        && value.isTextual()
                        && !value.textValue().isBlank()) {
                    draft.caption(source.language(), value.textValue().strip());
                }
            }
        }
        if (text != null) {
            new String(text, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> draft.caption(source.language(), line.strip()));
        }
        sink.accept(draft.item());
    }
}
