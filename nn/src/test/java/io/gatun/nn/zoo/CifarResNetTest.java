/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.Residual;
import io.gatun.nn.Session;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CifarResNetTest {
    private static Tensor images(int count) {
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[count * 3 * 32 * 32];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, count, 3, 32, 32);
    }

    @Test
    void plainAndIdentityHaveTheSameLayers() {
        for (int depth : new int[] {20, 32, 56}) {
            Layer plain = CifarResNet.plain(depth);
            Layer identity = CifarResNet.identityShortcuts(depth);
            assertEquals(plain.parameterCount(), identity.parameterCount());
            assertEquals(
                    plain.parameters().stream().map(p -> p.value().shape()).toList(),
                    identity.parameters().stream().map(p -> p.value().shape()).toList());
            // convolutions and the dense layer
            assertEquals(
                    depth,
                    plain.parameters().stream().filter(p -> p.value().shape().rank() > 1).count());
        }
    }

    @Test
    void identityShortcutTakesEverySecondPixelAndAddsZeroChannels() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 1, 3, 3);
            Tensor y = new IdentityShortcut(2).forward(x);
            assertEquals(Shape.of(1, 3, 2, 2), y.shape());
            assertArrayEquals(new float[] {1, 3, 7, 9, 0, 0, 0, 0, 0, 0, 0, 0}, y.toFloatArray());
        }
    }

    @Test
    void allKindsRunAndServe() {
        for (Layer model :
                new Layer[] {
                    CifarResNet.of(20), CifarResNet.identityShortcuts(20), CifarResNet.plain(20)
                }) {
            model.initialize(1);
            try (Scope _ = Scope.open();
                    Session session = Session.of(model, Shape.of(3, 32, 32))) {
                Tensor x = images(1);
                float[] y = model.forward(x).toFloatArray();
                assertEquals(10, y.length);
                float[] served = session.run(x.toFloatArray());
                for (int i = 0; i < 10; i++) {
                    assertEquals(y[i], served[i], 1e-3f * Math.max(1, Math.abs(y[i])));
                }
            }
        }
    }

    @Test
    void plainHasNoShortcutAndResidualOneForEachBlock() {
        assertTrue(CifarResNet.plain(56).layers().stream().noneMatch(l -> l instanceof Residual));
        assertEquals(
                27,
                CifarResNet.of(56).layers().stream().filter(l -> l instanceof Residual).count());
    }

    @Test
    void otherDepthsAreRefused() {
        for (int depth : new int[] {0, 2, 7, 18, 21, 57}) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> CifarResNet.of(depth))
                            .getMessage();
            assertTrue(message.contains("depth = " + depth), message);
        }
    }
}
