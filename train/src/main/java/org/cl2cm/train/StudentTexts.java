package org.cl2cm.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;

/// The texts of a batch as the student's text tower encodes them; what no [Term] asked for is empty.
///
/// @param source s, unit vectors, `[batch, dimension]`
/// @param target t, unit vectors, `[batch, dimension]`
/// @param beneath states below the head's last layer, of the sources and then the targets
/// @param back of the back-translations
/// @param languages of the captions in all languages
record StudentTexts(
        Optional<Tensor> source,
        Optional<Tensor> target,
        Optional<BatchEncoder.Encoded> beneath,
        Optional<Back> back,
        Optional<Languages> languages) {
    /// Unit vectors of the back-translations, `[texts, dimension]`, and the rows of the batch that have
    /// one, `[texts]`.
    record Back(Tensor vectors, Tensor rows) {}

    /// Unit vectors, `[texts, dimension]`, and the row of each text's image.
    record Languages(Tensor texts, int[] imageOf) {}

    /// Encodes what the objective asks for, as in training.
    static StudentTexts encode(
            Objective objective, BatchEncoder encoder, TextTower tower, List<Triplet> batch, Random random) {
        List<String> sources = batch.stream().map(Triplet::source).toList();
        List<String> targets = batch.stream().map(Triplet::target).toList();
        int n = batch.size();
        boolean usesSource = objective.uses(Term.Input.SOURCE);
        boolean usesTarget = objective.uses(Term.Input.TARGET);
        Optional<Tensor> source = Optional.empty();
        Optional<Tensor> target = Optional.empty();
        Optional<BatchEncoder.Encoded> beneath = Optional.empty();
        if (usesSource && usesTarget) {
            List<String> both =
                    Stream.concat(sources.stream(), targets.stream()).toList();
            if (objective.uses(Term.Input.BENEATH)) {
                beneath = Optional.of(encoder.beneath(tower, both, random));
            }
            Tensor encoded = beneath.map(BatchEncoder.Encoded::sentences)
                    .orElseGet(() -> encoder.sentences(tower, both, random));
            source = Optional.of(encoded.narrow(0, 0, n));
            target = Optional.of(encoded.narrow(0, n, n));
        } else if (usesSource) {
            source = Optional.of(encoder.sentences(tower, sources, random));
        } else if (usesTarget) {
            target = Optional.of(encoder.sentences(tower, targets, random));
        }
        return new StudentTexts(
                source,
                target,
                beneath,
                objective.uses(Term.Input.BACK) ? back(encoder, tower, batch, random) : Optional.empty(),
                objective.uses(Term.Input.ALL_TARGETS)
                        ? Optional.of(languages(encoder, tower, batch, random))
                        : Optional.empty());
    }

    /// Nothing where fewer than two captions of the batch have a back-translation: there is nothing to
    /// tell apart.
    private static Optional<Back> back(BatchEncoder encoder, TextTower tower, List<Triplet> batch, Random random) {
        int[] rows = IntStream.range(0, batch.size())
                .filter(i -> !batch.get(i).back().isBlank())
                .toArray();
        if (rows.length < 2) {
            return Optional.empty();
        }
        List<String> texts =
                IntStream.of(rows).mapToObj(i -> batch.get(i).back()).toList();
        return Optional.of(new Back(
                encoder.sentences(tower, texts, random),
                Tensors.of(IntStream.of(rows).asLongStream().toArray(), rows.length)));
    }

    private static Languages languages(BatchEncoder encoder, TextTower tower, List<Triplet> batch, Random random) {
        List<String> texts = new ArrayList<>();
        List<Integer> imageOf = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            texts.add(batch.get(i).source());
            imageOf.add(i);
            for (String text : batch.get(i).targets()) {
                texts.add(text);
                imageOf.add(i);
            }
        }
        return new Languages(
                encoder.sentences(tower, texts, random),
                imageOf.stream().mapToInt(Integer::intValue).toArray());
    }
}
