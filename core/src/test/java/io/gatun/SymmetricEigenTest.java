/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
    private static double[] random(int n, int rank, long seed) {
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        double[][] factor = new double[n][rank];
        for (double[] row : factor) {
            for (int k = 0; k < rank; k++) {
                row[k] = random.nextGaussian();
            }
        }
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < rank; k++) {
                    a[i * n + j] += (k % 2 == 0 ? 1 : -1) * factor[i][k] * factor[j][k];
                }
            }
        }
        return a;
    }

    private static void check(double[] a, int n, SymmetricEigen eigen) {
        double[] again = new double[n * n];
        for (int k = 0; k < n; k++) {
            double[] v = eigen.vector(k);
            assertTrue(k == 0 || eigen.value(k) <= eigen.value(k - 1));
            for (int other = 0; other <= k; other++) {
                double dot = 0;
                for (int i = 0; i < n; i++) {
                    dot += v[i] * eigen.vector(other)[i];
                }
                assertEquals(other == k ? 1 : 0, dot, 1e-10);
            }
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    again[i * n + j] += eigen.value(k) * v[i] * v[j];
                }
            }
        }
        assertArrayEquals(a, again, 1e-9 * n);
    }

    @Test
    void valuesAndVectorsMakeTheMatrixAgain() {
        for (int n : new int[] {0, 1, 2, 3, 7, 33, 60}) {
            for (int rank : new int[] {n, n / 2}) {
                double[] a = random(n, rank, n);
                SymmetricEigen eigen = SymmetricEigen.of(a, n);
                check(a, n, eigen);
                SymmetricEigen java = SymmetricEigen.inJava(a, n);
                check(a, n, java);
                for (int k = 0; k < n; k++) {
                    assertEquals(eigen.value(k), java.value(k), 1e-9 * n);
                }
            }
        }
    }

    /** [[2, 1], [1, 2]] stretches (1, 1) three times and leaves (1, -1). */
    @Test
    void aCaseByHand() {
        for (SymmetricEigen eigen :
                new SymmetricEigen[] {
                    SymmetricEigen.of(new double[] {2, 1, 1, 2}, 2),
                    SymmetricEigen.inJava(new double[] {2, 1, 1, 2}, 2)
                }) {
            assertEquals(3, eigen.value(0), 1e-14);
            assertEquals(1, eigen.value(1), 1e-14);
            double half = Math.sqrt(0.5);
            assertArrayEquals(new double[] {half, half}, eigen.vector(0), 1e-14);
            assertArrayEquals(new double[] {half, -half}, eigen.vector(1), 1e-14);
        }
    }

    @Test
    void whatIsNoSymmetricMatrixIsRefused() {
        refused(new double[3], 2);
        refused(new double[] {1, 2, 3, 4}, 2);
        refused(new double[] {Double.NaN}, 1);
        refused(new double[] {1, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 1}, 2);
        refused(new double[0], -1);
    }

    private static void refused(double[] matrix, int n) {
        assertThrows(IllegalArgumentException.class, () -> SymmetricEigen.of(matrix, n));
    }
}
