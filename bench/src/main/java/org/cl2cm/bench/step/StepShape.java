package org.cl2cm.bench.step;

/// The network and the batch of a training step: layers of BERT, mean pooling, a linear map, a contrastive loss.
///
/// @param depth layers
/// @param hidden width of the states
/// @param heads of the attention
/// @param intermediate width of the feed-forward networks
/// @param batch texts
/// @param length tokens of each
/// @param dimension of the vectors
/// @param dropout share of a layer's two outputs that is dropped
public record StepShape(
        int depth, int hidden, int heads, int intermediate, int batch, int length, int dimension, double dropout) {
    public static final double EPSILON = 1e-12;
    public static final double TEMPERATURE = 0.07;
    public static final double RATE = 2e-5;
    public static final double DECAY = 0.01;
    public static final double BETA1 = 0.9;
    public static final double BETA2 = 0.999;

    /// Layers of mBERT's size on 32 texts of 24 tokens.
    public static StepShape bert(int depth, double dropout) {
        return new StepShape(depth, 768, 12, 3072, 32, 24, 256, dropout);
    }
}
