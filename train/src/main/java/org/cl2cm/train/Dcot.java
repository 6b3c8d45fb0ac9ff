package org.cl2cm.train;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.train.losses.ContrastiveLoss;
import org.cl2cm.train.losses.PairConfidence;
import org.cl2cm.train.losses.Sinkhorn;
import org.cl2cm.train.losses.TransportPlan;

/// Dual-view curricular optimal transport (DCOT: Wang et al., 2023, arXiv 2309.05451; a reconstruction
/// from its abstract): an image and a translation count in the matching as far as they are trusted.
///
/// How far is told by the transport plans of the batch ([PairConfidence]) in two views: cross-lingual,
/// the source caption against the translation, and cross-modal, the image against the translation. The
/// curriculum: the cross-lingual view, where the gap is small, speaks alone at first, and the
/// cross-modal one gains as the student learns; pairs below a threshold, the hard ones, are left out at
/// first, and the threshold falls to nothing.
final class Dcot {
    /// Soft, so that trust is a matter of degree; the exact plan gives all or nothing, and chooses among captions that
    /// read alike.
    private static final TransportPlan TRANSPORT = Sinkhorn.DEFAULT;

    private Dcot() {}

    static List<Term> terms(TrainConfig config, Contrast contrast) {
        return List.of(new CurricularMatching(config, contrast), new Distillation(config.loss()));
    }

    /// @param config of the run
    private record CurricularMatching(TrainConfig config, Contrast contrast) implements Term {
        @Override
        public Set<Input> inputs() {
            return EnumSet.of(Input.SOURCE, Input.TARGET);
        }

        @Override
        public void add(LossParts parts, StudentBatch batch) {
            Tensor source = batch.source();
            Tensor target = batch.target();
            Tensor trust = trust(
                    batch.progress(),
                    batch.vision(),
                    batch.teacher().map(StudentBatch.Relations::source).orElse(source),
                    batch.teacher().map(StudentBatch.Relations::target).orElse(target),
                    target);
            parts.add(
                    "vt",
                    config.loss().vt(),
                    ContrastiveLoss.weighted(batch.vision(), target, contrast.scale(), trust));
            if (config.loss().vs() > 0) {
                parts.add("vs", config.loss().vs(), contrast.loss(batch.vision(), source));
            }
        }

        /// @param s source captions as the cross-lingual view sees them: the teacher's where there is
        ///     one
        /// @param t translations, the same
        private Tensor trust(double progress, Tensor vision, Tensor s, Tensor t, Tensor target) {
            TrainConfig.Dcot own = config.dcot();
            if (progress < own.warmup()) {
                return torch.ones_like(vision.select(1, 0));
            }
            double learnt = (progress - own.warmup()) / (1 - own.warmup());
            double modal = own.modal() * learnt;
            Tensor trust = PairConfidence.of(s, t, TRANSPORT)
                    .mul(Tensors.scalar(1 - modal))
                    .add(PairConfidence.of(vision, target, TRANSPORT).mul(Tensors.scalar(modal)));
            double threshold = own.threshold() * (1 - learnt);
            return trust.mul(trust.ge(Tensors.scalar(threshold)));
        }
    }
}
