package org.cl2cm.model.translate;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.model.Fingerprint;

/// The graphs of an encoder-decoder model: `encoder_model.onnx`, and `decoder_model_merged.onnx`, or
/// `decoder_model.onnx` with or without `decoder_with_past_model.onnx`, in the folder or in `onnx`
/// below it.
final class OnnxSeq2Seq implements AutoCloseable {
    /// Names of the same graph: as it is, and in 8 bits.
    private static final List<String> SUFFIXES = List.of(".onnx", "_quantized.onnx");

    private final OrtEnvironment environment;
    private final List<Path> files;
    private final OrtSession encoder;
    private final OrtSession first;
    private final Optional<OrtSession> later;
    private final boolean merged;

    private OnnxSeq2Seq(
            OrtEnvironment environment,
            List<Path> files,
            OrtSession encoder,
            OrtSession first,
            Optional<OrtSession> later,
            boolean merged) {
        this.environment = environment;
        this.files = files;
        this.encoder = encoder;
        this.first = first;
        this.later = later;
        this.merged = merged;
    }

    /// @param threads that compute together
    /// @throws DataException when a graph is missing or ONNX Runtime refuses it
    static OnnxSeq2Seq open(Path folder, int threads) throws IOException {
        Path encoder = find(folder, "encoder_model")
                .orElseThrow(() -> DataException.in(
                        folder,
                        "holds no encoder_model.onnx, here or in the folder onnx; export the model with the task"
                                + " text2text-generation-with-past"));
        Optional<Path> whole = find(folder, "decoder_model_merged");
        Path first = whole.or(() -> find(folder, "decoder_model"))
                .orElseThrow(() -> DataException.in(
                        folder,
                        "holds neither decoder_model_merged.onnx nor decoder_model.onnx, here or in the folder onnx"));
        Optional<Path> later = whole.isPresent() ? Optional.empty() : find(folder, "decoder_with_past_model");
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        List<Path> files = new ArrayList<>(List.of(encoder, first));
        later.ifPresent(files::add);
        List<OrtSession> sessions = new ArrayList<>();
        try {
            for (Path file : files) {
                sessions.add(session(environment, file, threads));
            }
        } catch (IOException e) {
            closeAll(sessions);
            throw e;
        }
        return new OnnxSeq2Seq(
                environment,
                files,
                sessions.get(0),
                sessions.get(1),
                sessions.size() > 2 ? Optional.of(sessions.get(2)) : Optional.empty(),
                whole.isPresent());
    }

    private static Optional<Path> find(Path folder, String name) {
        for (Path place : List.of(folder, folder.resolve("onnx"))) {
            for (String suffix : SUFFIXES) {
                Path file = place.resolve(name + suffix);
                if (Files.isRegularFile(file)) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }

    private static OrtSession session(OrtEnvironment environment, Path file, int threads) throws IOException {
        try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
            settings.setIntraOpNumThreads(threads);
            settings.setInterOpNumThreads(1);
            settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            return environment.createSession(file.toString(), settings);
        } catch (OrtException e) {
            throw DataException.in(file, "ONNX Runtime refuses it: " + e.getMessage(), e);
        }
    }

    /// Encodes sources and makes ready to translate them.
    ///
    /// @param sources token ids, one row a sentence
    /// @param pad fills up short rows
    /// @param beams rows of the decoder for each sentence
    OnnxDecoding start(int[][] sources, int pad, int beams) throws IOException {
        return OnnxDecoding.start(this, sources, pad, beams);
    }

    OrtEnvironment environment() {
        return environment;
    }

    OrtSession encoder() {
        return encoder;
    }

    /// The decoder of the first token, and of all where there is no other.
    OrtSession first() {
        return first;
    }

    /// The decoder of the other tokens, which goes on from the keys and values of those before; empty
    /// when every token needs all before it again.
    Optional<OrtSession> later() {
        return merged ? Optional.of(first) : later;
    }

    /// Whether one graph is both decoders, and is told which by `use_cache_branch`.
    boolean isMerged() {
        return merged;
    }

    /// The file that `session` was read from.
    Path file(OrtSession session) {
        return files.get(session.equals(encoder) ? 0 : session.equals(first) ? 1 : 2);
    }

    static Set<String> inputs(OrtSession session) {
        return session.getInputNames();
    }

    /// SHA-256 of the graphs and of the files that hold their larger weights.
    String fingerprint() throws IOException {
        StringBuilder digests = new StringBuilder();
        for (Path file : files) {
            digests.append(Fingerprint.ofFile(file)).append('\n');
            for (String suffix : List.of("_data", ".data")) {
                Path external = file.resolveSibling(file.getFileName() + suffix);
                if (Files.isRegularFile(external)) {
                    digests.append(Fingerprint.ofFile(external)).append('\n');
                }
            }
        }
        return Fingerprint.ofText(digests.toString());
    }

    @Override
    public void close() throws IOException {
        List<OrtSession> sessions = new ArrayList<>(List.of(encoder, first));
        later.ifPresent(sessions::add);
        closeAll(sessions);
    }

    private static void closeAll(List<OrtSession> sessions) throws IOException {
        for (OrtSession session : sessions) {
            try {
                session.close();
            } catch (OrtException e) {
                throw new IOException("ONNX Runtime: " + e.getMessage(), e);
            }
        }
    }
}
