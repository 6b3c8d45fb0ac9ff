package org.cl2cm.train.losses;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// Loss D: what the cross-lingual network knows of the relations inside a batch, `softmax_j(s_i . t_j / tau)`, is
/// what the cross-modal network is to learn of `softmax_j(v_i . t_j / tau)`; sound because s_i describes v_i.
public final class RelationalDistillation {
    private RelationalDistillation() {}

    /// The mean of KL(R^CL || R^CM) over rows and over columns. The teacher's side is detached here.
    ///
    /// @param teacher similarities, `[batch, batch]`
    /// @param student similarities, `[batch, batch]`
    /// @param temperature tau_d, positive
    /// @return a scalar, 0 when the relations agree
    public static Tensor loss(Tensor teacher, Tensor student, double temperature) {
        Tensor known = teacher.detach().div(Tensors.scalar(temperature));
        Tensor learnt = student.div(Tensors.scalar(temperature));
        return divergence(known, learnt).add(divergence(known.t(), learnt.t())).mul(Tensors.scalar(0.5));
    }

    /// The same for relations inside one modality, `t_i . t_j` or `v_i . v_j`: the diagonal, always 1, is left out.
    public static Tensor inModal(Tensor teacher, Tensor student, double temperature) {
        Tensor diagonal = torch.eye(teacher.size(0), new TensorOptions(torch.ScalarType.Float))
                .mul(new Scalar(1e4));
        return loss(teacher.detach().sub(diagonal), student.sub(diagonal), temperature);
    }

    private static Tensor divergence(Tensor known, Tensor learnt) {
        Tensor logs = known.log_softmax(1);
        return logs.exp().mul(logs.sub(learnt.log_softmax(1))).sum().div(Tensors.scalar(known.size(0)));
    }
}
