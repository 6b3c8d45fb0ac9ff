package org.cl2cm.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.FusionNetwork;
import org.cl2cm.model.nn.Padding;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;

/// Sends a batch of texts through a text tower in a few parts that are alike in length, so that little
/// is padded. The result is in the order of the texts.
///
/// @param buckets parts of a batch
/// @param wordDropout in training a text loses a share of its word pieces that is drawn evenly between
///     0 and this
record BatchEncoder(StateSource source, Precision precision, int buckets, double wordDropout) {
    private static final int[] NONE = {};

    /// @param sentences unit vectors, `[batch, dimension]`
    /// @param words states of the tokens of some of the texts, `[texts, length, width]`
    /// @param mask of these: 1 for a word piece, 0 for a pad and for special tokens, `[texts, length]`
    /// @param lengths tokens of these, special tokens included
    record Encoded(Tensor sentences, Tensor words, Tensor mask, int[] lengths) {
        /// The texts as a re-ranker sees them; all have the states of their words.
        FusionNetwork.Texts forFusion() {
            return new FusionNetwork.Texts(sentences, words, Padding.bias(lengths, Math.toIntExact(words.size(1))));
        }

        /// A part of the batch, all of which has the states of its words.
        Encoded narrow(int from, int texts) {
            return new Encoded(
                    sentences.narrow(0, from, texts),
                    words.narrow(0, from, texts),
                    mask.narrow(0, from, texts),
                    Arrays.copyOfRange(lengths, from, from + texts));
        }
    }

    /// @param texts at least one
    Tensor sentences(TextTower tower, List<String> texts) {
        return encode(tower, texts, Optional.empty(), NONE, TextTower.Output::words)
                .sentences();
    }

    /// As in training.
    ///
    /// @param random draws the word pieces that are dropped
    Tensor sentences(TextTower tower, List<String> texts, Random random) {
        return encode(tower, texts, Optional.of(random), NONE, TextTower.Output::words)
                .sentences();
    }

    /// With the states of the words of all texts.
    Encoded words(TextTower tower, List<String> texts) {
        return encode(tower, texts, Optional.empty(), all(texts), TextTower.Output::words);
    }

    /// As in training, with the states of the words of some texts.
    ///
    /// @param wanted the places of these texts
    Encoded words(TextTower tower, List<String> texts, int[] wanted, Random random) {
        return encode(tower, texts, Optional.of(random), wanted, TextTower.Output::words);
    }

    /// As in training, with the states of all texts below the head's last layer in the place of the
    /// words' states.
    Encoded beneath(TextTower tower, List<String> texts, Random random) {
        return encode(tower, texts, Optional.of(random), all(texts), TextTower.Output::beneath);
    }

    private static int[] all(List<String> texts) {
        return IntStream.range(0, texts.size()).toArray();
    }

    private Encoded encode(
            TextTower tower,
            List<String> texts,
            Optional<Random> training,
            int[] wanted,
            Function<TextTower.Output, Tensor> layer) {
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
        int longest = Arrays.stream(wanted).map(text -> kept[text].length).max().orElse(0);
        int[] wantedAt = new int[texts.size()];
        Arrays.fill(wantedAt, -1);
        for (int i = 0; i < wanted.length; i++) {
            wantedAt[wanted[i]] = i;
        }
        List<Tensor> words = new ArrayList<>();
        List<Integer> wordsOf = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int[] rows = Arrays.copyOfRange(order, part * order.length / parts, (part + 1) * order.length / parts);
            TokenStates states = source.gather(
                    Arrays.stream(rows).mapToObj(texts::get).toList(),
                    Arrays.stream(rows).mapToObj(row -> kept[row]).toArray(int[][]::new));
            TextTower.Output output =
                    precision.run(() -> tower.forward(states.states(), states.lengths(), training.isPresent()));
            sentences.add(output.sentences());
            int[] local = IntStream.range(0, rows.length)
                    .filter(i -> wantedAt[rows[i]] >= 0)
                    .toArray();
            if (local.length > 0) {
                Tensor some = torch.index_select(layer.apply(output), 0, index(local));
                words.add(padded(some, longest));
                Arrays.stream(local).map(i -> wantedAt[rows[i]]).forEach(wordsOf::add);
            }
        }
        Tensor all = torch.index_select(Tensors.cat(sentences, 0), 0, index(inverse(order)));
        if (wanted.length == 0) {
            return new Encoded(all, all, all, NONE);
        }
        int[] lengths = Arrays.stream(wanted).map(text -> kept[text].length).toArray();
        int[] wordOrder = wordsOf.stream().mapToInt(Integer::intValue).toArray();
        return new Encoded(
                all,
                torch.index_select(Tensors.cat(words, 0), 0, index(inverse(wordOrder))),
                Padding.words(lengths, longest),
                lengths);
    }

    private static int[] inverse(int[] order) {
        int[] places = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            places[order[i]] = i;
        }
        return places;
    }

    private static Tensor index(int[] places) {
        return Tensors.of(Arrays.stream(places).asLongStream().toArray(), places.length);
    }

    /// The places of the tokens that stay. The first and the last are special tokens, and one word
    /// always stays.
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
