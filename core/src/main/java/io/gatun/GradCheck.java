/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Compares a function's gradients, and its tangents, with central differences of its values: for
 * functions with {@link CustomOperation}s, and layers and losses of one's own.
 *
 * <p>Differences are taken over four points at a distance of 1/64 (times the element, if that is
 * larger than 1), of a weighted sum of the function's results. Values are single precision, so an
 * error of some 1e-4 is what a right gradient gives; inputs should not lie near kinks.
 *
 * @param error the largest difference between gradient and central difference, over the largest of
 *     1 and their sizes
 * @param input which input it was found at
 * @param position the element's position there in row-major order
 * @param gradient what the tape said there
 * @param difference what the values said there
 * @param forwardError difference between forward and reverse mode along a random direction, over
 *     the size of the terms; NaN if an operation has no forward mode
 */
public record GradCheck(
        double error,
        int input,
        long position,
        double gradient,
        double difference,
        double forwardError) {
    private static final int MOST = 500;
    private static final double STEP = 1.0 / 64;

    /**
     * Checks a function.
     *
     * @param f the function, of differentiable operations; it gets the inputs, and gives the same
     *     for the same
     * @param inputs where to check; some 500 elements of each one are tried
     * @return what was found
     */
    public static GradCheck of(Function<Tensor[], Tensor> f, Tensor... inputs) {
        SplittableRandom random = new SplittableRandom(1);
        float[] weights;
        float[][] gradients = new float[inputs.length][];
        double forwardError;
        try (Tape tape = Tape.open()) {
            Tensor y = f.apply(inputs);
            weights = draw(random, y.shape().size());
            Gradients all = tape.vjp(y, Tensor.of(weights, y.shape().toArray()), inputs);
            for (int i = 0; i < inputs.length; i++) {
                gradients[i] = all.of(inputs[i]).toFloatArray();
            }
            forwardError = forward(tape, y, weights, inputs, gradients, random);
        }
        GradCheck worst = new GradCheck(0, 0, 0, 0, 0, forwardError);
        for (int i = 0; i < inputs.length; i++) {
            int n = gradients[i].length;
            for (int at = 0; at < n; at += Math.max(1, n / MOST)) {
                double difference = difference(new Moving(f, inputs, weights, i), at);
                double is = gradients[i][at];
                double size = Math.max(1, Math.max(Math.abs(is), Math.abs(difference)));
                double error = Math.abs(is - difference) / size;
                if (!(error <= worst.error)) {
                    worst = new GradCheck(error, i, at, is, difference, forwardError);
                }
            }
        }
        return worst;
    }

    private static float[] draw(SplittableRandom random, long n) {
        float[] out = new float[Math.toIntExact(n)];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (2 * random.nextDouble() - 1);
        }
        return out;
    }

    private static double forward(
            Tape tape,
            Tensor y,
            float[] weights,
            Tensor[] inputs,
            float[][] gradients,
            SplittableRandom random) {
        Tensor[] vectors = new Tensor[inputs.length];
        double reverse = 0;
        double size = 1;
        for (int i = 0; i < inputs.length; i++) {
            float[] v = draw(random, inputs[i].shape().size());
            vectors[i] = Tensor.of(v, inputs[i].shape().toArray());
            for (int j = 0; j < v.length; j++) {
                reverse += (double) v[j] * gradients[i][j];
                size += Math.abs((double) v[j] * gradients[i][j]);
            }
        }
        float[] tangent;
        try {
            tangent = tape.jvp(y, inputs, vectors).toFloatArray();
        } catch (UnsupportedOperationException e) {
            return Double.NaN;
        }
        double forward = 0;
        for (int j = 0; j < tangent.length; j++) {
            forward += (double) weights[j] * tangent[j];
        }
        return Math.abs(forward - reverse) / size;
    }

    /** The weighted sum of a function's results, as a function of one element of one input. */
    private static final class Moving {
        private final Function<Tensor[], Tensor> f;
        private final Tensor[] inputs;
        private final float[] weights;
        private final int input;
        final float[] x;

        Moving(Function<Tensor[], Tensor> f, Tensor[] inputs, float[] weights, int input) {
            this.f = f;
            this.inputs = inputs;
            this.weights = weights;
            this.input = input;
            this.x = inputs[input].toFloatArray();
        }

        double at(int position, float value) {
            float before = x[position];
            x[position] = value;
            double sum = 0;
            try (Tape _ = Tape.open()) { // a tape, so that layers train
                Tensor[] all = inputs.clone();
                all[input] = Tensor.of(x, inputs[input].shape().toArray());
                float[] y = f.apply(all).toFloatArray();
                for (int i = 0; i < y.length; i++) {
                    sum += (double) weights[i] * y[i];
                }
            }
            x[position] = before;
            return sum;
        }
    }

    private static double difference(Moving f, int at) {
        double h = STEP * Math.max(1, Math.abs(f.x[at]));
        return (4 * slope(f, at, h) - slope(f, at, 2 * h)) / 3;
    }

    private static double slope(Moving f, int at, double h) {
        float up = (float) (f.x[at] + h);
        float down = (float) (f.x[at] - h);
        return (f.at(at, up) - f.at(at, down)) / ((double) up - down);
    }

    /**
     * Fails if a gradient or tangent is wrong.
     *
     * @param tolerance largest allowed error, such as 1e-3
     * @throws AssertionError with a message that names the worst element
     */
    public void require(double tolerance) {
        if (!(error <= tolerance)) {
            throw new AssertionError(
                    String.format(
                            Locale.ROOT,
                            "the gradient by element %d of input %d is %g, the central difference"
                                    + " %g: an error of %.2g, more than %.2g",
                            position,
                            input,
                            gradient,
                            difference,
                            error,
                            tolerance));
        }
        if (forwardError > tolerance) {
            throw new AssertionError(
                    String.format(
                            Locale.ROOT,
                            "forward and reverse mode differ by %.2g, more than %.2g: a tangent"
                                    + " rule is wrong",
                            forwardError,
                            tolerance));
        }
    }
}
