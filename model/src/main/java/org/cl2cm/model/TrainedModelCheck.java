package org.cl2cm.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.data.DataException;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Tensors;

/// Looks over the folder of a trained model: does it have every tensor that its description promises,
/// in shape and finite; is it what its fingerprint says; and is the text encoder below it the right
/// one, or can it be had?
final class TrainedModelCheck {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path folder;
    private final List<String> problems = new ArrayList<>();

    private TrainedModelCheck(Path folder) {
        this.folder = folder;
    }

    /// @return one line a problem, naming file and tensor; empty when the folder is good
    static List<String> problems(Path folder) throws IOException {
        TrainedModelCheck check = new TrainedModelCheck(folder);
        check.note(() -> check.look(ModelDescription.read(folder)));
        return check.problems;
    }

    private interface Look {
        void run() throws IOException;
    }

    /// What stops one look does not stop the next.
    private void note(Look look) throws IOException {
        try {
            look.run();
        } catch (DataException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private void look(ModelDescription description) throws IOException {
        BaseEncoder base = BaseEncoder.of(folder, description);
        boolean there = Files.isDirectory(base.folder());
        note(() -> {
            if (there) {
                base.check();
                problems.addAll(ModelFolder.problems(base.folder()));
            } else if (!base.fetchable()) {
                base.get((done, total, detail) -> {});
            }
        });
        note(() -> {
            Path weights = folder.resolve(BaseEncoder.WEIGHTS);
            try (Safetensors tensors = Safetensors.open(weights)) {
                config(base, there).ifPresent(config -> promised(description, config, weights, tensors));
                for (String name : tensors.names()) {
                    finite(weights, tensors, name);
                }
            }
            String found = description.fingerprintWith(Fingerprint.ofFile(weights));
            if (!found.equals(description.fingerprint())) {
                problems.add(folder.resolve(ModelDescription.FILE) + ": key \"fingerprint\": "
                        + description.fingerprint() + ", but weights and description give " + found
                        + ": one of them was changed; train or copy the model again");
            }
        });
        note(() -> Reranker.open(folder));
    }

    /// Sizes of the encoder; empty when it is missing, which is said already.
    private static Optional<BertConfig> config(BaseEncoder base, boolean there) throws IOException {
        if (there) {
            return Optional.of(BertConfig.read(base.folder()));
        }
        return base.fetchable() ? Optional.of(MultilingualBert.CONFIG) : Optional.empty();
    }

    private void promised(ModelDescription description, BertConfig config, Path file, Safetensors tensors) {
        try {
            for (var promise : shapes(description, config).entrySet()) {
                String tensor = "tensor \"" + promise.getKey() + "\"";
                if (!tensors.names().contains(promise.getKey())) {
                    problems.add(file + ": " + tensor + " is missing");
                    continue;
                }
                long[] found = tensors.shape(promise.getKey());
                if (!Arrays.equals(found, promise.getValue())) {
                    problems.add(file + ": " + tensor + " has the shape " + Arrays.toString(found) + ", expected "
                            + Arrays.toString(promise.getValue()));
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            problems.add(folder.resolve(ModelDescription.FILE) + ": describes no network: " + e.getMessage());
        }
    }

    /// Shapes of the model's tensors by name: those of the network itself, built with zeros.
    private static Map<String, long[]> shapes(ModelDescription description, BertConfig config) throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        try (PointerScope _ = new PointerScope()) {
            Parameters parameters = new Parameters(0);
            RetrievalModel.network(
                    description,
                    config,
                    (name, shape) ->
                            Tensors.empty(torch.ScalarType.Float, shape).zero_(),
                    parameters);
            parameters.all().forEach((name, tensor) -> shapes.put(name, Tensors.shape(tensor)));
        }
        return shapes;
    }

    private void finite(Path file, Safetensors tensors, String name) throws IOException {
        if (tensors.type(name) != Safetensors.Type.F32) {
            problems.add(file + ": tensor \"" + name + "\" is " + tensors.type(name) + ", expected F32");
            return;
        }
        MemorySegment data = tensors.data(name);
        for (long at = 0; at < data.byteSize(); at += FLOAT.byteSize()) {
            float value = data.get(FLOAT, at);
            if (!Float.isFinite(value)) {
                problems.add(file + ": tensor \"" + name + "\" holds " + value + " at " + at / FLOAT.byteSize());
                return;
            }
        }
    }
}
