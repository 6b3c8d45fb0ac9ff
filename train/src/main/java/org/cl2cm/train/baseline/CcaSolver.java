package org.cl2cm.train.baseline;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// The linear algebra of CCA, in float32; the ridge keeps the factorisations well conditioned.
final class CcaSolver {
    /// Directions whose correlation is below this are noise of the arithmetic.
    private static final double LEAST_CORRELATION = 1e-3;

    private CcaSolver() {}

    /// Canonical directions, strongest first.
    ///
    /// @param dimension how many
    /// @param correlations `[dimension]`
    /// @param images `[imageDimension, dimension]`
    /// @param texts `[terms, dimension]`
    @SuppressWarnings("ArrayRecordComponent")
    record Directions(int dimension, float[] correlations, float[] images, float[] texts) {}

    /// @return rows' times rows, `[dimension, dimension]`
    static float[] gram(float[] rows, int count, int dimension) {
        try (PointerScope _ = new PointerScope()) {
            Tensor matrix = Tensors.of(rows, count, dimension);
            return Tensors.floats(matrix.t().matmul(matrix));
        }
    }

    /// Maximises the correlation of projections (Hotelling 1936), each covariance with a ridge of its
    /// own (Vinod
    /// 1976): the singular vectors of Lx^-1 Cxy Ly^-T, where Lx Lx' = Cxx + ridge and Ly Ly' = Cyy +
    /// ridge.
    ///
    /// @param imageRidge ridge as a share of the mean variance of an image feature
    /// @param textRidge the same of a term
    /// @param most directions wanted; fewer come back when the rest has no correlation
    static Directions solve(CcaMoments moments, double imageRidge, double textRidge, int most) {
        int d = moments.imageDimension;
        int terms = moments.terms;
        try (PointerScope _ = new PointerScope()) {
            Tensor lx = factor(moments.imageCovariance, d, imageRidge);
            Tensor ly = factor(moments.textCovariance, terms, textRidge);
            Tensor half = torch.linalg_solve_triangular(ly, Tensors.of(moments.crossCovariance, terms, d), false);
            // [image, text]
            Tensor whitened = torch.linalg_solve_triangular(lx, half.t(), false);
            T_TensorTensor_T eigen = torch.linalg_eigh(whitened.matmul(whitened.t()));
            float[] squares = Tensors.floats(eigen.get0());
            int kept = 0;
            while (kept < Math.min(most, Math.min(d, terms))
                    && squares[d - 1 - kept] > LEAST_CORRELATION * LEAST_CORRELATION) {
                kept++;
            }
            if (kept == 0) {
                throw new IllegalArgumentException("images and texts are not correlated at all");
            }
            float[] correlations = new float[kept];
            for (int k = 0; k < kept; k++) {
                correlations[k] = (float) Math.sqrt(squares[d - 1 - k]);
            }
            Tensor u = eigen.get1().narrow(1, d - kept, kept).flip(1);
            Tensor v = whitened.t().matmul(u).div(Tensors.of(correlations, 1, kept));
            return new Directions(
                    kept,
                    correlations,
                    Tensors.floats(torch.linalg_solve_triangular(lx.t(), u, true)),
                    Tensors.floats(torch.linalg_solve_triangular(ly.t(), v, true)));
        }
    }

    private static Tensor factor(float[] covariance, int size, double ridge) {
        double trace = 0;
        for (int i = 0; i < size; i++) {
            trace += covariance[i * size + i];
        }
        float[] ridged = covariance.clone();
        for (int i = 0; i < size; i++) {
            ridged[i * size + i] += (float) (ridge * trace / size);
        }
        return torch.linalg_cholesky(Tensors.of(ridged, size, size));
    }
}
