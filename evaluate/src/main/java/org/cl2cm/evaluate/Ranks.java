package org.cl2cm.evaluate;

import java.util.Arrays;
import java.util.List;
import org.cl2cm.evaluate.internal.RankCounter;

/// Where the right answers stand, in both directions; ties and NaN scores count against the model.
///
/// Text to image: the rank of a query is 1 + the other gallery items that score at least as high as its
/// own.
/// Image to text: the rank of a gallery item is 1 + the captions *of other items* that score at least
/// as high as the
/// item's best caption, so a hit at k means that any of its captions is among the first k, its own
/// captions never
/// standing in each other's way. Gallery items without captions are candidates but ask nothing; their
/// rank is 0.
///
/// Immutable; safe for use by many threads.
public final class Ranks {
    private final List<String> galleryIds;
    private final List<String> queryIds;
    private final int[] target;
    private final int[] textToImage;
    private final int[] imageToText;
    private final double[] averagePrecision;
    private final int[] captions;

    /// Ranks computed elsewhere, e.g. read from a file.
    ///
    /// @param target the row in `galleryIds` of each query, `[M]`
    /// @param textToImage ranks of the queries, from 1, `[M]`
    /// @param imageToText ranks of the gallery items, from 1, 0 for items without captions, `[N]`
    /// @param averagePrecision of the gallery items over their captions, 0 to 1, `[N]`
    /// @throws IllegalArgumentException when a size does not fit or a rank is impossible, naming the id
    public Ranks(
            List<String> galleryIds,
            List<String> queryIds,
            int[] target,
            int[] textToImage,
            int[] imageToText,
            double[] averagePrecision) {
        this.galleryIds = List.copyOf(galleryIds);
        this.queryIds = List.copyOf(queryIds);
        this.target = target.clone();
        this.textToImage = textToImage.clone();
        this.imageToText = imageToText.clone();
        this.averagePrecision = averagePrecision.clone();
        int n = galleryIds.size();
        int m = queryIds.size();
        if (n == 0 || m == 0) {
            throw new IllegalArgumentException("nothing to rank: " + n + " gallery items, " + m + " queries");
        }
        if (target.length != m || textToImage.length != m || imageToText.length != n || averagePrecision.length != n) {
            throw new IllegalArgumentException("the arrays do not fit " + n + " gallery items and " + m + " queries");
        }
        this.captions = new int[n];
        for (int query = 0; query < m; query++) {
            if (target[query] < 0 || target[query] >= n || textToImage[query] < 1) {
                throw new IllegalArgumentException("query \"" + queryIds.get(query) + "\" has target row "
                        + target[query] + " and rank " + textToImage[query]);
            }
            captions[target[query]]++;
        }
        for (int row = 0; row < n; row++) {
            if (captions[row] == 0 ? imageToText[row] != 0 : imageToText[row] < 1) {
                throw new IllegalArgumentException("item \"" + galleryIds.get(row) + "\" with " + captions[row]
                        + " captions has rank " + imageToText[row]);
            }
        }
    }

    /// Ranks with one thread per processor.
    public static Ranks of(Retrieval retrieval) {
        return of(retrieval, Runtime.getRuntime().availableProcessors());
    }

    /// Computes the scores tile by tile; needs memory for N + M numbers, never N x M.
    ///
    /// @param threads threads used; the result is the same for any number
    public static Ranks of(Retrieval retrieval, int threads) {
        RankCounter.Counts counts = RankCounter.count(retrieval, threads);
        int[] textToImage = Arrays.stream(counts.betterItems()).map(n -> n + 1).toArray();
        int[][] foreign = new int[retrieval.gallerySize()][];
        int[] captions = new int[retrieval.gallerySize()];
        int[] target = retrieval.targets();
        for (int row : target) {
            captions[row]++;
        }
        for (int query = 0; query < target.length; query++) {
            int row = target[query];
            if (foreign[row] == null) {
                foreign[row] = new int[captions[row]];
            }
            foreign[row][--captions[row]] = counts.betterCaptions()[query];
        }
        int[] imageToText = new int[foreign.length];
        double[] averagePrecision = new double[foreign.length];
        for (int row = 0; row < foreign.length; row++) {
            if (foreign[row] != null) {
                Arrays.sort(foreign[row]);
                imageToText[row] = 1 + foreign[row][0];
                averagePrecision[row] = averagePrecision(foreign[row]);
            }
        }
        return new Ranks(
                retrieval.galleryIds(), retrieval.queryIds(), target, textToImage, imageToText, averagePrecision);
    }

    /// The r-th own caption stands at place r + the foreign captions that are not below it.
    private static double averagePrecision(int[] foreignSorted) {
        double sum = 0;
        for (int r = 1; r <= foreignSorted.length; r++) {
            sum += r / (double) (r + foreignSorted[r - 1]);
        }
        return sum / foreignSorted.length;
    }

    /// Ranks after the best items of each query were sorted anew: a query's item that is among them has
    /// its place there, one that is not keeps its rank, and so do the captions of an item. Ties and NaN
    /// scores count against the model.
    ///
    /// @param count candidates of each query
    /// @param rows of the candidates, `[M, count]`
    /// @param scores the higher, the better, `[M, count]`
    public Ranks reranked(int count, int[] rows, float[] scores) {
        if (count < 1 || rows.length != queryIds.size() * count || scores.length != rows.length) {
            throw new IllegalArgumentException(rows.length + " rows and " + scores.length + " scores for "
                    + queryIds.size() + " queries with " + count + " candidates each");
        }
        int[] ranks = textToImage.clone();
        for (int query = 0; query < ranks.length; query++) {
            int end = (query + 1) * count;
            for (int own = query * count; own < end; own++) {
                if (rows[own] == target[query]) {
                    ranks[query] = place(scores, query * count, end, own);
                }
            }
        }
        return new Ranks(galleryIds, queryIds, target, ranks, imageToText, averagePrecision);
    }

    private static int place(float[] scores, int from, int to, int own) {
        int place = 1;
        for (int i = from; i < to; i++) {
            // Not "at least as high", which a NaN never is.
            if (i != own && !(scores[i] < scores[own])) {
                place++;
            }
        }
        return place;
    }

    public int gallerySize() {
        return galleryIds.size();
    }

    public int queryCount() {
        return queryIds.size();
    }

    public List<String> galleryIds() {
        return galleryIds;
    }

    public List<String> queryIds() {
        return queryIds;
    }

    /// The gallery row that `query` belongs to.
    public int target(int query) {
        return target[query];
    }

    /// Rank of the query's own item among all gallery items, from 1.
    public int textToImage(int query) {
        return textToImage[query];
    }

    /// Rank of the item's best caption among all captions of other items, from 1; 0 when the item has
    /// none.
    public int imageToText(int row) {
        return imageToText[row];
    }

    /// Average precision of the item's captions among all captions, 0 to 1; 0 when the item has none.
    public double averagePrecision(int row) {
        return averagePrecision[row];
    }

    /// How many queries are captions of gallery row `row`.
    public int captions(int row) {
        return captions[row];
    }

    /// The ranks of all that ask in `direction`: M queries, or the gallery items that have captions.
    public int[] ranks(Direction direction) {
        return switch (direction) {
            case TEXT_TO_IMAGE -> textToImage.clone();
            case IMAGE_TO_TEXT ->
                Arrays.stream(imageToText).filter(rank -> rank > 0).toArray();
        };
    }
}
