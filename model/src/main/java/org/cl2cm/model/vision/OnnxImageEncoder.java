package org.cl2cm.model.vision;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.model.Fingerprint;

/// An image encoder in ONNX, run by ONNX Runtime on the CPU.
///
/// Name, order and size of the input come from the graph; the preparation of the pixels from
/// `preprocessor_config.json` beside it, and where there is none the encoder sees values 0..255. Safe
/// for use by many threads until it is closed: each call runs on its own.
public final class OnnxImageEncoder implements ImageEncoder {
    private static final List<String> USUAL_FILES =
            List.of("model.onnx", "vision_model.onnx", "onnx/vision_model.onnx", "onnx/model.onnx");

    /// How an encoder is run.
    ///
    /// @param output the output to take, or empty for the likeliest: `feat`, `image_embeds`,
    ///     `pooler_output`, or the only one of two dimensions
    /// @param pool for a spatial output, cells in a row and in a column to average over; 0 for an
    ///     output of vectors
    /// @param threads threads inside one call; 1 where many calls run beside each other
    public record Options(Optional<String> output, int pool, int threads) {
        public Options {
            if (pool < 0 || threads < 1) {
                throw new IllegalArgumentException("pool " + pool + " and threads " + threads
                        + ": pool must be at least 0 and threads at least 1");
            }
        }

        /// The likeliest output and one thread a call.
        public static Options defaults() {
            return new Options(Optional.empty(), 0, 1);
        }
    }

    private final Path file;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final GraphInput input;
    private final GraphOutput output;
    private final ImagePreprocessing preprocessing;
    private final ImagePreprocessing.Size size;
    private final String fingerprint;
    private final int dimension;

    /// Opens an encoder.
    ///
    /// @param path an `.onnx` file, or a folder with one and `preprocessor_config.json`
    /// @throws DataException when nothing of these lies there, the graph is not an image encoder, or the
    ///     choice of its output is not clear; lists the outputs then
    public static OnnxImageEncoder open(Path path, Options options) throws IOException {
        Path file = find(path);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession session = session(environment, file, options.threads());
        try {
            return new OnnxImageEncoder(file, environment, session, options);
        } catch (OrtException e) {
            close(session, file, e);
            throw failure(file, e);
        } catch (IOException | RuntimeException e) {
            close(session, file, e);
            throw e;
        }
    }

    private static void close(OrtSession session, Path file, Exception reason) {
        try {
            session.close();
        } catch (OrtException e) {
            reason.addSuppressed(failure(file, e));
        }
    }

