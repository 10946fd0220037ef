/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.InPlace;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What layers say to wrong arguments and shapes, and what changed layers share. */
class LayerArgumentsTest {
    private static Tensor random(long seed, long... dims) {
        return Tensor.uniform(Shape.of(dims), -1, 1, new SplittableRandom(seed));
    }

    @Test
    void wrongArgumentsNameLayerArgumentAndValue() {
        refused(() -> Activation.leakyRelu(-1), "LeakyRelu", "slope = -1");
        refused(() -> Activation.elu(Double.NaN), "Elu", "alpha = NaN");
        refused(() -> Activation.maxout(0), "Maxout", "pieces = 0");
        refused(() -> Prelu.of(0), "Prelu", "channels = 0");
        refused(() -> Dropout.of(1), "Dropout", "rate = 1");
        refused(() -> SpatialDropout.of(-0.1), "SpatialDropout", "rate = -0.1");
        refused(() -> GaussianNoise.of(-1), "GaussianNoise", "deviation = -1");
        refused(() -> DropConnect.of(0, 1, 0.5), "DropConnect", "in = 0");
        refused(() -> DropConnect.of(1, 1, 1), "DropConnect", "rate = 1");
        refused(() -> LayerNorm.of(), "LayerNorm", "dims");
        refused(() -> LayerNorm.of(3, 0), "LayerNorm", "dims[1] = 0");
        refused(() -> LayerNorm.of(3).epsilon(-1), "LayerNorm", "epsilon = -1");
        refused(() -> GroupNorm.of(4, 6), "GroupNorm", "groups = 4", "channels = 6");
        refused(() -> InstanceNorm.of(0), "InstanceNorm", "channels = 0");
        refused(() -> GroupNorm.of(0, 6), "GroupNorm", "groups = 0");
        refused(() -> LocalResponseNorm.of(0), "LocalResponseNorm", "size = 0");
        refused(() -> new LocalResponseNorm(1, 1, 1, 0), "LocalResponseNorm", "k = 0");
        refused(() -> BatchNorm1d.of(0), "BatchNorm1d", "channels = 0");
        refused(() -> BatchNorm3d.of(1).epsilon(-1), "BatchNorm3d", "epsilon = -1");
        refused(() -> Bilinear.of(1, 0, 1), "Bilinear", "second = 0");
        refused(() -> Reshape.of(2, 0), "Reshape", "dims[1] = 0");
        refused(() -> Reshape.of(-1, -1), "Reshape", "only one");
        refused(() -> ZeroPad2d.of(-1), "ZeroPad2d", "top = -1");
        refused(() -> Cropping2d.of(0, 0, 0, -2), "Cropping2d", "right = -2");
        refused(() -> Upsample.nearest(0), "Upsample", "factor = 0");
        refused(() -> Parallel.of(), "Parallel", "at least one");
    }

    @Test
    void wrongShapesNameLayerAndShape() {
        try (Scope _ = Scope.open()) {
            Tensor rows = random(1, 2, 3);
            Tensor images = random(1, 2, 4, 5, 5);
            refused(() -> Activation.softmax(2).forward(rows), "Softmax", "axis = 2", "[2, 3]");
            refused(() -> Activation.maxout(2).forward(rows), "Maxout", "pieces = 2", "[2, 3]");
            refused(() -> Prelu.of(2).forward(rows), "Prelu(2)", "[N, 2, ...]", "[2, 3]");
            refused(() -> SpatialDropout.of(0.5).forward(random(1, 3)), "[N, C, ...]", "[3]");
            refused(() -> DropConnect.of(4, 1, 0).forward(rows), "[N, 4]", "[2, 3]");
            refused(() -> LayerNorm.of(4).forward(rows), "LayerNorm", "[4]", "[2, 3]");
            refused(() -> LayerNorm.of(1, 2, 3).forward(rows), "[1, 2, 3]", "[2, 3]");
            refused(() -> GroupNorm.of(1, 3).forward(images), "GroupNorm(1, 3", "[2, 4, 5, 5]");
            refused(() -> LocalResponseNorm.of(2).forward(random(1, 3)), "[N, C, ...]", "[3]");
            refused(() -> BatchNorm1d.of(4).forward(images), "BatchNorm1d(4", "[N, 4, L]");
            refused(() -> BatchNorm1d.of(4).forward(rows), "BatchNorm1d(4", "[2, 3]");
            refused(() -> BatchNorm3d.of(4).forward(images), "BatchNorm3d(4", "[N, 4, D, H, W]");
            refused(() -> Bilinear.of(2, 2, 1).forward(rows), "Bilinear(2, 2, 1)", "[N, 4]");
            refused(() -> Bilinear.of(2, 3, 1).forward(rows, rows), "[N, 2] and [N, 3]");
            refused(() -> Reshape.of(2, 2).forward(rows), "Reshape", "4 values", "[2, 3]");
            refused(() -> Reshape.of(2, -1).forward(rows), "a multiple of 2", "[2, 3]");
            refused(() -> ZeroPad2d.of(1).forward(rows), "ZeroPad2d", "[N, C, H, W]", "[2, 3]");
            refused(() -> Cropping2d.of(3).forward(images), "H > 6", "[2, 4, 5, 5]");
            refused(() -> Upsample.nearest(2).forward(rows), "Upsample", "[2, 3]");
            refused(
                    () -> Parallel.of(Flatten.of(), Activation.identity()).forward(images),
                    "Parallel",
                    "branch 1",
                    "[2, 4, 5, 5]",
                    "[2, 100]");
        }
    }

    @Test
    void changedHyperParametersShareParameters() {
        LayerNorm norm = LayerNorm.of(3);
        InPlace.fill(norm.parameters().get(1).value(), 2);
        assertSame(norm.parameters().get(0).value(), norm.epsilon(1).parameters().get(0).value());
        BatchNorm1d batch = BatchNorm1d.of(3);
        assertSame(
                batch.state().get(0).value(),
                batch.momentum(0.5).epsilon(1).state().get(0).value());
        assertTrue(batch.momentum(0.5).toString().startsWith("BatchNorm1d(3"));
    }
}
