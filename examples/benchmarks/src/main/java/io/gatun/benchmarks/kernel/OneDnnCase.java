/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.Conv2d;
import io.gatun.kernel.Kernels.ConvPass;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A pass of a layer that is measured beside oneDNN.
 *
 * @param name the layer
 * @param best how many times as fast as oneDNN the best prototype was; NaN if there was none
 */
record OneDnnCase(String name, Conv2d conv, ConvPass pass, double best) {
    /** Where the best algorithm was as fast as oneDNN or slower. */
    private static final double EQUAL = 1;

    private static final double UNKNOWN = Double.NaN;

    /**
     * Layers of ResNet-18 with one image, of ResNet-20 and of VGG with a batch. The best ratios are
     * those of throw-away prototypes in C, on two cores with AVX-512, before the kernels were
     * written; of a range its middle.
     */
    static List<OneDnnCase> all() {
        List<OneDnnCase> all = new ArrayList<>();
        one(all, "ResNet-18 3-64, 224x224, 7x7 s2", 3, 224, 64, 7, 2, 3, EQUAL);
        one(all, "ResNet-18 64, 56x56, 3x3", 64, 56, 64, 3, 1, 1, 3.2);
        one(all, "ResNet-18 64-128, 56x56, 3x3 s2", 64, 56, 128, 3, 2, 1, EQUAL);
        one(all, "ResNet-18 64-128, 56x56, 1x1 s2", 64, 56, 128, 1, 2, 0, 1.06);
        one(all, "ResNet-18 128, 28x28, 3x3", 128, 28, 128, 3, 1, 1, 3.2);
        one(all, "ResNet-18 256, 14x14, 3x3", 256, 14, 256, 3, 1, 1, 2.6);
        one(all, "ResNet-18 512, 7x7, 3x3", 512, 7, 512, 3, 1, 1, 1.6);
        first(all, "ResNet-20 3-16, 32x32, 3x3, batch 128", 3, 32, 16);
        batch(all, "ResNet-20 16, 32x32, 3x3", 128, 16, 32, 16, 1, 2.45, 1.7, 2.1);
        batch(all, "ResNet-20 16-32, 32x32, 3x3 s2", 128, 16, 32, 32, 2, EQUAL, 1.475, UNKNOWN);
        batch(all, "ResNet-20 32, 16x16, 3x3", 128, 32, 16, 32, 1, 2.4, 2.4, 2.5);
        batch(all, "ResNet-20 64, 8x8, 3x3", 128, 64, 8, 64, 1, 2.9, 2.7, 2.55);
        batch(all, "VGG 64, 32x32, 3x3", 64, 64, 32, 64, 1, 2.8, 2.9, UNKNOWN);
        batch(all, "VGG 128, 16x16, 3x3", 64, 128, 16, 128, 1, 3.05, 3.0, UNKNOWN);
        batch(all, "VGG 256, 8x8, 3x3", 64, 256, 8, 256, 1, 3.1, 3.1, UNKNOWN);
        batch(all, "VGG 512, 4x4, 3x3", 64, 512, 4, 512, 1, 2.4, 2.4, UNKNOWN);
        batch(all, "VGG 512, 2x2, 3x3", 64, 512, 2, 512, 1, 1.65, 1.66, UNKNOWN);
        return all;
    }

    /** A layer that infers one image. */
    private static void one(
            List<OneDnnCase> all,
            String name,
            int in,
            int size,
            int out,
            int kernel,
            int stride,
            int padding,
            double best) {
        Conv2d conv = new ConvolutionCases.Layer(1, in, size, out, kernel, stride, padding).conv();
        all.add(new OneDnnCase(name, conv, ConvPass.FORWARD, best));
    }

    /** A network's first layer: the input needs no gradient. */
    private static void first(List<OneDnnCase> all, String name, int in, int size, int out) {
        Conv2d conv = new ConvolutionCases.Layer(128, in, size, out, 3, 1, 1).conv();
        all.add(new OneDnnCase(name, conv, ConvPass.FORWARD, UNKNOWN));
        all.add(new OneDnnCase(name, conv, ConvPass.BACKWARD_WEIGHT, EQUAL));
    }

    /** A layer of 3x3 in training. */
    private static void batch(
            List<OneDnnCase> all,
            String name,
            int batch,
            int in,
            int size,
            int out,
            int stride,
            double bestForward,
            double bestInput,
            double bestWeight) {
        String full = name + ", batch " + batch;
        Conv2d conv = new ConvolutionCases.Layer(batch, in, size, out, 3, stride, 1).conv();
        all.add(new OneDnnCase(full, conv, ConvPass.FORWARD, bestForward));
        all.add(new OneDnnCase(full, conv, ConvPass.BACKWARD_INPUT, bestInput));
        all.add(new OneDnnCase(full, conv, ConvPass.BACKWARD_WEIGHT, bestWeight));
    }

    /** Gatun's call: with one image as inference makes it, with more as training does. */
    Runnable ours(
            Kernels kernels,
            Buffers buffers,
            int threads,
            MemorySegment x,
            MemorySegment w,
            MemorySegment y) {
        return conv.batch() == 1
                ? ConvolutionCases.packed(kernels, buffers, threads, conv, x, w, y)
                : ConvolutionCases.call(kernels, buffers, threads, conv, pass, x, w, y);
    }

    /** What the pass computes, for people. */
    String passName() {
        return switch (pass) {
            case FORWARD -> "forward";
            case BACKWARD_INPUT -> "gradient of the input";
            case BACKWARD_WEIGHT -> "gradient of the weights";
        };
    }
}
