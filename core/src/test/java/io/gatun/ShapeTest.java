/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void knowsItsSizes() {
        Shape shape = Shape.of(2, 3, 5);
        assertEquals(3, shape.rank());
        assertEquals(30, shape.size());
        assertEquals(5, shape.dim(-1));
        assertEquals(2, shape.dim(0));
        assertEquals(Shape.of(2, 7, 5), shape.with(-2, 7));
        assertEquals(Shape.of(4, 2, 3, 5), shape.prepend(4));
        assertEquals("[2, 3, 5]", shape.toString());
        assertEquals(1, Shape.of().size());
        assertEquals(0, Shape.of().rank());
        assertEquals(0, Shape.of(3, 0).size());
        assertNotEquals(Shape.of(3), Shape.of(3, 1));
        assertEquals(Shape.of(3).hashCode(), Shape.of(3).hashCode());
    }

    @Test
    void isImmutable() {
        long[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 7;
        shape.toArray()[1] = 7;
        assertEquals(Shape.of(2, 3), shape);
    }

    @Test
    void refusesNegativeAndOverflowingSizes() {
        for (long[] dims :
                new long[][] {
                    {-1}, {2, -3}, {Long.MIN_VALUE}, {0, -1}, {1L << 32, 1L << 31}, {1L << 62, 2}
                }) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> Shape.of(dims)).getMessage();
            assertTrue(message.contains(Long.toString(dims[0])), message);
        }
    }

    @Test
    void zeroAnywhereMakesItEmpty() {
        assertEquals(0, Shape.of(0, 1L << 40, 1L << 40).size());
        assertEquals(0, Shape.of(1L << 40, 1L << 40, 0).size());
    }

    @Test
    void refusesAxesThatDoNotExist() {
        Shape shape = Shape.of(2, 3);
        for (int axis : new int[] {2, -3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            String message =
                    assertThrows(IndexOutOfBoundsException.class, () -> shape.dim(axis))
                            .getMessage();
            assertTrue(message.contains("[2, 3]"), message);
        }
        assertThrows(IndexOutOfBoundsException.class, () -> Shape.of().dim(0));
    }

    @Test
    void broadcasts() {
        assertEquals(Shape.of(2, 3), Shape.broadcast("op", Shape.of(2, 1), Shape.of(3)));
        assertEquals(Shape.of(2, 3), Shape.broadcast("op", Shape.of(), Shape.of(2, 3)));
        assertEquals(Shape.of(0), Shape.broadcast("op", Shape.of(1), Shape.of(0)));
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Shape.broadcast("add", Shape.of(2, 3), Shape.of(2, 4)))
                        .getMessage();
        assertTrue(message.startsWith("add") && message.contains("[2, 3]"), message);
        assertTrue(message.contains("[2, 4]"), message);
        assertThrows(
                IllegalArgumentException.class,
                () -> Shape.broadcast("add", Shape.of(0), Shape.of(3)));
    }
}
