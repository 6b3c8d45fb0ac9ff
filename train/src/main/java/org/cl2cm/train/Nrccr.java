package org.cl2cm.train;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.train.losses.LanguageLoss;
import org.cl2cm.train.losses.RelationalDistillation;

/// Noise-robust learning (NRCCR: Wang et al., MM 2022, arXiv 2208.12526; a reconstruction from the
/// paper's abstract and its released code, in this project's networks). Beside matching, four things:
///
/// - a translation *retold* by its source: the head's last layer with the words of the source in the
///   place of the translation's own, so that what only the translation says is lost. What images think
///   of the retold translation is the soft label of what they think of the translation (similarity
///   view), and the two vectors are drawn together (feature view);
/// - *cycle*: a source caption finds its back-translation;
/// - *language*: a discriminator tells source from target sentences, the encoder makes it fail.
final class Nrccr {
    /// Of the soft labels, and of the smooth L1 distance, as in the released code.
    private static final double TEMPERATURE = 0.07;

    private static final double BETA = 4;

    private Nrccr() {}

    static List<Term> terms(TrainConfig config, Contrast contrast, Networks networks, BatchEncoder encoder) {
        List<Term> terms = new ArrayList<>(Cl2cm.terms(config, contrast));
        TrainConfig.Nrccr own = config.nrccr();
        if (own.similarity() > 0 || own.feature() > 0) {
            terms.add(new Retelling(own, networks.student().text(), encoder));
        }
        if (own.cycle() > 0) {
            terms.add(new Cycle(own, contrast));
        }
        if (own.language() > 0) {
            terms.add(new Language(
                    own,
                    networks.auxiliaryParameters().get(Networks.DISCRIMINATOR + ".weight"),
                    networks.auxiliaryParameters().get(Networks.DISCRIMINATOR + ".bias")));
        }
        return terms;
    }

    private record Retelling(TrainConfig.Nrccr config, TextTower text, BatchEncoder encoder) implements Term {
        @Override
        public Set<Input> inputs() {
            return EnumSet.of(Input.SOURCE, Input.TARGET, Input.BENEATH);
        }

        @Override
        public void add(LossParts parts, StudentBatch batch) {
            BatchEncoder.Encoded both = batch.texts().beneath().orElseThrow();
            int n = both.lengths().length / 2;
            BatchEncoder.Encoded source = both.narrow(0, n);
            BatchEncoder.Encoded target = both.narrow(n, n);
            Tensor retold = encoder.precision()
                    .run(() -> text.retold(target.words(), target.lengths(), source.words(), source.lengths(), true));
            Tensor vision = batch.vision();
            if (config.similarity() > 0) {
                parts.add(
                        "similarity",
                        config.similarity(),
                        RelationalDistillation.loss(
                                vision.matmul(retold.t()),
                                vision.matmul(target.sentences().t()),
                                TEMPERATURE));
            }
            if (config.feature() > 0) {
                // Unit vectors are never so far apart that the smooth L1 distance leaves its parabola.
                Tensor difference = retold.sub(target.sentences());
                parts.add(
                        "feature",
                        config.feature(),
                        difference.mul(difference).mean().mul(Tensors.scalar(0.5 / BETA)));
            }
        }
    }

    private record Cycle(TrainConfig.Nrccr config, Contrast contrast) implements Term {
        @Override
        public Set<Input> inputs() {
            return EnumSet.of(Input.SOURCE, Input.BACK);
        }

        @Override
        public void add(LossParts parts, StudentBatch batch) {
            if (batch.texts().back().isPresent()) {
                StudentTexts.Back back = batch.texts().back().get();
                Tensor source = torch.index_select(batch.source(), 0, back.rows());
                parts.add("cycle", config.cycle(), contrast.loss(source, back.vectors()));
            }
        }
    }

    private record Language(TrainConfig.Nrccr config, Tensor weight, Tensor bias) implements Term {
        @Override
        public Set<Input> inputs() {
            return EnumSet.of(Input.SOURCE, Input.TARGET, Input.BENEATH);
        }

        @Override
        public void add(LossParts parts, StudentBatch batch) {
            BatchEncoder.Encoded both = batch.texts().beneath().orElseThrow();
            int n = both.lengths().length / 2;
            Tensor source = mean(both.narrow(0, n));
            Tensor target = mean(both.narrow(n, n));
            parts.add("discriminator", 1, LanguageLoss.discriminator(source, target, weight, bias));
            parts.add("language", config.language(), LanguageLoss.encoder(target, weight, bias));
        }

        private static Tensor mean(BatchEncoder.Encoded texts) {
            Tensor words =
                    texts.words().mul(texts.mask().unsqueeze(-1)).sum(new long[] {1}, false, new ScalarTypeOptional());
            return words.div(texts.mask().sum(new long[] {1}, true, new ScalarTypeOptional()));
        }
    }
}
