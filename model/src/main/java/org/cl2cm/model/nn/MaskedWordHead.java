package org.cl2cm.model.nn;

import java.io.IOException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// The head that a BERT was pre-trained with (Devlin et al., 2019, section 3.1): from the state of a
/// masked word piece to the pieces that could stand there. It does not train.
///
/// Safe for use by many threads.
public final class MaskedWordHead {
    private final Linear dense;
    private final LayerNorm norm;
    private final Linear pieces;

    private MaskedWordHead(Linear dense, LayerNorm norm, Linear pieces) {
        this.dense = dense;
        this.norm = norm;
        this.pieces = pieces;
    }

    /// @throws org.cl2cm.data.DataException when the checkpoint comes without its head, naming file and
    ///     tensor
    public static MaskedWordHead load(BertConfig config, Weights weights) throws IOException {
        int h = config.hidden();
        String head = "cls.predictions.transform.";
        return new MaskedWordHead(
                new Linear(weights.get(head + "dense.weight", h, h), weights.get(head + "dense.bias", h)),
                new LayerNorm(
                        weights.get(head + "LayerNorm.weight", h),
                        weights.get(head + "LayerNorm.bias", h),
                        config.epsilon()),
                new Linear(
                        weights.get("embeddings.word_embeddings.weight", config.vocabulary(), h),
                        weights.get("cls.predictions.bias", config.vocabulary())));
    }

    /// @param states output of the last BERT layer at the masked places, `[masked, hidden]`
    /// @return logits, `[masked, vocabulary]`
    public Tensor forward(Tensor states) {
        return pieces.forward(norm.forward(torch.gelu(dense.forward(states))));
    }
}
