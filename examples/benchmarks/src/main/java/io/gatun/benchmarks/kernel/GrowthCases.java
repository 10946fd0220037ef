/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * One layer with more and more images, pixels and channels, each in a group that is named by what
 * grows, each case by how much of it there is.
 */
final class GrowthCases {
    private static final int CHANNELS = 64;
    private static final int SIZE = 16;
    private static final int BATCH = 16;

    private GrowthCases() {}

    static List<KernelCase> all() {
        List<KernelCase> all = new ArrayList<>();
        for (int batch = 16; batch <= 1024; batch *= 2) {
            all.add(layer("images", batch, batch, CHANNELS, SIZE));
        }
        for (int size = 16; size <= 128; size *= 2) {
            all.add(layer("pixels", size * size, BATCH, CHANNELS, size));
        }
        for (int channels = 32; channels <= 512; channels *= 2) {
            all.add(layer("channels", channels, BATCH, channels, SIZE));
        }
        return all;
    }

    /** The report's page on growth knows the group by its first word. */
    private static KernelCase layer(String what, int count, int batch, int channels, int size) {
        String name = Integer.toString(count);
        return ConvolutionCases.square("growth: " + what, name, batch, channels, size);
    }
}
