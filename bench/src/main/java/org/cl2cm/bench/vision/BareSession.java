package org.cl2cm.bench.vision;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// An ONNX Runtime session and its input tensors, made beforehand.
final class BareSession implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final String input;
    private final String output;
    private final List<OnnxTensor> batches = new ArrayList<>();

    /// @param images prepared, one array each
    BareSession(Path file, String output, List<float[]> images, int batch) throws IOException {
        this.output = output;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            session = environment.createSession(file.toString(), options);
            input = session.getInputNames().iterator().next();
            for (int from = 0; from < images.size(); from += batch) {
                batches.add(tensor(images.subList(from, Math.min(images.size(), from + batch))));
            }
        } catch (OrtException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private OnnxTensor tensor(List<float[]> images) throws OrtException {
        if (!(session.getInputInfo().values().iterator().next().getInfo() instanceof TensorInfo info)) {
            throw new IllegalArgumentException("the graph's input is no tensor");
        }
        long[] shape = info.getShape().clone();
        shape[0] = images.size();
        int length = images.getFirst().length;
        FloatBuffer values = ByteBuffer.allocateDirect(Float.BYTES * images.size() * length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        images.forEach(values::put);
        return OnnxTensor.createTensor(environment, values.flip(), shape);
    }

    /// Runs every batch once, `threads` of them beside each other.
    void run(int threads) throws IOException {
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<Integer>> results = batches.stream()
                    .map(batch -> workers.submit(() -> run(batch)))
                    .toList();
            for (Future<Integer> result : results) {
                result.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("ONNX Runtime failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// @return how many numbers came out
    private int run(OnnxTensor batch) throws OrtException {
        try (OrtSession.Result result = session.run(Map.of(input, batch), Set.of(output))) {
            return ((OnnxTensor) result.get(0)).getFloatBuffer().remaining();
        }
    }

    @Override
    public void close() throws IOException {
        batches.forEach(OnnxTensor::close);
        try {
            session.close();
        } catch (OrtException e) {
            throw new IOException("ONNX Runtime does not close its session", e);
        }
    }
}
