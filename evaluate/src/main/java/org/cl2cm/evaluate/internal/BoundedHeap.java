package org.cl2cm.evaluate.internal;

/// The best few of many scores: a binary heap with the worst kept hit on top.
///
/// Higher scores are better, and of equal scores the lower row.
public final class BoundedHeap {
    private final int[] rows;
    private final float[] scores;
    private int size;

    /// Takes a hit.
    @FunctionalInterface
    public interface Sink {
        void accept(int row, float score);
    }

    public BoundedHeap(int capacity) {
        rows = new int[capacity];
        scores = new float[capacity];
    }

    /// Offers the rows `first .. first + count - 1` with their scores; NaN is passed over.
    public void offer(int first, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            float score = values[i];
            if (size < rows.length) {
                if (!Float.isNaN(score)) {
                    rows[size] = first + i;
                    scores[size] = score;
                    up(size++);
                }
            } else if (score >= scores[0] && better(first + i, score, 0)) {
                rows[0] = first + i;
                scores[0] = score;
                down();
            }
        }
    }

    /// Empties the heap, best first.
    public void drain(Sink sink) {
        int kept = size;
        int[] sortedRows = new int[kept];
        float[] sortedScores = new float[kept];
        for (int i = kept - 1; i >= 0; i--) {
            sortedRows[i] = rows[0];
            sortedScores[i] = scores[0];
            size--;
            rows[0] = rows[size];
            scores[0] = scores[size];
            down();
        }
        for (int i = 0; i < kept; i++) {
            sink.accept(sortedRows[i], sortedScores[i]);
        }
    }

    private boolean better(int row, float score, int place) {
        return score > scores[place] || (score == scores[place] && row < rows[place]);
    }

    private void up(int place) {
        int at = place;
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (better(rows[at], scores[at], parent)) {
                return;
            }
            swap(at, parent);
            at = parent;
        }
    }

    private void down() {
        int at = 0;
        while (true) {
            int worst = at;
            for (int child = 2 * at + 1; child <= 2 * at + 2 && child < size; child++) {
                if (better(rows[worst], scores[worst], child)) {
                    worst = child;
                }
            }
            if (worst == at) {
                return;
            }
            swap(at, worst);
            at = worst;
        }
    }

    private void swap(int a, int b) {
        int row = rows[a];
        float score = scores[a];
        rows[a] = rows[b];
        scores[a] = scores[b];
        rows[b] = row;
        scores[b] = score;
    }
}
