package org.cl2cm.train.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;
import org.junit.jupiter.api.Test;

class RelationalDistillationTest {
    private static final int BATCH = 4;
    private static final long[] SQUARE = {BATCH, BATCH};

    private final float[] teacher = Gradients.normal(1, BATCH * BATCH);
    private final float[] student = Gradients.normal(2, BATCH * BATCH);

    private static double[][] rows(double[] values) {
        double[][] rows = new double[BATCH][BATCH];
        for (int i = 0; i < values.length; i++) {
            rows[i / BATCH][i % BATCH] = values[i];
        }
        return rows;
    }

    private static double[] without(double[] row, int self) {
        double[] rest = new double[row.length - 1];
        for (int i = 0, at = 0; i < row.length; i++) {
            if (i != self) {
                rest[at++] = row[i];
            }
        }
        return rest;
    }

    private static double divergence(double[][] teacher, double[][] student, double temperature, boolean inModal) {
        double sum = 0;
        for (int i = 0; i < BATCH; i++) {
            double[] target = inModal ? without(teacher[i], i) : teacher[i];
            double[] row = inModal ? without(student[i], i) : student[i];
            double[] p = Gradients.softmax(target, temperature);
            double[] q = Gradients.softmax(row, temperature);
            for (int j = 0; j < p.length; j++) {
                sum += p[j] * Math.log(p[j] / q[j]);
            }
        }
        return sum / BATCH;
    }

    private static double twin(float[] teacher, double[] student, double temperature, boolean inModal) {
        double[][] t = rows(Gradients.doubles(teacher));
        double[][] s = rows(student);
        return (divergence(t, s, temperature, inModal)
                        + divergence(Gradients.transposed(t), Gradients.transposed(s), temperature, inModal))
                / 2;
    }

    @Test
    void agreesWithTheDivergenceInLoops() {
        Tensor fixed = Tensors.of(teacher, SQUARE);
        Gradients.check(
                student, SQUARE, s -> RelationalDistillation.loss(fixed, s, 0.5), s -> twin(teacher, s, 0.5, false));
    }

    @Test
    void inOneModalityTheDiagonalTakesNoPart() {
        Tensor fixed = Tensors.of(teacher, SQUARE);
        Gradients.check(
                student, SQUARE, s -> RelationalDistillation.inModal(fixed, s, 0.5), s -> twin(teacher, s, 0.5, true));
        float[] otherDiagonal = student.clone();
        for (int i = 0; i < BATCH; i++) {
            otherDiagonal[i * BATCH + i] = 50;
        }
        assertThat(Tensors.scalar(RelationalDistillation.inModal(fixed, Tensors.of(otherDiagonal, SQUARE), 0.5)))
                .isEqualTo(Tensors.scalar(RelationalDistillation.inModal(fixed, Tensors.of(student, SQUARE), 0.5)));
    }

    @Test
    void equalRelationsLoseNothing() {
        Tensor relation = Tensors.of(teacher, SQUARE);
        assertThat(Tensors.scalar(RelationalDistillation.loss(relation, relation, 0.2)))
                .isCloseTo(0, within(1e-7));
        assertThat(Tensors.scalar(RelationalDistillation.inModal(relation, relation, 0.2)))
                .isCloseTo(0, within(1e-7));
        // A constant added to all similarities leaves the relation as it is.
        assertThat(Tensors.scalar(RelationalDistillation.loss(relation, relation.add(Tensors.scalar(0.5)), 0.2)))
                .isCloseTo(0, within(1e-6));
    }

    @Test
    void noGradientReachesTheTeacher() {
        Tensor t = Tensors.of(teacher, SQUARE);
        Tensor s = Tensors.of(student, SQUARE);
        t.set_requires_grad(true);
        s.set_requires_grad(true);
        RelationalDistillation.loss(t, s, 0.2)
                .add(RelationalDistillation.inModal(t, s, 0.2))
                .backward();
        assertThat(t.grad().defined()).isFalse();
        assertThat(s.grad().defined()).isTrue();
    }

    @Test
    void refusesRelationsOfDifferentBatches() {
        assertThatThrownBy(() ->
                        RelationalDistillation.loss(Tensors.of(teacher, SQUARE), Tensors.of(new float[9], 3, 3), 0.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[4, 4] and [3, 3]");
    }
}
