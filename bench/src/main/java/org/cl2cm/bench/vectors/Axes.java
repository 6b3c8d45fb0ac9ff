package org.cl2cm.bench.vectors;

import java.util.Comparator;
import java.util.stream.IntStream;

/// The principal axes of a cloud of vectors, by one-sided Jacobi rotations on its covariance.
///
/// @param directions orthonormal rows, the widest axis first, `[dimension][dimension]`
/// @param variances along each of them
record Axes(double[][] directions, double[] variances) {
    private static final int MOST_SWEEPS = 60;
    private static final double CLOSE = 1e-11;

    /// @param rows `[count][dimension]`
    /// @param mean of the rows
    static Axes of(float[][] rows, double[] mean) {
        int dimension = mean.length;
        double[][] covariance = new double[dimension][dimension];
        double[] centred = new double[dimension];
        for (float[] row : rows) {
            for (int i = 0; i < dimension; i++) {
                centred[i] = row[i] - mean[i];
            }
            for (int i = 0; i < dimension; i++) {
                double[] line = covariance[i];
                double factor = centred[i] / rows.length;
                for (int j = 0; j < dimension; j++) {
                    line[j] += factor * centred[j];
                }
            }
        }
        return of(covariance);
    }

    /// @param matrix symmetric, without negative eigenvalues; overwritten
    static Axes of(double[][] matrix) {
        int dimension = matrix.length;
        double[][] directions = new double[dimension][dimension];
        for (int i = 0; i < dimension; i++) {
            directions[i][i] = 1;
        }
        boolean turned = true;
        for (int sweep = 0; turned && sweep < MOST_SWEEPS; sweep++) {
            turned = false;
            for (int p = 0; p < dimension; p++) {
                for (int q = p + 1; q < dimension; q++) {
                    turned |= orthogonalise(matrix, directions, p, q);
                }
            }
        }
        // The rows are now eigenvectors times eigenvalues.
        double[] values = new double[dimension];
        for (int i = 0; i < dimension; i++) {
            values[i] = Math.sqrt(dot(matrix[i], matrix[i]));
        }
        int[] order = IntStream.range(0, dimension)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[][] sorted = new double[dimension][];
        double[] variances = new double[dimension];
        for (int i = 0; i < dimension; i++) {
            sorted[i] = directions[order[i]];
            variances[i] = values[order[i]];
        }
        return new Axes(sorted, variances);
    }

    private static boolean orthogonalise(double[][] matrix, double[][] directions, int p, int q) {
        double pp = dot(matrix[p], matrix[p]);
        double qq = dot(matrix[q], matrix[q]);
        double pq = dot(matrix[p], matrix[q]);
        if (Math.abs(pq) <= CLOSE * Math.sqrt(pp * qq) || pq == 0) {
            return false;
        }
        double ratio = (qq - pp) / (2 * pq);
        double tangent = Math.copySign(1, ratio) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio));
        double cosine = 1 / Math.sqrt(1 + tangent * tangent);
        double sine = cosine * tangent;
        turn(matrix[p], matrix[q], cosine, sine);
        turn(directions[p], directions[q], cosine, sine);
        return true;
    }

    private static void turn(double[] a, double[] b, double cosine, double sine) {
        for (int i = 0; i < a.length; i++) {
            double x = a[i];
            double y = b[i];
            a[i] = cosine * x - sine * y;
            b[i] = sine * x + cosine * y;
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /// Coordinates of a vector along the axes, from the origin.
    float[] coordinates(float[] vector) {
        float[] coordinates = new float[directions.length];
        for (int i = 0; i < coordinates.length; i++) {
            double sum = 0;
            for (int j = 0; j < vector.length; j++) {
                sum += directions[i][j] * vector[j];
            }
            coordinates[i] = (float) sum;
        }
        return coordinates;
    }
}
