/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Softmax;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/** The numbers behind pictures of why a model answers as it does. */
final class Explanations {
    private static final int BATCH = 64;

    private Explanations() {}

    /** A value for each pixel. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Map(double[] values, int height, int width) {
        double largest() {
            return DoubleStream.of(values).max().orElse(0);
        }
    }

    /** An input with a high score, and the scores of it and of the noise that it began as. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Maximum(float[] input, double score, double firstScore) {}

    static Map saliency(Layer model, Tensor image, int label) {
        int channels = (int) image.shape().dim(1);
        int height = (int) image.shape().dim(2);
        int width = (int) image.shape().dim(3);
        float[] slopes = slopes(model, image.toFloatArray(), image.shape(), label).slopes;
        double[] values = new double[height * width];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(values[i], Math.abs(slopes[c * values.length + i]));
            }
        }
        return new Map(values, height, width);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Slopes(double score, float[] slopes) {}

    /** A class's score and its gradient by the input. */
    private static Slopes slopes(Layer model, float[] input, Shape shape, int label) {
        try (Tape tape = Tape.inference()) {
            Tensor x = Tensor.of(input, shape.toArray());
            Tensor scores = model.forward(x);
            check(scores, label);
            Tensor score = scores.slice(1, label, label + 1).sum();
            double value = score.item();
            return new Slopes(value, tape.gradients(score, x).of(x).toFloatArray());
        }
    }

    private static void check(Tensor scores, int label) {
        if (scores.shape().rank() != 2 || label < 0 || label >= scores.shape().dim(1)) {
            throw new IllegalArgumentException(
                    "label = "
                            + label
                            + ": the model gives scores of shape "
                            + scores.shape()
                            + ": give one of its classes");
        }
    }

    static Map occlusion(Layer model, Tensor image, int label, int patch) {
        int channels = (int) image.shape().dim(1);
        int height = (int) image.shape().dim(2);
        int width = (int) image.shape().dim(3);
        if (patch < 1 || patch > Math.min(height, width)) {
            throw new IllegalArgumentException(
                    "Pictures.occlusion: patch = "
                            + patch
                            + ": give 1 to "
                            + Math.min(height, width));
        }
        float[] pixels = image.toFloatArray();
        int stride = Math.max(1, patch / 4);
        int down = (height - patch) / stride + 1;
        int across = (width - patch) / stride + 1;
        double whole = probabilities(model, pixels, 1, image.shape(), label)[0];
        double[] sums = new double[height * width];
        int[] counts = new int[height * width];
        int places = down * across;
        for (int from = 0; from < places; from += BATCH) {
            int count = Math.min(BATCH, places - from);
            float[] covered = new float[count * pixels.length];
            for (int i = 0; i < count; i++) {
                System.arraycopy(pixels, 0, covered, i * pixels.length, pixels.length);
                int top = (from + i) / across * stride;
                int left = (from + i) % across * stride;
                for (int c = 0; c < channels; c++) {
                    for (int y = top; y < top + patch; y++) {
                        int row = i * pixels.length + (c * height + y) * width;
                        java.util.Arrays.fill(covered, row + left, row + left + patch, 0);
                    }
                }
            }
            double[] left = probabilities(model, covered, count, image.shape(), label);
            for (int i = 0; i < count; i++) {
                int top = (from + i) / across * stride;
                int start = (from + i) % across * stride;
                for (int y = top; y < top + patch; y++) {
                    for (int x = start; x < start + patch; x++) {
                        sums[y * width + x] += whole - left[i];
                        counts[y * width + x]++;
                    }
                }
            }
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] = counts[i] == 0 ? 0 : Math.max(0, sums[i] / counts[i]);
        }
        return new Map(sums, height, width);
    }

    private static double[] probabilities(
            Layer model, float[] images, int count, Shape shape, int label) {
        try (Scope _ = Scope.open()) {
            Tensor scores = model.forward(Tensor.of(images, shape.with(0, count).toArray()));
            check(scores, label);
            int classes = (int) scores.shape().dim(1);
            float[] shares = Softmax.softmax(scores).toFloatArray();
            double[] out = new double[count];
            for (int i = 0; i < count; i++) {
                out[i] = shares[i * classes + label];
            }
            return out;
        }
    }

    static Maximum maximizing(Layer model, Shape shape, int label, int steps, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] input = new float[(int) shape.size()];
        for (int i = 0; i < input.length; i++) {
            input[i] = (float) (0.1 * random.nextGaussian());
        }
        int height = (int) shape.dim(2);
        int width = (int) shape.dim(3);
        Slopes at = slopes(model, input, shape, label);
        double first = at.score;
        for (int step = 1; step <= steps; step++) {
            double squares = 0;
            for (float slope : at.slopes) {
                squares += (double) slope * slope;
            }
            // A step of fixed length per pixel: gradients of trained models differ by magnitudes.
            double scale = squares > 0 ? 0.1 * Math.sqrt(input.length / squares) : 0;
            for (int i = 0; i < input.length; i++) {
                input[i] = (float) (0.99 * input[i] + scale * at.slopes[i]);
            }
            if (step % 4 == 0 && step < steps) {
                blur(input, height, width);
            }
            at = slopes(model, input, shape, label);
        }
        return new Maximum(input, at.score, first);
    }

    /**
     * Weights 1, 4, 1 of neighbours in both directions: removes what changes from pixel to pixel.
     */
    private static void blur(float[] images, int height, int width) {
        float[] before = images.clone();
        int area = height * width;
        for (int i = 0; i < images.length; i++) {
            int channel = i / area * area;
            int y = i % area / width;
            int x = i % width;
            double sum = 0;
            for (int dy = -1; dy <= 1; dy++) {
                for (int dx = -1; dx <= 1; dx++) {
                    int row = Math.clamp(y + dy, 0, height - 1);
                    int column = Math.clamp(x + dx, 0, width - 1);
                    double weight = (dy == 0 ? 4 : 1) * (dx == 0 ? 4 : 1) / 36.0;
                    sum += weight * before[channel + row * width + column];
                }
            }
            images[i] = (float) sum;
        }
    }
}
