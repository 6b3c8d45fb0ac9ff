package org.cl2cm.model.translate;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.data.translate.TranslationException;

/// The translation of one batch: what the encoder made of the sources, and the keys and values of the
/// tokens so far, which follow the beams from step to step. Those of the encoder come from the first
/// step and stay.
final class OnnxDecoding implements NextTokens, AutoCloseable {
    private static final String PAST = "past_key_values.";
    private static final String PRESENT = "present.";

    private final OnnxSeq2Seq model;
    private final OrtEnvironment environment;
    private final OnnxTensor mask;
    private final OnnxTensor states;
    private final Map<String, OnnxTensor> past = new HashMap<>();
    /// Results of the first and of the last step, which own the tensors in `past`.
    private Optional<OrtSession.Result> firstStep = Optional.empty();

    private Optional<OrtSession.Result> lastStep = Optional.empty();

    private OnnxDecoding(OnnxSeq2Seq model, OnnxTensor mask, OnnxTensor states) {
        this.model = model;
        this.environment = model.environment();
        this.mask = mask;
        this.states = states;
    }

    static OnnxDecoding start(OnnxSeq2Seq model, int[][] sources, int pad, int beams) throws IOException {
        OrtEnvironment environment = model.environment();
        int length = Arrays.stream(sources).mapToInt(row -> row.length).max().orElse(0);
        long[] shape = {sources.length, length};
        long[] ids = new long[sources.length * length];
        long[] ones = new long[ids.length];
        Arrays.fill(ids, pad);
        for (int i = 0; i < sources.length; i++) {
            for (int j = 0; j < sources[i].length; j++) {
                ids[i * length + j] = sources[i][j];
                ones[i * length + j] = 1;
            }
        }
        try (OnnxTensor words = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                OnnxTensor attention = OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), shape);
                OrtSession.Result result =
                        model.encoder().run(Map.of("input_ids", words, "attention_mask", attention))) {
            OnnxTensor encoded = floats(model, model.encoder(), "last_hidden_state", result.get(0));
            int[] rows = new int[sources.length * beams];
            Arrays.setAll(rows, i -> i / beams);
            long[] maskOfRows = new long[rows.length * length];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(ones, rows[i] * length, maskOfRows, i * length, length);
            }
            return new OnnxDecoding(
                    model,
                    OnnxTensor.createTensor(environment, LongBuffer.wrap(maskOfRows), new long[] {rows.length, length}),
                    rows(environment, encoded, rows, Arena.ofAuto()));
        } catch (OrtException e) {
            throw failure(e);
        }
    }

    private static TranslationException failure(OrtException e) {
        return new TranslationException("ONNX Runtime: " + e.getMessage(), e);
    }

    private static OnnxTensor floats(OnnxSeq2Seq model, OrtSession session, String name, OnnxValue value)
            throws DataException {
        if (value instanceof OnnxTensor tensor && tensor.getInfo().type == OnnxJavaType.FLOAT) {
            return tensor;
        }
        throw DataException.in(
                model.file(session),
                "output \"" + name + "\" is no float32; export the model in float32 or 8 bits, not in float16");
    }

    /// A tensor of some rows of another, in an order.
    ///
    /// @param arena holds its memory, which the collector would let pile up
    private static OnnxTensor rows(OrtEnvironment environment, OnnxTensor tensor, int[] from, Arena arena)
            throws OrtException {
        long[] shape = tensor.getInfo().getShape();
        FloatBuffer values = tensor.getFloatBuffer();
        int width = values.remaining() / Math.toIntExact(shape[0]);
        FloatBuffer chosen = arena.allocate(ValueLayout.JAVA_FLOAT, (long) width * from.length)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int i = 0; i < from.length; i++) {
            chosen.put(i * width, values, from[i] * width, width);
        }
        shape[0] = from.length;
        return OnnxTensor.createTensor(environment, chosen, shape);
    }

    @Override
    public float[][] logits(int[][] rows, int[] from) throws IOException {
        try {
            if (firstStep.isEmpty() || model.later().isEmpty()) {
                // Without a cache every step is a first one; the states of the encoder are the same for all beams.
                closeSteps();
                return run(model.first(), rows, false);
            }
            return next(rows, from);
        } catch (OrtException e) {
            throw failure(e);
        }
    }

    private float[][] next(int[][] rows, int[] from) throws OrtException, IOException {
        List<OnnxTensor> moved = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            if (!isInPlace(from)) {
                for (Map.Entry<String, OnnxTensor> entry : past.entrySet()) {
                    // All beams of a sentence have the same source.
                    if (entry.getKey().contains(".decoder.")) {
                        OnnxTensor tensor = rows(environment, entry.getValue(), from, arena);
                        moved.add(tensor);
                        entry.setValue(tensor);
                    }
                }
            }
            try {
                return run(model.later().orElseThrow(), rows, true);
            } finally {
                moved.forEach(OnnxTensor::close);
            }
        }
    }

    private static boolean isInPlace(int[] from) {
        for (int i = 0; i < from.length; i++) {
            if (from[i] != i) {
                return false;
            }
        }
        return true;
    }

    /// Runs a decoder on the last token of each row, or on all tokens of the rows.
    private float[][] run(OrtSession session, int[][] rows, boolean goesOn) throws OrtException, IOException {
        int length = goesOn ? 1 : rows[0].length;
        long[] ids = new long[rows.length * length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < length; j++) {
                ids[i * length + j] = rows[i][rows[i].length - length + j];
            }
        }
        List<OnnxTensor> made = new ArrayList<>();
        try {
            OnnxTensor words =
                    OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), new long[] {rows.length, length});
            made.add(words);
            Map<String, OnnxTensor> inputs = new HashMap<>();
            for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
                inputs.put(input.getKey(), input(session, input.getValue(), words, goesOn, made));
            }
            OrtSession.Result result = session.run(inputs, outputs(session, goesOn));
            keep(session, result, goesOn);
            return last(floats(model, session, "logits", result.get("logits").orElseThrow()), rows.length);
        } finally {
            made.forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor input(
            OrtSession session, NodeInfo input, OnnxTensor words, boolean goesOn, List<OnnxTensor> made)
            throws OrtException, DataException {
        String name = input.getName();
        if (name.startsWith(PAST)) {
            if (goesOn) {
                return Optional.ofNullable(past.get(name))
                        .orElseThrow(() -> DataException.in(
                                model.file(session), "input \"" + name + "\": the first decoder has no such output"));
            }
            OnnxTensor nothing = unused(session, input, words.getInfo().getShape()[0]);
            made.add(nothing);
            return nothing;
        }
        return switch (name) {
            case "input_ids" -> words;
            case "encoder_attention_mask" -> mask;
            case "encoder_hidden_states" -> states;
            case "use_cache_branch" -> {
                OnnxTensor branch = OnnxTensor.createTensor(environment, new boolean[] {goesOn});
                made.add(branch);
                yield branch;
            }
            default ->
                throw DataException.in(
                        model.file(session),
                        "takes an input \"" + name + "\" that encoder-decoder exports do not have");
        };
    }

    /// What a merged decoder is given as past where there is none: it must have a shape, and is not
    /// looked at.
    private OnnxTensor unused(OrtSession session, NodeInfo input, long rows) throws OrtException, DataException {
        long[] shape = input.getInfo() instanceof TensorInfo info ? info.getShape() : new long[0];
        if (shape.length != 4 || shape[1] < 1 || shape[3] < 1) {
            throw DataException.in(
                    model.file(session),
                    "input \"" + input.getName() + "\" has the shape " + Arrays.toString(shape)
                            + ", expected [batch, heads, length, width] with heads and width given");
        }
        int size = Math.toIntExact(rows * shape[1] * shape[3]);
        return OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(new float[size]), new long[] {rows, shape[1], 1, shape[3]});
    }

    /// The outputs that are needed: the keys and values of the encoder come from the first step alone,
    /// and none are where nothing goes on from them.
    private Set<String> outputs(OrtSession session, boolean goesOn) throws DataException {
        Set<String> names = new LinkedHashSet<>(Set.of("logits"));
        if (!session.getOutputNames().contains("logits")) {
            throw DataException.in(model.file(session), "has no output \"logits\"");
        }
        if (model.later().isPresent()) {
            session.getOutputNames().stream()
                    .filter(name -> name.startsWith(PRESENT))
                    .filter(name -> !goesOn || name.contains(".decoder."))
                    .forEach(names::add);
        }
        return names;
    }

    private void keep(OrtSession session, OrtSession.Result result, boolean goesOn) throws DataException {
        Optional<OrtSession.Result> before = lastStep;
        if (goesOn) {
            lastStep = Optional.of(result);
        } else {
            firstStep = Optional.of(result);
        }
        for (Map.Entry<String, OnnxValue> output : result) {
            if (output.getKey().startsWith(PRESENT)) {
                past.put(
                        PAST + output.getKey().substring(PRESENT.length()),
                        floats(model, session, output.getKey(), output.getValue()));
            }
        }
        before.ifPresent(OrtSession.Result::close);
    }

    /// The logits of the last token of each row.
    private float[][] last(OnnxTensor logits, int rows) {
        long[] shape = logits.getInfo().getShape();
        int length = Math.toIntExact(shape[1]);
        int vocabulary = Math.toIntExact(shape[2]);
        FloatBuffer values = logits.getFloatBuffer();
        float[][] last = new float[rows][vocabulary];
        for (int i = 0; i < rows; i++) {
            values.get((i * length + length - 1) * vocabulary, last[i]);
        }
        return last;
    }

    private void closeSteps() {
        lastStep.ifPresent(OrtSession.Result::close);
        firstStep.ifPresent(OrtSession.Result::close);
        lastStep = Optional.empty();
        firstStep = Optional.empty();
        past.clear();
    }

    @Override
    public void close() {
        closeSteps();
        mask.close();
        states.close();
    }
}
