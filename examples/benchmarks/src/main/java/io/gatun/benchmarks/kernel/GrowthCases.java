/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * One layer with more and more images, pixels and channels, each in a group that is named by what
 * grows, each case by how much of it there is. They are measured {@linkplain InTurns in turns}.
 */
final class GrowthCases {
    private static final int CHANNELS = 64;
    private static final int SIZE = 16;
    private static final int BATCH = 16;

    private GrowthCases() {}

    /** The cases of each group. */
    static List<List<KernelCase>> groups() {
        List<KernelCase> images = new ArrayList<>();
        for (int batch = 16; batch <= 1024; batch *= 2) {
            images.add(layer("images", batch, batch, CHANNELS, SIZE));
        }
        List<KernelCase> pixels = new ArrayList<>();
        for (int size = 16; size <= 128; size *= 2) {
            pixels.add(layer("pixels", size * size, BATCH, CHANNELS, size));
        }
        List<KernelCase> channels = new ArrayList<>();
        for (int count = 32; count <= 512; count *= 2) {
            channels.add(layer("channels", count, BATCH, count, SIZE));
        }
        return List.of(images, pixels, channels);
    }

    /** The report's page on growth knows the group by its first word. */
    private static KernelCase layer(String what, int count, int batch, int channels, int size) {
        String name = Integer.toString(count);
        return ConvolutionCases.square("growth: " + what, name, batch, channels, size);
    }
}
