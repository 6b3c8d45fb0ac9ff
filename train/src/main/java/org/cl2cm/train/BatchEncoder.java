package org.cl2cm.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
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
/// @param wordDropout in training a text loses a share of its word pieces that is drawn evenly between 0 and this
record BatchEncoder(StateSource source, Precision precision, int buckets, double wordDropout) {
    /// @param sentences unit vectors, `[batch, dimension]`
    /// @param words states of the tokens, `[batch, length, width]`
    /// @param mask 1 for a word piece, 0 for a pad and for special tokens, `[batch, length]`
    record Encoded(Tensor sentences, Tensor words, Tensor mask) {}

    /// @param texts at least one
    Tensor sentences(TextTower tower, List<String> texts) {
        return encode(tower, texts, Optional.empty(), false).sentences();
    }

    /// As in training.
    ///
    /// @param random draws the word pieces that are dropped
    Tensor sentences(TextTower tower, List<String> texts, Random random) {
        return encode(tower, texts, Optional.of(random), false).sentences();
    }

    /// With the states of the words.
    Encoded words(TextTower tower, List<String> texts) {
        return encode(tower, texts, Optional.empty(), true);
    }

    /// As in training, with the states of the words.
    Encoded words(TextTower tower, List<String> texts, Random random) {
        return encode(tower, texts, Optional.of(random), true);
    }

    private Encoded encode(TextTower tower, List<String> texts, Optional<Random> training, boolean withWords) {
        int[][] kept = new int[texts.size()][];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = kept(source.length(texts.get(i)), training);
        }
        int[] order = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> kept[i].length))
                .mapToInt(Integer::intValue)
                .toArray();
        int parts = Math.min(buckets, texts.size());
        List<Tensor> sentences = new ArrayList<>();
        List<Tensor> words = new ArrayList<>();
        int longest = kept[order[order.length - 1]].length;
        for (int part = 0; part < parts; part++) {
            int[] rows = Arrays.copyOfRange(order, part * order.length / parts, (part + 1) * order.length / parts);
            TokenStates states = source.gather(
                    Arrays.stream(rows).mapToObj(texts::get).toList(),
                    Arrays.stream(rows).mapToObj(row -> kept[row]).toArray(int[][]::new));
            TextTower.Output output =
                    precision.run(() -> tower.forward(states.states(), states.lengths(), training.isPresent()));
            sentences.add(output.sentences());
            if (withWords) {
                words.add(padded(output.words(), longest));
            }
        }
        long[] places = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            places[order[i]] = i;
        }
        Tensor index = Tensors.of(places, order.length);
        Tensor all = torch.index_select(Tensors.cat(sentences, 0), 0, index);
        if (!withWords) {
            return new Encoded(all, all, all);
        }
        int[] lengths = Arrays.stream(kept).mapToInt(some -> some.length).toArray();
        return new Encoded(all, torch.index_select(Tensors.cat(words, 0), 0, index), Padding.words(lengths, longest));
    }

    /// The places of the tokens that stay. The first and the last are special tokens, and one word always stays.
    private int[] kept(int length, Optional<Random> training) {
        IntStream all = IntStream.range(0, length);
        if (training.isEmpty() || wordDropout == 0 || length <= 3) {
            return all.toArray();
        }
        Random random = training.get();
        double share = random.nextDouble() * wordDropout;
        int sure = 1 + random.nextInt(length - 2);
        Predicate<Integer> stays =
                place -> place == 0 || place == length - 1 || place == sure || random.nextDouble() >= share;
        return all.filter(stays::test).toArray();
    }

    private static Tensor padded(Tensor words, int length) {
        long missing = length - words.size(1);
        return missing == 0 ? words : torch.constant_pad_nd(words, 0, 0, 0, missing);
    }
}
