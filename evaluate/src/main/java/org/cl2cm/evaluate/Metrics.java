package org.cl2cm.evaluate;

/// The measures of one run in both directions.
public record Metrics(DirectionMetrics textToImage, DirectionMetrics imageToText) {
    public static Metrics of(Ranks ranks) {
        return new Metrics(
                DirectionMetrics.of(ranks, Direction.TEXT_TO_IMAGE),
                DirectionMetrics.of(ranks, Direction.IMAGE_TO_TEXT));
    }

    /// Ranks and measures of `retrieval` with one thread per processor.
    public static Metrics of(Retrieval retrieval) {
        return of(Ranks.of(retrieval));
    }

    public DirectionMetrics direction(Direction direction) {
        return direction == Direction.TEXT_TO_IMAGE ? textToImage : imageToText;
    }

    /// SumR: the sum of the six recalls, 0 to 600.
    public double sumR() {
        return textToImage.sumOfRecalls() + imageToText.sumOfRecalls();
    }

    /// mAR: SumR / 6, the mean recall in per cent.
    public double meanRecall() {
        return sumR() / 6;
    }
}
