package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// Loss D of CL2CM: what the teacher thinks of every pair of the batch becomes the student's target.
///
/// With `R = softmax(similarities / tau)` of teacher and student, the loss is `KL(R_teacher ||
/// R_student)`, the mean
/// over rows, averaged with the same over columns. Source: the relational transfer of CL2CM (Wang
/// et al., AAAI 2024)
/// as reconstructed from its abstract; the form is that of relational knowledge distillation by
/// soft targets
/// (Hinton et al., 2015). No gradient reaches the teacher.
public final class RelationalDistillation {
    /// After a division by any usable temperature still 0 in the softmax.
    private static final double EXCLUDED = -1e4;

    private RelationalDistillation() {}

    /// Across modalities: `s_i . t_j` of the teacher teaches `v_i . t_j` of the student, which is
    /// sound because
    /// `s_i` describes `v_i`.
    ///
    /// @param teacherRelation cosines, `[batch, batch]`; detached here
    /// @param studentRelation cosines, `[batch, batch]`
    /// @param temperature divides both
    /// @return a scalar, at least 0, and 0 for equal relations
    public static Tensor loss(Tensor teacherRelation, Tensor studentRelation, double temperature) {
        Checks.temperature(temperature);
        Checks.sameSquare(teacherRelation, studentRelation);
        return FullPrecision.run(
                () -> bothWays(scaled(teacherRelation.detach(), temperature), scaled(studentRelation, temperature)));
    }

    /// Inside one modality: `t_i . t_j` of the teacher teaches `t_i . t_j` of the student, and
    /// `s_i . s_j` teaches
    /// `v_i . v_j` (the single-modal similarities of CMST, 2019). A row's likeness to itself says
    /// nothing and is
    /// left out of both distributions.
    ///
    /// @param teacherRelation cosines, `[batch, batch]`; detached here
    /// @param studentRelation cosines, `[batch, batch]`
    public static Tensor inModal(Tensor teacherRelation, Tensor studentRelation, double temperature) {
        Checks.temperature(temperature);
        Checks.sameSquare(teacherRelation, studentRelation);
        return FullPrecision.run(() -> {
            Tensor self = torch.eye(teacherRelation.size(0)).toType(torch.ScalarType.Bool);
            return bothWays(
                    scaled(teacherRelation.detach(), temperature).masked_fill(self, Tensors.scalar(EXCLUDED)),
                    scaled(studentRelation, temperature).masked_fill(self, Tensors.scalar(EXCLUDED)));
        });
    }

    private static Tensor scaled(Tensor relation, double temperature) {
        return float32(relation).mul(Tensors.scalar(1 / temperature));
    }

    private static Tensor bothWays(Tensor teacher, Tensor student) {
        return divergence(teacher, student, 1)
                .add(divergence(teacher, student, 0))
                .mul(Tensors.scalar(0.5 / teacher.size(0)));
    }

    private static Tensor divergence(Tensor teacher, Tensor student, long dimension) {
        Tensor target = teacher.log_softmax(dimension);
        return target.exp().mul(target.sub(student.log_softmax(dimension))).sum();
    }
}
