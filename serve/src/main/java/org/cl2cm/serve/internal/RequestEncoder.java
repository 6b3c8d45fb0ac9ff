package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.QueryEncoder;

/// Encodes what one request asks for by the queues of the collection's model, and keeps the times.
/// For one thread.
final class RequestEncoder implements QueryEncoder {
    private final ServedModels models;
    private final CollectionInfo info;
    private final Deadline deadline;
    private long waited;
    private long tokenise;
    private long encode;
    private long reranked;

    RequestEncoder(ServedModels models, CollectionInfo info, Deadline deadline) {
        this.models = models;
        this.info = info;
        this.deadline = deadline;
    }

    @Override
    public List<float[]> texts(List<String> texts) throws IOException {
        ServedModel model = models.of(info);
        long start = System.nanoTime();
        List<ServedModel.Encoded> answers = model.texts(texts, deadline);
        // Those of one request mostly come in one batch, which takes the time once.
        ServedModel.Encoded slowest = answers.getFirst();
        for (ServedModel.Encoded answer : answers) {
            slowest = answer.encode() > slowest.encode() ? answer : slowest;
        }
        add(start, slowest);
        List<float[]> vectors = new ArrayList<>(answers.size());
        answers.forEach(answer -> vectors.add(answer.vector()));
        return vectors;
    }

    /// @param name the pointer of the picture in the body
    @Override
    public float[] image(byte[] picture, String name) throws IOException {
        ServedModel model = models.of(info);
        long start = System.nanoTime();
        ServedModel.Encoded answer = model.picture(picture, name, deadline);
        add(start, answer);
        return answer.vector();
    }

    /// Scores items for a text with the model's re-ranker.
    ///
    /// @param vectors of the items, row-major
    float[] rerank(String text, float[] vectors) throws IOException {
        long start = System.nanoTime();
        float[] scores = models.of(info).rerank(text, vectors, deadline);
        reranked += System.nanoTime() - start;
        return scores;
    }

    /// Nanoseconds of [#rerank] so far.
    long reranked() {
        return reranked;
    }

    private void add(long start, ServedModel.Encoded answer) {
        tokenise += answer.tokenise();
        encode += answer.encode();
        waited += Math.max(0, System.nanoTime() - start - answer.tokenise() - answer.encode());
    }

    /// Milliseconds so far: waiting for the model, cutting into word pieces, encoding; sorting anew,
    /// where that was done.
    Map<String, Object> took() {
        Map<String, Object> took = new LinkedHashMap<>();
        took.put("queue", milliseconds(waited));
        took.put("tokenise", milliseconds(tokenise));
        took.put("encode", milliseconds(encode));
        if (reranked > 0) {
            took.put("rerank", milliseconds(reranked));
        }
        return took;
    }

    static double milliseconds(long nanoseconds) {
        return Math.round(nanoseconds / 1e3) / 1e3;
    }
}
