package org.cl2cm.evaluate;

import java.util.List;
import java.util.Locale;

/// How a number was obtained: printed with every number, since two numbers of different protocols say
/// nothing about
/// each other.
///
/// @param gallerySize gallery items that were ranked
/// @param itemsWithCaptions those of them that ask for their captions
/// @param queries captions that ask for their item
/// @param captionsMin fewest captions of an item that has any
/// @param captionsMax most captions of an item
public record Protocol(int gallerySize, int itemsWithCaptions, int queries, int captionsMin, int captionsMax) {
    public static Protocol of(Ranks ranks) {
        int with = 0;
        int min = Integer.MAX_VALUE;
        int max = 0;
        for (int row = 0; row < ranks.gallerySize(); row++) {
            int captions = ranks.captions(row);
            if (captions > 0) {
                with++;
                min = Math.min(min, captions);
                max = Math.max(max, captions);
            }
        }
        return new Protocol(ranks.gallerySize(), with, ranks.queryCount(), min, max);
    }

    /// Captions of an item that has any, on average.
    public double captionsMean() {
        return queries / (double) itemsWithCaptions;
    }

    /// Captions per item, short: `5` or `1-7 (mean 4.2)`.
    public String captionsPerItem() {
        return captionsMin == captionsMax
                ? Integer.toString(captionsMin)
                : String.format(Locale.ROOT, "%d-%d (mean %.2f)", captionsMin, captionsMax, captionsMean());
    }

    /// The protocol in words, a line each.
    public List<String> lines() {
        return List.of(
                "gallery: " + gallerySize + " items, " + itemsWithCaptions + " with captions; queries: " + queries
                        + " captions; captions per item: " + captionsPerItem(),
                "t2i: rank of the query's own item among the whole gallery",
                "i2t: a hit when any of the item's captions is in the top k; its own captions do not count against"
                        + " each other; items without captions do not ask",
                "ties and NaN scores count against the model (pessimistic rank); query translation: off");
    }
}