    private static OrtSession session(OrtEnvironment environment, Path file, int threads) throws IOException {
        try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
            settings.setIntraOpNumThreads(threads);
            settings.setInterOpNumThreads(1);
            // Warnings about a graph's unused weights mean nothing to the user of an encoder.
            settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            return environment.createSession(file.toString(), settings);
        } catch (OrtException e) {
            throw failure(file, e);
        }
    }

    private OnnxImageEncoder(Path file, OrtEnvironment environment, OrtSession session, Options options)
            throws IOException, OrtException {
        this.file = file;
        this.environment = environment;
        this.session = session;
        this.input = GraphInput.of(file, session.getInputInfo().values());
        this.output = GraphOutput.choose(file, session.getOutputInfo(), options.output(), options.pool());
        Optional<Path> config = config(file);
        Optional<ImagePreprocessing> read =
                config.isPresent() ? Optional.of(PreprocessorConfig.read(config.get())) : Optional.empty();
        this.preprocessing = read.or(() -> input.size().map(ImagePreprocessing::raw))
                .orElseThrow(() -> DataException.in(
                        file,
                        "takes images of any size and has no preprocessor_config.json beside it that says which;"
                                + " add the one of the model"));
        this.size = preprocessing
                .size()
                .orElseThrow(() -> DataException.in(
                        config.orElse(file),
                        "leaves images at different sizes; add \"crop_size\" or an exact \"size\""));
        if (input.size().isPresent() && !input.size().get().equals(size)) {
            throw DataException.in(
                    config.orElse(file),
                    "makes images of " + size + " pixels, but " + file + " takes "
                            + input.size().get());
        }
        this.fingerprint = Fingerprint.ofText(String.join(
                "\n",
                weights(file),
                preprocessing.describe(),
                "input " + input.name() + " " + input.layout(),
                "output " + output.name() + " grid " + output.grid()));
        // Exporters leave dimensions open that are not: only a run tells for certain.
        this.dimension = encodePrepared(List.of(new float[inputLength()])).length;
    }

    /// The file itself, or the graph in a model folder.
    private static Path find(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            return path;
        }
        if (!Files.isDirectory(path)) {
            throw DataException.in(path, "no such file or folder; an encoder is an .onnx file or a folder with one");
        }
        for (String name : USUAL_FILES) {
            if (Files.isRegularFile(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        List<Path> graphs = new ArrayList<>();
        try (var listing = Files.newDirectoryStream(path, "*.onnx")) {
            listing.forEach(graphs::add);
        }
        if (graphs.size() != 1) {
            throw DataException.in(
                    path,
                    graphs.isEmpty()
                            ? "holds no .onnx file; export the image encoder to model.onnx there"
                            : "holds " + graphs.size() + " .onnx files; name the one to use");
        }
        return graphs.getFirst();
    }

    /// `preprocessor_config.json` beside the graph, or above it where the graph lies in a folder `onnx`.
    private static Optional<Path> config(Path file) {
        Path beside = file.resolveSibling("preprocessor_config.json");
        if (Files.isRegularFile(beside)) {
            return Optional.of(beside);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !folder.endsWith("onnx")) {
            return Optional.empty();
        }
        return Optional.of(folder.resolveSibling("preprocessor_config.json")).filter(Files::isRegularFile);
    }

    /// SHA-256 of the graph and of the files that hold its larger weights.
    private static String weights(Path file) throws IOException {
        StringBuilder digests = new StringBuilder(Fingerprint.ofFile(file));
        for (String suffix : List.of("_data", ".data")) {
            Path external = file.resolveSibling(file.getFileName() + suffix);
            if (Files.isRegularFile(external)) {
                digests.append('\n').append(Fingerprint.ofFile(external));
            }
        }
        return digests.toString();
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public List<EncoderSource> sources() {
        return List.of(
                new EncoderSource(file.toAbsolutePath().normalize().toString(), output.name(), output.grid(), false));
    }

    /// The output the features are taken from.
    public String output() {
        return output.name();
    }

    /// What is done to the pixels.
    public ImagePreprocessing preprocessing() {
        return preprocessing;
    }

    @Override
    public int inputLength() {
        return 3 * size.width() * size.height();
    }

    @Override
    public float[] prepare(BufferedImage image) {
        return preprocessing.apply(image, input.layout());
    }

    @Override
    public float[] encodePrepared(List<float[]> prepared) throws IOException {
        int most = input.batch().orElse(Integer.MAX_VALUE);
        if (prepared.size() <= most) {
            return prepared.isEmpty() ? new float[0] : run(prepared);
        }
        throw DataException.in(
                file,
                "takes " + most + " images at once, not " + prepared.size()
                        + "; export it with an open batch dimension, or use --batch " + most);
    }

    private float[] run(List<float[]> prepared) throws IOException {
        int length = inputLength();
        // A direct buffer is read in place; an arena frees it at once, where the collector would let many pile up.
        try (Arena arena = Arena.ofConfined()) {
            FloatBuffer values = arena.allocate(ValueLayout.JAVA_FLOAT, (long) prepared.size() * length)
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            for (float[] image : prepared) {
                if (image.length != length) {
                    throw new IllegalArgumentException(
                            "a prepared image has " + image.length + " numbers, " + file + " takes " + length);
                }
                values.put(image);
            }
            values.flip();
            long[] shape = input.shape(prepared.size(), size);
            try (OnnxTensor batch = OnnxTensor.createTensor(environment, values, shape);
                    OrtSession.Result result = session.run(Map.of(input.name(), batch), Set.of(output.name()))) {
                return features((OnnxTensor) result.get(0), prepared.size());
            }
        } catch (OrtException e) {
            throw failure(file, e);
        }
    }

    private float[] features(OnnxTensor tensor, int count) throws DataException {
        long[] shape = tensor.getInfo().getShape();
        if (shape[0] != count) {
            throw DataException.in(
                    file, "output \"" + output.name() + "\" has " + shape[0] + " rows for " + count + " images");
        }
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        try {
            return output.features(values, shape);
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, "output \"" + output.name() + "\": " + e.getMessage(), e);
        }
    }

    private static DataException failure(Path file, OrtException e) {
        return DataException.in(file, "ONNX Runtime refuses it: " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        try {
            session.close();
        } catch (OrtException e) {
            throw failure(file, e);
        }
    }
}
