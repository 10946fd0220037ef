/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Special values of operations whose rules {@link OpTest} tries. */
class IndexingTest {
    private static float[] floats(float... values) {
        return values;
    }

    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;

    @Test
    void oneHot() {
        Tensor y = Indexing.oneHot(Tensor.of(new int[] {2, 0, 1, 1}, 2, 2), 3);
        assertEquals(Shape.of(2, 2, 3), y.shape());
        assertArrayEquals(floats(0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0), y.toFloatArray());
    }

    @Test
    void topKIsStableAndPutsNanFirst() {
        Indexing.TopK top = Indexing.topK(Tensor.of(floats(1, 5, NAN, 5, -INF)), 4);
        assertArrayEquals(new int[] {2, 1, 3, 0}, top.indices().toIntArray());
        assertArrayEquals(floats(NAN, 5, 5, 1), top.values().toFloatArray());
        assertEquals(Shape.of(0), Indexing.topK(Tensor.of(floats(1)), 0).values().shape());
    }

    @Test
    void whereDoesNotLookAtWhatItDoesNotTake() {
        Tensor mask = Tensor.of(floats(1, 0, 1));
        Tensor a = Tensor.of(floats(1, NAN, INF));
        Tensor b = Tensor.of(floats(NAN, 2, -INF));
        try (Tape tape = Tape.open()) {
            Tensor y = Elementwise.where(mask, a, b);
            assertArrayEquals(floats(1, 2, INF), y.toFloatArray());
            Gradients g = tape.vjp(y, Tensor.of(floats(3, 4, 5)), a, b);
            assertArrayEquals(floats(3, 0, 5), g.of(a).toFloatArray());
            assertArrayEquals(floats(0, 4, 0), g.of(b).toFloatArray());
        }
    }

    @Test
    void comparisonsWithNan() {
        Tensor a = Tensor.of(floats(NAN, NAN, 1));
        Tensor b = Tensor.of(floats(NAN, 1, NAN));
        float[] none = new float[3];
        assertArrayEquals(none, Elementwise.greater(a, b).toFloatArray());
        assertArrayEquals(none, Elementwise.lessOrEqual(a, b).toFloatArray());
        assertArrayEquals(none, Elementwise.greaterOrEqual(a, b).toFloatArray());
        assertArrayEquals(none, Elementwise.equal(a, b).toFloatArray());
        assertArrayEquals(floats(1, 1, 1), Elementwise.notEqual(a, b).toFloatArray());
    }

    @Test
    void equalMaximaShareTheGradient() {
        Tensor a = Tensor.of(floats(1, 2, 3));
        Tensor b = Tensor.of(floats(2, 2, 2));
        try (Tape tape = Tape.open()) {
            Gradients g = tape.gradients(Elementwise.maximum(a, b).sum(), a, b);
            assertArrayEquals(floats(0, 0.5f, 1), g.of(a).toFloatArray());
            assertArrayEquals(floats(1, 0.5f, 0), g.of(b).toFloatArray());
        }
    }

    @Test
    void logSumExpIsStable() {
        Tensor x = Tensor.of(floats(1e4f, 1e4f, -1e4f, -1e4f, -INF, -INF, INF, 0), 4, 2);
        float two = (float) Math.log(2);
        float[] y = Reductions.logSumExp(x, false, 1).toFloatArray();
        assertArrayEquals(floats(1e4f + two, -1e4f + two, -INF, INF), y, 1e-2f);
    }

    @Test
    void productOfZerosHasAGradient() {
        Tensor x = Tensor.of(floats(2, 0, 3, 0, 0, 5), 2, 3);
        try (Tape tape = Tape.open()) {
            Tensor y = Reductions.prod(x, false, 1);
            assertArrayEquals(floats(0, 0), y.toFloatArray());
            assertArrayEquals(
                    floats(0, 6, 0, 0, 0, 0), tape.gradients(y.sum(), x).of(x).toFloatArray());
        }
        assertArrayEquals(
                floats(1, 1),
                Reductions.prod(Tensor.zeros(Shape.of(2, 0)), false, 1).toFloatArray());
    }

    @Test
    void activationsAreStable() {
        Tensor x = Tensor.of(floats(1e4f, -1e4f));
        try (Tape tape = Tape.open()) {
            Tensor y = Activations.softplus(x);
            assertArrayEquals(floats(1e4f, 0), y.toFloatArray());
            assertArrayEquals(floats(1, 0), tape.gradients(y.sum(), x).of(x).toFloatArray());
            for (Tensor z :
                    new Tensor[] {
                        Activations.gelu(x),
                        Activations.geluTanh(x),
                        Activations.silu(x),
                        Activations.mish(x),
                        Activations.hardSwish(x)
                    }) {
                assertArrayEquals(floats(1e4f, 0), z.toFloatArray(), 1e-30f);
                assertArrayEquals(
                        floats(1, 0), tape.gradients(z.sum(), x).of(x).toFloatArray(), 1e-30f);
            }
        }
    }

    @Test
    void largeAnglesKeepTheirDigits() {
        float[] x = {1e4f, -12345.678f, 1e6f, 9.9e7f};
        float[] sin = Elementwise.sin(Tensor.of(x)).toFloatArray();
        float[] cos = Elementwise.cos(Tensor.of(x)).toFloatArray();
        for (int i = 0; i < x.length; i++) {
            assertEquals(Math.sin(x[i]), sin[i], 2e-7);
            assertEquals(Math.cos(x[i]), cos[i], 2e-7);
        }
    }

    @Test
    void tensorsAreReadable() {
        assertEquals("Tensor[] FLOAT32 3.00000", Tensor.scalar(3).toString());
        assertEquals(
                """
                Tensor[2, 2] FLOAT32
                [[ 1.00000, -2.50000],
                 [ 300.000,  0.00000]]\
                """,
                Tensor.of(floats(1, -2.5f, 300, 0), 2, 2).toString());
        assertEquals("Tensor[3] INT32 [ 1, 20, -3]", Tensor.of(new int[] {1, 20, -3}).toString());
        String large = Tensor.zeros(Shape.of(100, 1000)).toString();
        assertTrue(large.contains("...") && large.length() < 1000, large);
        assertEquals("Tensor[2, 0] FLOAT32 []", Tensor.zeros(Shape.of(2, 0)).toString());
    }
}
