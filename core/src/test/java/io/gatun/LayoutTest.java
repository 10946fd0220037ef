/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Layouts against the plain list of positions that they stand for. */
class LayoutTest {
    private static final long SEED = 81;

    /** Where each element lies, in row-major order. */
    private static long[] positions(Layout layout) {
        long[] out = new long[Math.toIntExact(layout.shape().size())];
        for (int i = 0; i < out.length; i++) {
            long at = layout.offset();
            long rest = i;
            for (int axis = layout.shape().rank() - 1; axis >= 0; axis--) {
                at += rest % layout.shape().dim(axis) * layout.stride(axis);
                rest /= layout.shape().dim(axis);
            }
            out[i] = at;
        }
        return out;
    }

    private static Layout random(SplittableRandom random) {
        int rank = random.nextInt(5);
        long[] dims = new long[rank];
        for (int i = 0; i < rank; i++) {
            dims[i] = 1 + random.nextLong(4);
        }
        Layout layout = Layout.contiguous(Shape.of(dims));
        for (int step = random.nextInt(4); step > 0 && rank > 0; step--) {
            int axis = random.nextInt(rank);
            long size = layout.shape().dim(axis);
            switch (random.nextInt(4)) {
                case 0 -> {
                    int[] axes = new int[rank];
                    for (int i = 0; i < rank; i++) {
                        int j = random.nextInt(i + 1);
                        axes[i] = axes[j];
                        axes[j] = i;
                    }
                    layout = layout.permute(axes);
                }
                case 1 -> {
                    long from = random.nextLong(size);
                    long to = from + 1 + random.nextLong(size - from);
                    layout = layout.slice(axis, from, to, 1 + random.nextInt(3));
                }
                case 2 ->
                        layout =
                                size == 1
                                        ? layout.expand(layout.shape().with(axis, 3))
                                        : layout.slice(axis, size - 1, size, 1);
                default -> {
                    Layout flat = layout.reshape(Shape.of(layout.shape().size()));
                    if (flat != null) {
                        layout = flat;
                        rank = 1;
                    }
                }
            }
        }
        return layout;
    }

    private static Shape factors(SplittableRandom random, long size) {
        long[] dims = new long[random.nextInt(5)];
        long rest = size;
        for (int i = 0; i < dims.length; i++) {
            long d = i == dims.length - 1 ? rest : 1 + random.nextLong(rest);
            while (rest % d != 0) {
                d--;
            }
            dims[i] = d;
            rest /= d;
        }
        return rest == 1 ? Shape.of(dims) : Shape.of(size);
    }

    /** Whether strides exist that walk these positions under a shape. */
    private static boolean isView(long[] positions, Shape target) {
        long[] strides = new long[target.rank()];
        long inner = 1;
        for (int axis = target.rank() - 1; axis >= 0; axis--) {
            if (target.dim(axis) > 1) {
                strides[axis] = positions[(int) inner] - positions[0];
            }
            inner *= target.dim(axis);
        }
        for (int i = 0; i < positions.length; i++) {
            long at = positions[0];
            long rest = i;
            for (int axis = target.rank() - 1; axis >= 0; axis--) {
                at += rest % target.dim(axis) * strides[axis];
                rest /= target.dim(axis);
            }
            if (at != positions[i]) {
                return false;
            }
        }
        return true;
    }

    @Test
    void reshapeIsViewWhereverOneExists() {
        SplittableRandom random = new SplittableRandom(SEED);
        int views = 0;
        for (int i = 0; i < 20_000; i++) {
            Layout layout = random(random);
            Shape target = factors(random, layout.shape().size());
            String what = layout + " as " + target;
            Layout view = layout.reshape(target);
            long[] positions = positions(layout);
            assertEquals(isView(positions, target), view != null, what);
            if (view != null) {
                views++;
                assertEquals(target, view.shape(), what);
                assertArrayEquals(positions, positions(view), what);
            }
        }
        assertTrue(views > 1000 && views < 20_000, views + " views, seed " + SEED);
    }

