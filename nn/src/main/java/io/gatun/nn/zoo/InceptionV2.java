/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.AvgPool2d;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Parallel;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;

/**
 * The modules of Inception-v2, to build networks from. Szegedy, Vanhoucke, Ioffe, Shlens and Wojna,
 * "Rethinking the Inception architecture for computer vision", 2016: large kernels become several
 * small ones. Each convolution has batch normalisation in place of a bias, and a ReLU; all keep the
 * image's size but {@link #reduction}, which halves it. He's normal weights.
 */
public final class InceptionV2 {
    private InceptionV2() {}

    /**
     * The paper's figure 5: the 5x5 convolution of {@link GoogLeNet#inception} becomes two of 3x3,
     * with 18/25 of its multiplications.
     *
     * @param in channels of the input
     * @param one kernels of 1x1
     * @param reduceThree kernels of 1x1 before those of 3x3
     * @param three kernels of 3x3
     * @param reduceFive kernels of 1x1 before the two convolutions of 3x3
     * @param five kernels of each of the two
     * @param pool kernels of 1x1 after the pooling
     * @return a layer to one + three + five + pool channels
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Parallel factorized(
            int in, int one, int reduceThree, int three, int reduceFive, int five, int pool) {
        return Parallel.of(
                unit(in, one, 1, 1),
                Sequential.of(unit(in, reduceThree, 1, 1), unit(reduceThree, three, 3, 3)),
                Sequential.of(
                        unit(in, reduceFive, 1, 1),
                        unit(reduceFive, five, 3, 3),
                        unit(five, five, 3, 3)),
                pooled(in, pool));
    }

    /**
     * The paper's figure 6: n x n convolutions become 1 x n and n x 1 ones, for images of 12 to 20
     * pixels. The paper has n = 7.
     *
     * @param n length of the kernels, odd
     * @param in channels of the input
     * @param one kernels of 1x1
     * @param inner kernels inside the two long branches
     * @param once kernels at the end of the branch with one n x n
     * @param twice kernels at the end of the branch with two
     * @param pool kernels of 1x1 after the pooling
     * @return a layer to one + once + twice + pool channels
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Parallel asymmetric(
            int n, int in, int one, int inner, int once, int twice, int pool) {
        return Parallel.of(
                unit(in, one, 1, 1),
                Sequential.of(
                        unit(in, inner, 1, 1), unit(inner, inner, 1, n), unit(inner, once, n, 1)),
                Sequential.of(
                        unit(in, inner, 1, 1),
                        unit(inner, inner, n, 1),
                        unit(inner, inner, 1, n),
                        unit(inner, inner, n, 1),
                        unit(inner, twice, 1, n)),
                pooled(in, pool));
    }

    /**
     * The paper's figure 7: 1x3 and 3x1 convolutions side by side, for many features on the
     * smallest images.
     *
     * @param in channels of the input
     * @param one kernels of 1x1
     * @param three kernels before the pair in place of a 3x3 convolution, and of each of the pair
     * @param reduceFive kernels of 1x1 in the branch with one more 3x3 convolution
     * @param five kernels of that convolution, and of each of the pair after it
     * @param pool kernels of 1x1 after the pooling
     * @return a layer to one + 2 three + 2 five + pool channels
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Parallel expanded(
            int in, int one, int three, int reduceFive, int five, int pool) {
        return Parallel.of(
                unit(in, one, 1, 1),
                Sequential.of(unit(in, three, 1, 1), pair(three)),
                Sequential.of(unit(in, reduceFive, 1, 1), unit(reduceFive, five, 3, 3), pair(five)),
                pooled(in, pool));
    }

    private static Parallel pair(int channels) {
        return Parallel.of(unit(channels, channels, 1, 3), unit(channels, channels, 3, 1));
    }

    /**
     * The paper's figure 10: halves the image without a bottleneck, by convolutions and a pooling
     * of stride 2 side by side.
     *
     * @param in channels of the input
     * @param reduceThree kernels of 1x1 before those of 3x3
     * @param three kernels of 3x3
     * @param reduceFive kernels of 1x1 before the two convolutions of 3x3
     * @param five kernels of each of the two
     * @return a layer of [N, in, H, W] to [N, three + five + in, H / 2, W / 2], rounded up
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Parallel reduction(int in, int reduceThree, int three, int reduceFive, int five) {
        return Parallel.of(
                Sequential.of(unit(in, reduceThree, 1, 1), halving(reduceThree, three)),
                Sequential.of(
                        unit(in, reduceFive, 1, 1),
                        unit(reduceFive, five, 3, 3),
                        halving(five, five)),
                new MaxPool2d(3, 3, 2, 2, Padding.of(1)));
    }

    private static Sequential pooled(int in, int out) {
        return Sequential.of(AvgPool2d.of(3).stride(1).padding(Padding.of(1)), unit(in, out, 1, 1));
    }

    private static Sequential unit(int in, int out, int height, int width) {
        return Sequential.of(
                Conv2d.of(in, out, height, width, Initializer.heNormal())
                        .padding(Padding.SAME)
                        .bias(false),
                BatchNorm2d.of(out),
                Relu.of());
    }

    private static Sequential halving(int in, int out) {
        return Blocks.chain(Blocks.activated(in, out, 3, 2));
    }
}
