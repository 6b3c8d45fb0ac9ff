package org.cl2cm.train;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.cl2cm.model.nn.CrossLingualNetwork;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;

/// Sentence vectors of a network that no longer changes, by text.
final class TeacherVectors {
    private static final int BATCH = 256;

    private final int dimension;
    private final Map<String, Integer> rows = new HashMap<>();
    private final float[] values;

    private TeacherVectors(int dimension, int texts) {
        this.dimension = dimension;
        this.values = new float[Math.multiplyExact(texts, dimension)];
    }

    static TeacherVectors of(CrossLingualNetwork teacher, BatchEncoder encoder, Collection<String> texts) {
        return of(teacher.text(), encoder, texts);
    }

    static TeacherVectors of(TextTower tower, BatchEncoder encoder, Collection<String> texts) {
        List<String> sorted = new ArrayList<>(new java.util.LinkedHashSet<>(texts));
        sorted.removeIf(String::isBlank);
        sorted.sort(Comparator.comparingInt(encoder.source()::length));
        TeacherVectors vectors = new TeacherVectors(tower.config().dimension(), sorted.size());
        for (int from = 0; from < sorted.size(); from += BATCH) {
            List<String> some = sorted.subList(from, Math.min(sorted.size(), from + BATCH));
            try (PointerScope _ = new PointerScope();
                    NoGradGuard _ = new NoGradGuard()) {
                float[] batch = Tensors.floats(encoder.sentences(tower, some));
                System.arraycopy(batch, 0, vectors.values, from * vectors.dimension, batch.length);
            }
            for (String text : some) {
                vectors.rows.put(text, vectors.rows.size());
            }
        }
        return vectors;
    }

    /// @return the vectors of `texts`, row-major `[texts, dimension]`
    float[] get(List<String> texts) {
        float[] batch = new float[texts.size() * dimension];
        for (int i = 0; i < texts.size(); i++) {
            Integer row = rows.get(texts.get(i));
            if (row == null) {
                throw new IllegalArgumentException("no vector of the text: " + texts.get(i));
            }
            System.arraycopy(values, row * dimension, batch, i * dimension, dimension);
        }
        return batch;
    }

    StudentBatch.Relations relations(List<String> sources, List<String> targets) {
        return new StudentBatch.Relations(
                Tensors.of(get(sources), sources.size(), dimension),
                Tensors.of(get(targets), targets.size(), dimension));
    }
}
