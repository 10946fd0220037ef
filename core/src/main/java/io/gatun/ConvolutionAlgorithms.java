/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.ConvAlgorithm;
import io.gatun.kernel.Kernels.ConvPass;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Which algorithm computes a convolution. A cost model in the native library chooses, by shape. The
 * system property {@code gatun.conv}, or else the environment variable {@code GATUN_CONV}, forces
 * one wherever it can compute the shape: {@code im2col}, {@code shift}, {@code pointwise}, {@code
 * direct}, {@code pixel}, {@code gather}, {@code parity}, {@code winograd2}, {@code winograd4},
 * {@code depthwise}, {@code winogradrows}; {@code auto} is the default. All give the same sums but
 * for rounding; {@code direct} avoids Winograd's.
 */
public final class ConvolutionAlgorithms {
    private ConvolutionAlgorithms() {}

    private static final class Holder {
        static final String WISH = wish();

        private static String wish() {
            String property = System.getProperty("gatun.conv");
            String variable = System.getenv("GATUN_CONV");
            return property != null ? property : variable != null ? variable : "auto";
        }
    }

    /**
     * One algorithm for one pass of a shape, measured.
     *
     * @param pass {@code forward}, {@code backward input} or {@code backward weight}
     * @param algorithm the algorithm's name, as {@code GATUN_CONV} takes it
     * @param chosen whether the cost model chooses it
     * @param seconds median time of a call
     * @param flopsPerSecond multiplications and additions of the direct sum per second
     */
    public record Timing(
            String pass, String algorithm, boolean chosen, double seconds, double flopsPerSecond) {}

    /** The forced algorithm; an exception that lists the names if it has none of them. */
    static ConvAlgorithm forced() {
        return parse(Holder.WISH);
    }

    static ConvAlgorithm parse(String wish) {
        for (ConvAlgorithm algorithm : ConvAlgorithm.values()) {
            if (name(algorithm).equals(wish)) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException(
                "property gatun.conv or variable GATUN_CONV is \""
                        + wish
                        + "\": give one of "
                        + Arrays.stream(ConvAlgorithm.values())
                                .map(ConvolutionAlgorithms::name)
                                .collect(Collectors.joining(", ")));
    }

    private static String name(ConvAlgorithm algorithm) {
        return algorithm.name().toLowerCase(Locale.ROOT).replace("_", "");
    }

    /**
     * Measures every algorithm that can compute a convolution, each pass by itself, on random data.
     *
     * @param x the input's shape, [N, C, H, W]
     * @param weight [K, C / groups, kernel height, kernel width]
     * @param geometry stride, dilation, padding and groups
     * @param threads threads per call, at least 1
     * @param seconds time to spend on each
     * @return one line per pass and algorithm
     * @throws IllegalArgumentException if shapes clash
     */
    public static List<Timing> measure(
            Shape x, Shape weight, Convolution.Geometry geometry, int threads, double seconds) {
        List<Timing> timings = new ArrayList<>();
        try (Scope _ = Scope.open(threads)) {
            Tensor image = random(Layout.channelsLast(x), 1);
            Tensor kernel = random(Convolution.weightLayout(weight), 2);
            Kernels.Conv2d conv =
                    Convolution.sizes(image, kernel, geometry, false).by(ConvAlgorithm.AUTO, false);
            Shape out =
                    Shape.of(conv.batch(), conv.outChannels(), conv.outHeight(), conv.outWidth());
            Tensor y = random(Layout.channelsLast(out), 3);
            double flops = 2.0 * out.size() * weight.dim(1) * weight.dim(2) * weight.dim(3);
            for (ConvPass pass : ConvPass.values()) {
                ConvAlgorithm choice = Backend.kernels().conv2dAlgorithm(conv, pass, threads);
                for (ConvAlgorithm algorithm : ConvAlgorithm.values()) {
                    if (algorithm != ConvAlgorithm.AUTO
                            && Backend.kernels().conv2dSupports(conv, pass, algorithm)) {
                        Kernels.Conv2d by = conv.by(algorithm, false);
                        double median =
                                median(() -> run(by, pass, image, kernel, y, threads), seconds);
                        timings.add(
                                new Timing(
                                        pass.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                                        name(algorithm),
                                        algorithm == choice,
                                        median,
                                        flops / median));
                    }
                }
            }
        }
        return timings;
    }

    private static void run(
            Kernels.Conv2d conv, ConvPass pass, Tensor x, Tensor w, Tensor y, int threads) {
        Kernels kernels = Backend.kernels();
        Convolution.withWorkspace(
                conv,
                pass,
                threads,
                scratch -> {
                    switch (pass) {
                        case FORWARD ->
                                kernels.conv2dForward(
                                        conv, x.data(), w.data(), null, null, y.data(), scratch,
                                        threads);
                        case BACKWARD_INPUT ->
                                kernels.conv2dBackwardInput(
                                        conv, y.data(), w.data(), x.data(), scratch, threads);
                        case BACKWARD_WEIGHT ->
                                kernels.conv2dBackwardWeight(
                                        conv, x.data(), y.data(), w.data(), null, scratch, threads);
                    }
                });
    }

    /** Values of either sign, not larger than 1: repeated gradients stay finite for a while. */
    private static Tensor random(Layout layout, long seed) {
        Tensor t = Tensor.empty(layout, DType.FLOAT32);
        SplittableRandom random = new SplittableRandom(seed);
        for (long i = 0; i < layout.shape().size(); i++) {
            t.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (2 * random.nextDouble() - 1));
        }
        return t;
    }

    private static double median(Runnable call, double seconds) {
        List<Long> times = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        call.run();
        call.run();
        while (times.size() < 3 || System.nanoTime() < end) {
            long start = System.nanoTime();
            call.run();
            times.add(System.nanoTime() - start);
        }
        times.sort(null);
        return times.get(times.size() / 2) * 1e-9;
    }
}