    @Test
    void propertiesAreThoseOfThePositions() {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        for (int i = 0; i < 20_000; i++) {
            Layout layout = random(random);
            long[] positions = positions(layout);
            long[] sorted = positions.clone();
            Arrays.sort(sorted);
            boolean contiguous = true;
            boolean dense = true;
            for (int p = 0; p < positions.length; p++) {
                contiguous &= positions[p] == layout.offset() + p;
                dense &= sorted[p] == sorted[0] + p;
            }
            assertEquals(contiguous, layout.isContiguous(), layout::toString);
            assertEquals(dense, layout.isDense(), layout::toString);
            assertEquals(sorted[sorted.length - 1] + 1, layout.end(), layout::toString);
            Layout packed = layout.densified();
            assertTrue(packed.isDense() && packed.offset() == 0, layout::toString);
            if (dense) {
                assertTrue(packed.sameOrder(layout), layout::toString);
            }
        }
    }

    @Test
    void strideOfSingleElementMeansNothing() {
        Layout odd = Layout.contiguous(Shape.of(4, 6)).slice(0, 1, 2, 1); // [1, 6]
        assertTrue(odd.isContiguous());
        assertTrue(odd.permute(1, 0).isContiguous());
        assertTrue(odd.sameOrder(Layout.contiguous(Shape.of(1, 6))));
        assertNotNull(odd.permute(1, 0).reshape(Shape.of(2, 3)));
        Layout column = Layout.contiguous(Shape.of(4, 6)).slice(1, 2, 3, 1); // [4, 1]
        assertFalse(column.isContiguous());
        assertEquals(6, column.reshape(Shape.of(1, 4, 1)).stride(1));
    }

    @Test
    void transposedMatrixCannotBeFlattened() {
        assertNull(Layout.contiguous(Shape.of(3, 4)).permute(1, 0).reshape(Shape.of(12)));
    }

    @Test
    void channelsLast() {
        Layout layout = Layout.channelsLast(Shape.of(2, 3, 5, 7));
        assertArrayEquals(new long[] {105, 1, 21, 3}, layout.strides());
        assertTrue(layout.isChannelsLast() && layout.isDense());
        assertFalse(layout.isContiguous());
        assertFalse(Layout.contiguous(Shape.of(2, 3, 5, 7)).isChannelsLast());
        // Both at once where there is one channel or one pixel.
        assertTrue(Layout.contiguous(Shape.of(2, 1, 5, 7)).isChannelsLast());
        assertTrue(Layout.contiguous(Shape.of(2, 3, 1, 1)).isChannelsLast());
        assertFalse(Layout.contiguous(Shape.of(2, 3, 5)).isChannelsLast());
        assertThrows(IllegalArgumentException.class, () -> Layout.channelsLast(Shape.of(2, 3, 5)));
    }

    @Test
    void viewsShareMemoryAndCopiesDoNot() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[24], 2, 3, 4);
            Tensor[] views = {
                x.reshape(6, 4),
                x.reshape(-1),
                x.permute(2, 0, 1),
                x.transpose(),
                x.slice(1, 0, 3, 2),
                x.slice(0, -1, 2).reshape(4, 3),
                x.slice(0, 0, 1).expand(Shape.of(5, 3, 4)),
                x.detach(),
                x.contiguous(),
                x.expand(Shape.of(7, 2, 3, 4)).slice(0, 3, 4).reshape(24)
            };
            for (Tensor view : views) {
                assertTrue(view.storage() == x.storage(), view::toString);
            }
            assertFalse(x.transpose().reshape(24).storage() == x.storage());
            assertFalse(x.transpose().contiguous().storage() == x.storage());
        }
    }

    @Test
    void sliceTakesNegativeEndsAndAnyStep() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6});
            assertArrayEquals(new float[] {4, 5}, x.slice(0, -3, -1).toFloatArray());
            assertArrayEquals(new float[] {1, 4}, x.slice(-1, 1, 7, 3).toFloatArray());
            assertArrayEquals(new float[] {2}, x.slice(0, 2, 7, Long.MAX_VALUE).toFloatArray());
            assertArrayEquals(new float[] {3}, x.slice(0, 1, 7, 2).slice(0, 1, 2).toFloatArray());
            assertEquals(0, x.slice(0, 7, 7).toFloatArray().length);
            Tensor matrix = x.slice(0, 0, 6).reshape(2, 3);
            assertEquals(0, matrix.slice(0, 2, 2).slice(1, 3, 3).toFloatArray().length);
        }
    }
}
