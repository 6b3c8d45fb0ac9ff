package org.cl2cm.train;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.FrozenPrefix;
import org.cl2cm.model.nn.MaskedWordHead;
import org.cl2cm.model.nn.Padding;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;

/// Words of a translation are masked and guessed from the rest of it and its source caption, by the
/// head that the BERT was pre-trained with (translation language modelling; with images in UC2, Zhou et
/// al., CVPR 2021, arXiv 2104.00332, and CCLM, Zeng et al., 2022, arXiv 2206.00621). Source and
/// translation stand in one sequence, `[CLS] s [SEP] t [SEP]`, so that the layers that train learn to
/// look from one language into the other.
///
/// The sequences are new in every step, so the frozen layers run on them each time: keep `masked.pairs`
/// small.
final class MaskedTranslation implements Term {
    private final TrainConfig.Masked config;
    private final FrozenPrefix frozen;
    private final MaskedWordHead head;
    private final TextTower tower;

    /// @param frozen the layers below the tower
    MaskedTranslation(TrainConfig.Masked config, FrozenPrefix frozen, MaskedWordHead head, TextTower tower) {
        this.config = config;
        this.frozen = frozen;
        this.head = head;
        this.tower = tower;
    }

    /// Sequences with masked words.
    ///
    /// @param tokens with the mask in the place of some words
    /// @param rows of the masked words, and their places in the rows
    /// @param words that stood there
    record Masked(int[][] tokens, int[] rows, int[] places, long[] words) {}

    @Override
    public Set<Input> inputs() {
        return EnumSet.noneOf(Input.class);
    }

    @Override
    public void add(LossParts parts, StudentBatch batch) {
        List<Triplet> pairs = batch.triplets().stream()
                .filter(triplet -> !triplet.target().isBlank())
                .limit(config.pairs())
                .toList();
        if (pairs.isEmpty()) {
            return;
        }
        Masked masked = mask(
                frozen.tokens(pairs.stream().map(Triplet::source).toList()),
                frozen.tokens(pairs.stream().map(Triplet::target).toList()),
                config.share(),
                frozen.tokenizer().maskId(),
                frozen.bert().config().maxLength(),
                batch.random());
        int length =
                Arrays.stream(masked.tokens()).mapToInt(row -> row.length).max().orElseThrow();
        int[] lengths =
                Arrays.stream(masked.tokens()).mapToInt(row -> row.length).toArray();
        Tensor states = frozen.states(masked.tokens());
        Tensor loss = frozen.precision().run(() -> {
            Tensor top = tower.layers(states, Padding.bias(lengths, length), true);
            long[] flat = IntStream.range(0, masked.rows().length)
                    .mapToLong(i -> (long) masked.rows()[i] * length + masked.places()[i])
                    .toArray();
            Tensor chosen = torch.index_select(top.reshape(-1, top.size(-1)), 0, Tensors.of(flat, flat.length));
            Tensor logits = head.forward(chosen).toType(torch.ScalarType.Float);
            return torch.cross_entropy_loss(logits, Tensors.of(masked.words(), masked.words().length));
        });
        parts.add("masked", config.weight(), loss.toType(torch.ScalarType.Float));
    }

    /// Joins the pairs and masks a share of each translation's pieces, at least one.
    ///
    /// @param sources ids with special tokens
    /// @param targets the same; a pair that is too long loses the end of its translation
    static Masked mask(int[][] sources, int[][] targets, double share, int maskId, int maxLength, Random random) {
        int[][] tokens = new int[sources.length][];
        IntStream.Builder rows = IntStream.builder();
        IntStream.Builder places = IntStream.builder();
        IntStream.Builder words = IntStream.builder();
        for (int row = 0; row < sources.length; row++) {
            int[] source = sources[row];
            // Without its first special token: the source has one already.
            int[] target = Arrays.copyOfRange(targets[row], 1, targets[row].length);
            int room = Math.max(2, maxLength - source.length);
            if (target.length > room) {
                int end = target[target.length - 1];
                target = Arrays.copyOf(target, room);
                target[room - 1] = end;
            }
            int[] joined = IntStream.concat(Arrays.stream(source), Arrays.stream(target))
                    .toArray();
            int pieces = target.length - 1;
            int sure = pieces == 0 ? -1 : random.nextInt(pieces);
            for (int i = 0; i < pieces; i++) {
                if (i == sure || random.nextDouble() < share) {
                    int place = source.length + i;
                    rows.add(row);
                    places.add(place);
                    words.add(joined[place]);
                    joined[place] = maskId;
                }
            }
            tokens[row] = joined;
        }
        return new Masked(
                tokens,
                rows.build().toArray(),
                places.build().toArray(),
                words.build().asLongStream().toArray());
    }
}
