package org.cl2cm.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Padding;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;

/// Sends a batch of texts through a text tower in a few parts that are alike in length, so that little
/// is padded. The result is in the order of the texts.
///
/// @param buckets parts of a batch
record BatchEncoder(StateSource source, Precision precision, int buckets) {
    /// @param sentences unit vectors, `[batch, dimension]`
    /// @param words states of the tokens, `[batch, length, width]`
    /// @param mask 1 for a word piece, 0 for a pad and for special tokens, `[batch, length]`
    record Encoded(Tensor sentences, Tensor words, Tensor mask) {}

    /// @param texts at least one
    Tensor sentences(TextTower tower, List<String> texts, boolean training) {
        return encode(tower, texts, training, false).sentences();
    }

    Encoded words(TextTower tower, List<String> texts, boolean training) {
        return encode(tower, texts, training, true);
    }

    private Encoded encode(TextTower tower, List<String> texts, boolean training, boolean withWords) {
        int[] order = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> source.length(texts.get(i))))
                .mapToInt(Integer::intValue)
                .toArray();
        int parts = Math.min(buckets, texts.size());
        List<Tensor> sentences = new ArrayList<>();
        List<Tensor> words = new ArrayList<>();
        int longest = source.length(texts.get(order[order.length - 1]));
        int[] lengths = new int[order.length];
        for (int part = 0; part < parts; part++) {
            int from = part * order.length / parts;
            int to = (part + 1) * order.length / parts;
            List<String> some =
                    IntStream.range(from, to).mapToObj(i -> texts.get(order[i])).toList();
            TokenStates states = source.gather(some);
            TextTower.Output output = precision.run(() -> tower.forward(states.states(), states.lengths(), training));
            sentences.add(output.sentences());
            if (withWords) {
                words.add(padded(output.words(), longest));
                for (int i = from; i < to; i++) {
                    lengths[order[i]] = states.lengths()[i - from];
                }
            }
        }
        long[] places = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            places[order[i]] = i;
        }
        Tensor index = Tensors.of(places, order.length);
        Tensor all = torch.index_select(Tensors.cat(sentences, 0), 0, index);
        return withWords
                ? new Encoded(all, torch.index_select(Tensors.cat(words, 0), 0, index), Padding.words(lengths, longest))
                : new Encoded(all, all, all);
    }

    private static Tensor padded(Tensor words, int length) {
        long missing = length - words.size(1);
        return missing == 0 ? words : torch.constant_pad_nd(words, 0, 0, 0, missing);
    }
}
