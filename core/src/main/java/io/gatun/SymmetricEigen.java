/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.bindings.Lapack;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The eigenvalues and eigenvectors of a symmetric matrix A = V diag(values) V', in double
 * precision, largest value first. Each vector has length 1, and its largest element is positive.
 *
 * <p>LAPACK's divide and conquer does it, in about 9 n^3 operations on one thread; where there is
 * no native library, Jacobi's rotations in Java do, some hundred times slower.
 */
public final class SymmetricEigen {
    private static final int MAX = 16_384;

    private final double[] values;
    private final double[][] vectors;

    private SymmetricEigen(double[] values, double[][] vectors) {
        this.values = values;
        this.vectors = vectors;
    }

    /**
     * Decomposes a matrix.
     *
     * @param matrix row-major, n * n, symmetric to rounding; not changed
     * @param n number of rows, 0 to 16,384
     * @return its values and vectors
     * @throws IllegalArgumentException if the size does not fit, an element is not finite, or the
     *     matrix is not symmetric
     */
    public static SymmetricEigen of(double[] matrix, int n) {
        check(matrix, n);
        double[] a = matrix.clone();
        double[] w = new double[n];
        boolean done =
                n > 0
                        && Backend.kernels().name().equals("native")
                        && Lapack.symmetricEigen(n, a, w);
        if (!done) {
            a = jacobi(a, w, n);
        }
        return sorted(a, w, n);
    }

    /** By Jacobi's method in any case, for tests. */
    static SymmetricEigen inJava(double[] matrix, int n) {
        check(matrix, n);
        double[] w = new double[n];
        return sorted(jacobi(matrix.clone(), w, n), w, n);
    }

    private static void check(double[] matrix, int n) {
        if (n < 0 || n > MAX || matrix.length != n * n) {
            throw new IllegalArgumentException(
                    "SymmetricEigen: "
                            + matrix.length
                            + " elements for n = "
                            + n
                            + ": give n * n, and n from 0 to "
                            + MAX);
        }
        double largest = 0;
        for (double value : matrix) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "SymmetricEigen: an element is " + value + ": clean the data");
            }
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                if (Math.abs(matrix[i * n + j] - matrix[j * n + i]) > 1e-9 * largest) {
                    throw new IllegalArgumentException(
                            "SymmetricEigen: the matrix is not symmetric: element ["
                                    + i
                                    + "]["
                                    + j
                                    + "] is "
                                    + matrix[i * n + j]
                                    + ", ["
                                    + j
                                    + "]["
                                    + i
                                    + "] is "
                                    + matrix[j * n + i]);
                }
            }
        }
    }

    private static SymmetricEigen sorted(double[] columns, double[] w, int n) {
        int[] order =
                IntStream.range(0, n)
                        .boxed()
                        .sorted(Comparator.comparingDouble((Integer i) -> w[i]).reversed())
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] values = new double[n];
        double[][] vectors = new double[n][n];
        for (int k = 0; k < n; k++) {
            values[k] = w[order[k]];
            double[] vector = vectors[k];
            int top = 0;
            for (int i = 0; i < n; i++) {
                vector[i] = columns[i * n + order[k]];
                top = Math.abs(vector[i]) > Math.abs(vector[top]) + 1e-12 ? i : top;
            }
            if (vector[top] < 0) {
                for (int i = 0; i < n; i++) {
                    vector[i] = -vector[i];
                }
            }
        }
        return new SymmetricEigen(values, vectors);
    }

    /** Cyclic Jacobi (Golub and Van Loan, section 8.5): gives the vectors as columns. */
    private static double[] jacobi(double[] a, double[] w, int n) {
        double[] v = new double[n * n];
        for (int i = 0; i < n; i++) {
            v[i * n + i] = 1;
        }
        for (int sweep = 0; sweep < 60; sweep++) {
            double off = 0;
            double all = 0;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    off += i == j ? 0 : a[i * n + j] * a[i * n + j];
                    all += a[i * n + j] * a[i * n + j];
                }
            }
            if (off <= 1e-30 * all) {
                break;
            }
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    rotate(a, v, n, p, q);
                }
            }
        }
        for (int i = 0; i < n; i++) {
            w[i] = a[i * n + i];
        }
        return v;
    }

    /** Makes element [p][q] zero. */
    private static void rotate(double[] a, double[] v, int n, int p, int q) {
        double apq = a[p * n + q];
        if (apq == 0) {
            return;
        }
        double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
        double c = 1 / Math.hypot(t, 1);
        double s = t * c;
        for (int k = 0; k < n; k++) {
            double x = a[k * n + p];
            double y = a[k * n + q];
            a[k * n + p] = c * x - s * y;
            a[k * n + q] = s * x + c * y;
        }
        for (int k = 0; k < n; k++) {
            double x = a[p * n + k];
            double y = a[q * n + k];
            a[p * n + k] = c * x - s * y;
            a[q * n + k] = s * x + c * y;
            x = v[k * n + p];
            y = v[k * n + q];
            v[k * n + p] = c * x - s * y;
            v[k * n + q] = s * x + c * y;
        }
    }

    /**
     * Number of rows of the matrix.
     *
     * @return n
     */
    public int size() {
        return values.length;
    }

    /**
     * An eigenvalue.
     *
     * @param k 0 for the largest
     * @return its value
     */
    public double value(int k) {
        return values[k];
    }

    /**
     * An eigenvector.
     *
     * @param k 0 for that of the largest value
     * @return a new array of n elements
     */
    public double[] vector(int k) {
        return vectors[k].clone();
    }

    @Override
    public String toString() {
        return "SymmetricEigen" + Arrays.toString(values);
    }
}
