/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import java.util.List;

/** LeNet-5 for one image, written out as loops in double precision. */
final class LeNet5Reference {

    private LeNet5Reference() {}

    static float[] scores(List<float[]> weights, float[] image) {
        double[] h = new double[image.length];
        for (int i = 0; i < h.length; i++) {
            h[i] = image[i];
        }
        h = pool(convolution(h, 1, 28, 2, weights.get(0), weights.get(1)), 6, 28);
        h = pool(convolution(h, 6, 14, 0, weights.get(2), weights.get(3)), 16, 10);
        h = dense(h, weights.get(4), weights.get(5), true);
        h = dense(h, weights.get(6), weights.get(7), true);
        h = dense(h, weights.get(8), weights.get(9), false);
        float[] scores = new float[h.length];
        for (int i = 0; i < h.length; i++) {
            scores[i] = (float) h[i];
        }
        return scores;
    }

    /** 5x5 convolution and ReLU. */
    private static double[] convolution(
            double[] in, int channels, int size, int padding, float[] filters, float[] bias) {
        int wide = size + 2 * padding - 4;
        double[] out = new double[bias.length * wide * wide];
        for (int i = 0; i < out.length; i++) {
            int filter = i / (wide * wide);
            double sum = bias[filter];
            for (int tap = 0; tap < channels * 25; tap++) {
                int y = i / wide % wide + tap / 5 % 5 - padding;
                int x = i % wide + tap % 5 - padding;
                if (y >= 0 && y < size && x >= 0 && x < size) {
                    sum +=
                            filters[filter * channels * 25 + tap]
                                    * in[(tap / 25 * size + y) * size + x];
                }
            }
            out[i] = Math.max(sum, 0);
        }
        return out;
    }

    private static double[] pool(double[] in, int channels, int size) {
        int half = size / 2;
        double[] out = new double[channels * half * half];
        for (int i = 0; i < out.length; i++) {
            int corner = (i / half * 2) * size + i % half * 2;
            out[i] =
                    Math.max(
                            Math.max(in[corner], in[corner + 1]),
                            Math.max(in[corner + size], in[corner + size + 1]));
        }
        return out;
    }

    private static double[] dense(double[] in, float[] weight, float[] bias, boolean relu) {
        double[] out = new double[bias.length];
        for (int i = 0; i < out.length; i++) {
            double sum = bias[i];
            for (int k = 0; k < in.length; k++) {
                sum += weight[i * in.length + k] * in[k];
            }
            out[i] = relu ? Math.max(sum, 0) : sum;
        }
        return out;
    }
}
