/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.Shape;
import io.gatun.nn.Reference.Numbers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Activations, softmax over a dimension, PReLU and maxout, each through the harness. */
class ActivationLayersTest {
    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** By Simpson's rule: good to 1e-12 here. */
    private static double erf(double x) {
        int n = 400;
        double h = x / n;
        double sum = 0;
        for (int i = 0; i <= n; i++) {
            double t = i * h;
            sum += Math.exp(-t * t) * (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2);
        }
        return 2 / Math.sqrt(Math.PI) * sum * h / 3;
    }

    private static double elu(double x, double alpha) {
        return x > 0 ? x : alpha * Math.expm1(x);
    }

    private static double gelu(double x) {
        return x * (1 + erf(x / Math.sqrt(2))) / 2;
    }

    private static double geluTanh(double x) {
        return x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
    }

    private static double hardSigmoid(double x) {
        return Math.clamp(x / 6 + 0.5, 0, 1);
    }

    @Test
    void activations() {
        Map<String, DoubleUnaryOperator> wanted = new TreeMap<>();
        wanted.put("Identity", x -> x);
        wanted.put("Step", x -> x > 0 ? 1 : 0);
        wanted.put("Selu", x -> 1.0507009873554805 * elu(x, 1.6732632423543772));
        wanted.put("Softplus", ActivationLayersTest::softplus);
        wanted.put("Softsign", x -> x / (1 + Math.abs(x)));
        wanted.put("Gelu", ActivationLayersTest::gelu);
        wanted.put("GeluTanh", ActivationLayersTest::geluTanh);
        wanted.put("Silu", x -> x * sigmoid(x));
        wanted.put("Mish", x -> x * Math.tanh(softplus(x)));
        wanted.put("HardSigmoid", ActivationLayersTest::hardSigmoid);
        wanted.put("HardTanh", x -> Math.clamp(x, -1, 1));
        wanted.put("Relu6", x -> Math.clamp(x, 0, 6));
        wanted.put("ScaledTanh", x -> 1.7159 * Math.tanh(2 * x / 3));
        wanted.put("HardSwish", x -> x * hardSigmoid(x));
        wanted.put("LeakyRelu(0.125)", x -> x > 0 ? x : 0.125 * x);
        wanted.put("Elu(0.5)", x -> elu(x, 0.5));
        List<Activation> all =
                List.of(
                        Activation.identity(),
                        Activation.step(),
                        Activation.selu(),
                        Activation.softplus(),
                        Activation.softsign(),
                        Activation.gelu(),
                        Activation.geluTanh(),
                        Activation.silu(),
                        Activation.mish(),
                        Activation.hardSigmoid(),
                        Activation.hardTanh(),
                        Activation.hardSwish(),
                        Activation.relu6(),
                        Activation.scaledTanh(),
                        Activation.leakyRelu(0.125),
                        Activation.elu(0.5));
        assertEquals(wanted.size(), all.size());
        for (Activation activation : all) {
            Reference reference = Reference.elementwise(wanted.get(activation.toString()));
            for (Shape shape : List.of(Shape.of(7), Shape.of(3, 4), Shape.of(2, 3, 4, 5))) {
                LayerHarness.check(activation, shape, 0, shape, reference);
            }
        }
        Activation own = Activation.of("Twice", x -> x.add(x));
        Shape shape = Shape.of(2, 3);
        LayerHarness.check(own, shape, 0, shape, Reference.elementwise(x -> 2 * x));
    }

    private static Reference softmax(int axis, boolean log) {
        return (x, parameters) -> {
            int[] dims = x.dims();
            int at = axis < 0 ? axis + dims.length : axis;
            int inner = 1;
            for (int i = at + 1; i < dims.length; i++) {
                inner *= dims[i];
            }
            double[] y = new double[x.values().length];
            for (int i = 0; i < y.length; i++) {
                if (i / inner % dims[at] == 0) {
                    double sum = 0;
                    for (int k = 0; k < dims[at]; k++) {
                        sum += Math.exp(x.values()[i + k * inner]);
                    }
                    for (int k = 0; k < dims[at]; k++) {
                        double value = x.values()[i + k * inner];
                        y[i + k * inner] = log ? value - Math.log(sum) : Math.exp(value) / sum;
                    }
                }
            }
            return new Numbers(dims, y);
        };
    }

    @Test
    void softmaxOverAnyDimension() {
        for (int axis : new int[] {1, -1, 0, -2}) {
            Shape shape = Shape.of(2, 3, 4);
            LayerHarness.check(Activation.softmax(axis), shape, 0, shape, softmax(axis, false));
            LayerHarness.check(Activation.logSoftmax(axis), shape, 0, shape, softmax(axis, true));
        }
        Shape images = Shape.of(2, 3, 4, 2);
        LayerHarness.check(Activation.softmax(1), images, 0, images, softmax(1, false));
    }

    @Test
    void preluAndMaxout() {
        Reference prelu =
                (x, parameters) -> {
                    double[] slope = parameters.next().values();
                    int inner = slope.length == 1 ? 1 : Reference.inner(x.dims(), 1);
                    double[] y = x.values().clone();
                    for (int i = 0; i < y.length; i++) {
                        y[i] = y[i] > 0 ? y[i] : slope[i / inner % slope.length] * y[i];
                    }
                    return new Numbers(x.dims(), y);
                };
        Shape images = Shape.of(2, 3, 4, 5);
        LayerHarness.check(Prelu.of(3), images, 3, images, prelu);
        LayerHarness.check(Prelu.of(), images, 1, images, prelu);
        LayerHarness.check(Prelu.of(5), Shape.of(4, 5), 5, Shape.of(4, 5), prelu);
        Reference maxout =
                (x, parameters) -> {
                    int inner = Reference.inner(x.dims(), 1);
                    int[] dims = x.dims().clone();
                    dims[1] /= 3;
                    double[] y = new double[x.values().length / 3];
                    for (int i = 0; i < y.length; i++) {
                        int first = i / inner * 3 * inner + i % inner;
                        y[i] =
                                Math.max(
                                        x.values()[first],
                                        Math.max(
                                                x.values()[first + inner],
                                                x.values()[first + 2 * inner]));
                    }
                    return new Numbers(dims, y);
                };
        LayerHarness.check(Activation.maxout(3), Shape.of(4, 6), 0, Shape.of(4, 2), maxout);
        LayerHarness.check(
                Activation.maxout(3), Shape.of(2, 6, 2, 3), 0, Shape.of(2, 2, 2, 3), maxout);
    }
}
