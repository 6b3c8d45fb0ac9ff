package org.cl2cm.train;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.Retrieval;
import org.cl2cm.evaluate.TopK;
import org.cl2cm.model.nn.CrossModalNetwork;
import org.cl2cm.model.nn.FusionNetwork;
import org.cl2cm.model.nn.Tensors;

/// The best images of every query, and what a re-ranker makes of them.
///
/// @param count of each query
/// @param rows of the images, `[queries, count]`
/// @param cosines of query and image, likewise
/// @param logits of the fusion network, likewise
record Candidates(int count, int[] rows, float[] cosines, float[] logits) {
    private static final int BATCH = 64;

    /// @param texts of the queries
    /// @param most images of a query
    static Candidates of(
            Retrieval retrieval,
            List<String> texts,
            BatchEncoder encoder,
            CrossModalNetwork student,
            FusionNetwork fusion,
            int most) {
        int count = Math.min(most, retrieval.gallerySize());
        int queries = retrieval.queryCount();
        int dimension = retrieval.dimension();
        int[] rows = new int[queries * count];
        float[] cosines = new float[rows.length];
        float[] logits = new float[rows.length];
        List<List<TopK.Hit>> hits = TopK.textToImage(retrieval)
                .search(0, queries, count, Runtime.getRuntime().availableProcessors());
        for (int query = 0; query < queries; query++) {
            for (int i = 0; i < count; i++) {
                TopK.Hit hit = hits.get(query).get(i);
                rows[query * count + i] = hit.row();
                cosines[query * count + i] = hit.score();
            }
        }
        for (int from = 0; from < queries; from += BATCH) {
            int to = Math.min(queries, from + BATCH);
            float[] vectors = new float[(to - from) * count * dimension];
            for (int i = from * count; i < to * count; i++) {
                System.arraycopy(
                        retrieval.gallery(), rows[i] * dimension, vectors, (i - from * count) * dimension, dimension);
            }
            try (PointerScope _ = new PointerScope();
                    NoGradGuard _ = new NoGradGuard()) {
                FusionNetwork.Texts some =
                        encoder.words(student.text(), texts.subList(from, to)).forFusion();
                float[] scores = Tensors.floats(encoder.precision()
                        .run(() -> fusion.forward(
                                some, Tensors.of(vectors, some.sentences().size(0), count, dimension), false)));
                System.arraycopy(scores, 0, logits, from * count, scores.length);
            }
        }
        return new Candidates(count, rows, cosines, logits);
    }

    /// The ranks after the candidates are sorted by cosine + weight * logit.
    Ranks ranks(Ranks before, double weight) {
        float[] scores = new float[rows.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) (cosines[i] + weight * logits[i]);
        }
        return before.reranked(count, rows, scores);
    }
}
