/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import io.gatun.bindings.lapacke.Lapacke;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.NoSuchElementException;

/** What is used of LAPACK, which OpenBLAS holds; a build of one's own may lack it. */
public final class Lapack {
    private Lapack() {}

    /**
     * Eigenvalues, ascending, and eigenvectors of a symmetric matrix by divide and conquer.
     *
     * @param n its size
     * @param matrix row-major, n * n; overwritten with the vectors, one in each column
     * @param values n of them; overwritten
     * @return whether LAPACK was there and found them; else the arrays are as they were
     */
    public static boolean symmetricEigen(int n, double[] matrix, double[] values) {
        NativeLibraries.load();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocate(8L * n * n, 64);
            MemorySegment w = arena.allocate(8L * n, 64);
            MemorySegment.copy(matrix, 0, a, ValueLayout.JAVA_DOUBLE, 0, n * n);
            int status =
                    Lapacke.LAPACKE_dsyevd(
                            Lapacke.LAPACK_ROW_MAJOR(), (byte) 'V', (byte) 'U', n, a, n, w);
            if (status != 0) {
                return false;
            }
            MemorySegment.copy(a, ValueLayout.JAVA_DOUBLE, 0, matrix, 0, n * n);
            MemorySegment.copy(w, ValueLayout.JAVA_DOUBLE, 0, values, 0, n);
            return true;
        } catch (ExceptionInInitializerError | NoClassDefFoundError | NoSuchElementException e) {
            return false;
        }
    }
}
