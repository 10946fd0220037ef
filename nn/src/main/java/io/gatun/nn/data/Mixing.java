/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.DType;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * Mixes the samples of a batch in pairs: mixup (Zhang et al., 2018) adds up two images, cutmix (Yun
 * et al., 2019) puts a rectangle of one into the other. Labels become shares of classes.
 *
 * @param alpha both parameters of the Beta distribution from which the share is drawn, once for
 *     each batch
 * @param classes number of classes, for labels that are numbers of classes
 * @param cut cutmix, else mixup
 */
record Mixing(double alpha, int classes, boolean cut) {
    /**
     * A mixed batch of the current scope.
     *
     * @param inputs FLOAT32 [b, h, w, c], contiguous; changed in place
     * @param labels INT32 [b] or FLOAT32 [b, k]
     * @return FLOAT32 labels [b, classes] or [b, k]
     */
    Tensor apply(Tensor inputs, Tensor labels, SplittableRandom random) {
        Shape shape = inputs.shape();
        int n = (int) shape.dim(0);
        int[] partner = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            partner[i] = partner[j];
            partner[j] = i;
        }
        double share = beta(random);
        Tensor original;
        try (Scope scope = Scope.open(1)) {
            original = scope.keep(inputs.add(0f));
            if (!cut) {
                mix(inputs.segment(), original.segment(), partner, share);
            }
        }
        if (cut) {
            share = paste(inputs, original, partner, share, random);
        }
        return labels(labels, partner, (float) share);
    }

    private static void mix(
            MemorySegment target, MemorySegment original, int[] partner, double share) {
        long size = target.byteSize() / 4 / Math.max(1, partner.length);
        float[] mine = new float[(int) size];
        float[] other = new float[(int) size];
        float own = (float) share;
        for (int i = 0; i < partner.length; i++) {
            copy(original, i, mine);
            copy(original, partner[i], other);
            for (int k = 0; k < size; k++) {
                mine[k] = own * mine[k] + (1 - own) * other[k];
            }
            MemorySegment.copy(mine, 0, target, ValueLayout.JAVA_FLOAT, 4 * size * i, mine.length);
        }
    }

    private static void copy(MemorySegment from, int row, float[] to) {
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, 4L * to.length * row, to, 0, to.length);
    }

    /** Gives the share that is left of the samples themselves. */
    private static double paste(
            Tensor inputs, Tensor original, int[] partner, double share, SplittableRandom random) {
        int h = (int) inputs.shape().dim(1);
        int w = (int) inputs.shape().dim(2);
        long pixel = 4 * inputs.shape().dim(3);
        double side = Math.sqrt(1 - share);
        int cx = random.nextInt(w);
        int cy = random.nextInt(h);
        int half = (int) (w * side / 2);
        int left = Math.max(0, cx - half);
        int right = Math.min(w, cx + half);
        half = (int) (h * side / 2);
        int top = Math.max(0, cy - half);
        int bottom = Math.min(h, cy + half);
        MemorySegment from = original.segment();
        MemorySegment to = inputs.segment();
        for (int i = 0; i < partner.length; i++) {
            for (int y = top; y < bottom && left < right; y++) {
                MemorySegment.copy(
                        from,
                        (((long) partner[i] * h + y) * w + left) * pixel,
                        to,
                        (((long) i * h + y) * w + left) * pixel,
                        (right - left) * pixel);
            }
        }
        return 1 - (double) (right - left) * (bottom - top) / ((double) h * w);
    }

    private Tensor labels(Tensor labels, int[] partner, float share) {
        int n = partner.length;
        if (labels.dtype() == DType.FLOAT32) {
            float[] values = labels.toFloatArray();
            float[] mixed = new float[values.length];
            int k = n == 0 ? 0 : values.length / n;
            for (int i = 0; i < values.length; i++) {
                mixed[i] = share * values[i] + (1 - share) * values[partner[i / k] * k + i % k];
            }
            return Tensor.of(mixed, labels.shape().toArray());
        }
        int[] numbers = labels.toIntArray();
        float[] mixed = new float[n * classes];
        for (int i = 0; i < n; i++) {
            if (numbers.length != n || numbers[i] < 0 || numbers[i] >= classes) {
                throw new IllegalArgumentException(
                        "Augmentation: label "
                                + numbers[i]
                                + " of a batch with labels "
                                + labels.shape()
                                + " is not one of "
                                + classes
                                + " classes, the number that mixup or cutmix was given");
            }
            mixed[i * classes + numbers[i]] += share;
            mixed[i * classes + numbers[partner[i]]] += 1 - share;
        }
        return Tensor.of(mixed, n, classes);
    }

    private double beta(SplittableRandom random) {
        double a = gamma(random);
        double b = gamma(random);
        return a + b > 0 ? a / (a + b) : random.nextInt(2); // both vanish for tiny alphas
    }

    /** Marsaglia and Tsang's method (2000), with its power for shapes below 1. */
    private double gamma(SplittableRandom random) {
        double shape = alpha < 1 ? alpha + 1 : alpha;
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = 1 + c * x;
            double u = random.nextDouble();
            if (v > 0) {
                v = v * v * v;
                if (StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                    double power = alpha < 1 ? StrictMath.pow(random.nextDouble(), 1 / alpha) : 1;
                    return d * v * power;
                }
            }
        }
    }
}
