package org.cl2cm.serve.internal;

import io.micrometer.core.instrument.Tags;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ImageFile;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.serve.QueryModel;
import org.cl2cm.serve.QueueSettings;
import org.cl2cm.serve.ServeSettings;

/// A model with a queue for texts, one for pictures and one for hits to be sorted anew. Safe for use by
/// many threads.
final class ServedModel implements AutoCloseable {
    private final QueryModel model;
    private final Metrics metrics;
    private final long pixels;
    private final BatchQueue<String, Encoded> texts;
    private final BatchQueue<byte[], Encoded> pictures;
    private final BatchQueue<Candidates, float[]> reranking;
    private final int places;
    private final List<Runnable> watched = new ArrayList<>();

    /// A vector with what it took.
    ///
    /// @param tokens word pieces; 0 for a picture
    /// @param tokenise nanoseconds, of the whole batch
    /// @param encode nanoseconds, of the whole batch
    record Encoded(float[] vector, int tokens, long tokenise, long encode) {}

    /// Items to be scored for a text.
    ///
    /// @param vectors of the items, row-major
    private record Candidates(String text, float[] vectors) {}

    ServedModel(QueryModel model, ServeSettings settings, Metrics metrics) {
        this.model = model;
        this.metrics = metrics;
        this.pixels = settings.pixels();
        QueueSettings queue = settings.queue();
        this.places = queue.length();
        this.texts = new BatchQueue<>("texts", queue, this::encodeTexts, metrics);
        // A picture gains nothing from a batch, and its pixels take much memory.
        QueueSettings alone = new QueueSettings(queue.length(), queue.longest(), 1, Duration.ZERO);
        this.pictures = new BatchQueue<>("pictures", alone, this::encodePictures, metrics);
        this.reranking = new BatchQueue<>("rerank", alone, this::rerank, metrics);
        watch("texts", texts);
        watch("pictures", pictures);
        watch("rerank", reranking);
    }

    private void watch(String name, BatchQueue<?, ?> queue) {
        watched.add(metrics.watch(
                "cl2cm.queue.length",
                "questions that wait for the model",
                Tags.of("queue", name, "model", fingerprint()),
                queue::waiting));
    }

    String fingerprint() {
        return model.description().fingerprint();
    }

    /// For what is not a request: nothing of it waits in the queues.
    QueryModel model() {
        return model;
    }

    ModelDescription description() {
        return model.description();
    }

    /// @throws Problem 429 when the queue is full, 504 when the time is over
    List<Encoded> texts(List<String> questions, Deadline deadline) throws IOException {
        return BatchQueue.await(texts.submit(questions), deadline);
    }

    /// @throws Problem as [#texts]; 422 with `pointer` when it cannot be decoded
    Encoded picture(byte[] content, String pointer, Deadline deadline) throws IOException {
        return picture(pictures(List.of(content)).getFirst(), pointer, deadline);
    }

    /// Most pictures that [#pictures] can take.
    int places() {
        return places;
    }

    /// Puts pictures into the queue, all or none.
    ///
    /// @throws Problem 429 when the queue is full
    List<CompletableFuture<Encoded>> pictures(List<byte[]> contents) {
        return pictures.submit(contents);
    }

    /// Scores items for a text with the model's re-ranker.
    ///
    /// @param vectors of the items, row-major
    /// @throws Problem 429 when the queue is full, 504 when the time is over
    float[] rerank(String text, float[] vectors, Deadline deadline) throws IOException {
        return BatchQueue.await(reranking.submit(List.of(new Candidates(text, vectors))), deadline)
                .getFirst();
    }

    private List<float[]> rerank(List<Candidates> batch) throws IOException {
        List<float[]> scores = new ArrayList<>(batch.size());
        for (Candidates candidates : batch) {
            long start = System.nanoTime();
            scores.add(model.rerank(candidates.text, candidates.vectors));
            metrics.encoded("rerank", System.nanoTime() - start);
        }
        return scores;
    }

    static Encoded picture(CompletableFuture<Encoded> answer, String pointer, Deadline deadline) throws IOException {
        try {
            return BatchQueue.await(answer, deadline);
        } catch (UnusablePicture e) {
            throw Problem.at(pointer, e.reason());
        }
    }

    private List<Encoded> encodeTexts(List<String> batch) {
        long start = System.nanoTime();
        int[][] tokens = model.tokens(batch);
        long tokenised = System.nanoTime();
        List<float[]> vectors = model.vectors(tokens);
        long end = System.nanoTime();
        metrics.tokenised(tokenised - start);
        metrics.encoded("text", end - tokenised);
        List<Encoded> encoded = new ArrayList<>(vectors.size());
        for (int i = 0; i < vectors.size(); i++) {
            encoded.add(new Encoded(vectors.get(i), tokens[i].length, tokenised - start, end - tokenised));
        }
        return encoded;
    }

    private List<Encoded> encodePictures(List<byte[]> batch) throws IOException {
        List<Encoded> encoded = new ArrayList<>(batch.size());
        for (byte[] content : batch) {
            BufferedImage picture = decoded(content);
            long start = System.nanoTime();
            float[] vector = encoded(picture);
            long end = System.nanoTime();
            metrics.encoded("image", end - start);
            encoded.add(new Encoded(vector, 0, 0, end - start));
        }
        return encoded;
    }

    private BufferedImage decoded(byte[] content) throws UnusablePicture {
        try {
            return ImageFile.decode(content, "the picture", pixels);
        } catch (DataException e) {
            throw new UnusablePicture(String.valueOf(e.getMessage()));
        }
    }

    private float[] encoded(BufferedImage picture) throws IOException {
        if (model.description().encoder().isEmpty()) {
            throw new UnusablePicture("the model was trained on ready-made features and knows no image encoder:"
                    + " search with words, with \"like\", or with a \"vector\"");
        }
        try {
            return model.image(picture, "the picture");
        } catch (DataException e) {
            // Where the files of the encoders lie is for whoever runs the server.
            ServerLog.warn("pictures cannot be encoded: " + e.getMessage());
            throw Problem.of(
                    Problem.Kind.UNAVAILABLE,
                    "the image encoders of the model cannot be used; the server's log says why");
        }
    }

    /// A picture that is at fault itself.
    private static final class UnusablePicture extends IOException {
        private static final long serialVersionUID = 1;

        private final String reason;

        UnusablePicture(String reason) {
            super(reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    @Override
    public void close() throws IOException {
        watched.forEach(Runnable::run);
        texts.close();
        pictures.close();
        reranking.close();
        model.close();
    }
}
