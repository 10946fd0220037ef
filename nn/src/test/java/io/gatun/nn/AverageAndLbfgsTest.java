/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.InPlace;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The moving average of weights, and full-batch L-BFGS. */
class AverageAndLbfgsTest {
    @Test
    void averagesFollowTheWeights() {
        Layer model = Sequential.of(Conv2d.of(1, 2, 3), BatchNorm2d.of(2)).initialize(1);
        WeightAverage average = WeightAverage.of(model, 0.75);
        float[] first = model.parameters().get(0).value().toFloatArray();
        Layer fixed = average.model();
        assertArrayEquals(first, fixed.parameters().get(0).value().toFloatArray());
        for (Parameter parameter : model.parameters()) {
            InPlace.fill(parameter.value(), 2);
        }
        InPlace.fill(model.state().get(0).value(), 8);
        average.update();
        average.update();
        float[] moved = fixed.parameters().get(0).value().toFloatArray();
        double left = 0.75 * 0.75;
        for (int i = 0; i < first.length; i++) {
            assertEquals(left * first[i] + (1 - left) * 2, moved[i], 1e-6);
        }
        assertEquals(8 * (1 - left), fixed.state().get(0).value().toFloatArray()[0], 1e-5);
        assertEquals(2, model.parameters().get(0).value().toFloatArray()[0]);
        refused(() -> WeightAverage.of(model, 1), "WeightAverage", "decay = 1");
    }

    @Test
    void lbfgsFindsMinima() {
        Tensor w = OptimizerProblem.QUADRATIC.parameter();
        Lbfgs.Result result =
                Lbfgs.of()
                        .tolerance(1e-4)
                        .minimize(List.of(w), () -> OptimizerProblem.QUADRATIC.loss(w), 50);
        assertArrayEquals(new float[] {1, 2, -1, 0.5f, -3}, w.toFloatArray(), 1e-3f);
        assertTrue(result.converged() && result.iterations() <= 20, result::toString);
        Tensor valley = OptimizerProblem.ROSENBROCK.parameter();
        Lbfgs.Result hard =
                Lbfgs.of()
                        .tolerance(1e-3)
                        .minimize(
                                List.of(valley),
                                () -> OptimizerProblem.ROSENBROCK.loss(valley),
                                200);
        assertArrayEquals(new float[] {1, 1}, valley.toFloatArray(), 5e-3f);
        assertTrue(hard.loss() < 1e-5 && hard.iterations() < 100, hard::toString);
        assertTrue(hard.evaluations() < 300, hard::toString);
    }

    /** Least squares of a dense layer: what the normal equations give. */
    @Test
    void lbfgsFitsALayer() {
        Dense layer = Dense.of(3, 1);
        layer.initialize(5);
        Tensor x = Tensor.uniform(Shape.of(40, 3), -1, 1, new SplittableRandom(1));
        Tensor y;
        try (Scope scope = Scope.open()) {
            Tensor truth = Tensor.of(new float[] {2, -1, 0.5f}, 3, 1);
            y = scope.keep(x.matmul(truth).add(0.25f));
        }
        Lbfgs.Result result =
                Lbfgs.of()
                        .history(5)
                        .minimize(
                                layer.parameters(),
                                () -> Losses.mse().apply(layer.forward(x), y),
                                100);
        assertTrue(result.loss() < 1e-8, result::toString);
        float[] weight = layer.parameters().get(0).value().toFloatArray();
        assertArrayEquals(new float[] {2, -1, 0.5f}, weight, 1e-3f);
        refused(() -> Lbfgs.of().history(0), "Lbfgs", "history = 0");
        refused(() -> Lbfgs.of().tolerance(-1), "Lbfgs", "tolerance = -1");
        refused(() -> Lbfgs.of().minimize(List.of(), () -> y, 0), "iterations = 0");
    }
}
