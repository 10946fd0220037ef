/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.BatchNorm;
import io.gatun.kernel.Kernels.Optimizer;
import io.gatun.kernel.Kernels.OptimizerKind;
import io.gatun.kernel.Kernels.Pool2d;
import io.gatun.kernel.Kernels.Update;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Pooling, batch norm, softmax with cross-entropy, and optimizers: passes over memory. */
final class LayerCases {
    private LayerCases() {}

    static List<KernelCase> all() {
        List<KernelCase> all = new ArrayList<>();
        pool(all, "LeNet-5 6, 28x28, 2x2, batch 64", 64, 6, 28, 2, 2, 0, true);
        pool(all, "VGG 64, 32x32, 2x2, batch 64", 64, 64, 32, 2, 2, 0, false);
        pool(all, "ResNet-18 64, 112x112, 3x3 s2", 1, 64, 112, 3, 2, 1, false);
        norm(all, "ResNet-20 16, 32x32, batch 128", 128 * 32 * 32, 16, false);
        norm(all, "ResNet-20 64, 8x8, batch 128", 128 * 8 * 8, 64, true);
        norm(all, "VGG 64, 32x32, batch 64", 64 * 32 * 32, 64, false);
        norm(all, "64, 56x56, batch 64", 64 * 56 * 56, 64, false);
        norm(all, "512, 28x28, batch 64", 64 * 28 * 28, 512, false);
        all.addAll(WithinSampleCases.all());
        softmax(all, 128, 10);
        softmax(all, 256, 1000);
        optimizers(all, "LeNet-5, 61,706 parameters", 61_706, true);
        optimizers(all, "VGG-11, 9,228,362 parameters", 9_228_362, false);
        return all;
    }

    private static void pool(
            List<KernelCase> all,
            String name,
            int batch,
            int channels,
            int size,
            int kernel,
            int stride,
            int padding,
            boolean inJava) {
        int out = (size + 2 * padding - kernel) / stride + 1;
        Pool2d pool =
                new Pool2d(
                        batch, channels, size, size, out, out, kernel, kernel, stride, stride,
                        padding, padding);
        long sizeX = (long) batch * channels * size * size;
        long sizeY = (long) batch * channels * out * out;
        double bytes = 4.0 * (sizeX + sizeY) + sizeY;
        all.add(
                new KernelCase(
                        name,
                        "max pooling",
                        (double) sizeY * kernel * kernel,
                        bytes,
                        inJava,
                        (kernels, buffers, threads) -> {
                            MemorySegment x = buffers.floats(sizeX);
                            MemorySegment y = buffers.floats(sizeY);
                            MemorySegment winners = buffers.bytes(sizeY * pool.indexBytes());
                            return () -> kernels.maxPool2dForward(pool, x, y, winners, threads);
                        }));
        all.add(
                new KernelCase(
                        name,
                        "max pooling, gradient",
                        sizeY,
                        bytes,
                        inJava,
                        (kernels, buffers, threads) -> {
                            MemorySegment x = buffers.floats(sizeX);
                            MemorySegment y = buffers.floats(sizeY);
                            MemorySegment winners = buffers.bytes(sizeY * pool.indexBytes());
                            kernels.maxPool2dForward(pool, x, y, winners, threads);
                            return () -> kernels.maxPool2dBackward(pool, y, winners, x, threads);
                        }));
    }

    private static void norm(
            List<KernelCase> all, String name, long rows, int channels, boolean inJava) {
        BatchNorm norm = new BatchNorm(rows, channels, 1e-5f, Activation.RELU, false);
        double size = (double) rows * channels;
        all.add(
                new KernelCase(
                        name,
                        "batch norm, statistics",
                        3 * size,
                        4 * size,
                        inJava,
                        (kernels, buffers, threads) -> {
                            NormMemory memory = new NormMemory(buffers, rows, channels);
                            MemorySegment scratch =
                                    buffers.bytes(kernels.batchNormWorkspace(norm, threads));
                            return () ->
                                    kernels.batchNormStatistics(
                                            norm,
                                            memory.x,
                                            memory.mean,
                                            memory.variance,
                                            scratch,
                                            threads);
                        }));
        all.add(
                new KernelCase(
                        name,
                        "batch norm with ReLU",
                        3 * size,
                        8 * size,
                        inJava,
                        (kernels, buffers, threads) -> {
                            NormMemory memory = new NormMemory(buffers, rows, channels);
                            MemorySegment scratch =
                                    buffers.bytes(kernels.batchNormWorkspace(norm, threads));
                            return () ->
                                    kernels.batchNormApply(
                                            norm,
                                            memory.x,
                                            memory.mean,
                                            memory.variance,
                                            memory.gamma,
                                            memory.beta,
                                            null,
                                            memory.y,
                                            scratch,
                                            threads);
                        }));
        all.add(
                new KernelCase(
                        name,
                        "batch norm with ReLU, gradient",
                        10 * size,
                        5 * 4 * size, // x and dy twice, dx
                        inJava,
                        (kernels, buffers, threads) -> {
                            NormMemory memory = new NormMemory(buffers, rows, channels);
                            MemorySegment dx = buffers.floats(rows * channels);
                            MemorySegment dgamma = buffers.floats(channels);
                            MemorySegment dbeta = buffers.floats(channels);
                            MemorySegment scratch =
                                    buffers.bytes(kernels.batchNormWorkspace(norm, threads));
                            return () ->
                                    kernels.batchNormBackward(
                                            norm,
                                            memory.x,
                                            null,
                                            memory.y,
                                            memory.mean,
                                            memory.variance,
                                            memory.gamma,
                                            memory.beta,
                                            dx,
                                            dgamma,
                                            dbeta,
                                            null,
                                            scratch,
                                            threads);
                        }));
    }

    private static final class NormMemory {
        private final MemorySegment x;
        private final MemorySegment y;
        private final MemorySegment mean;
        private final MemorySegment variance;
        private final MemorySegment gamma;
        private final MemorySegment beta;

        NormMemory(Buffers buffers, long rows, int channels) {
            x = buffers.floats(rows * channels);
            y = buffers.floats(rows * channels);
            mean = buffers.floats(channels);
            variance = buffers.positive(channels);
            gamma = buffers.positive(channels);
            beta = buffers.floats(channels);
        }
    }

    private static void softmax(List<KernelCase> all, long rows, int classes) {
        long size = rows * classes;
        String name = rows + " x " + classes;
        all.add(
                new KernelCase(
                        name,
                        "softmax",
                        4.0 * size,
                        8.0 * size,
                        true,
                        (kernels, buffers, threads) -> {
                            MemorySegment x = buffers.floats(size);
                            MemorySegment y = buffers.floats(size);
                            return () -> kernels.softmax(rows, classes, false, x, y, threads);
                        }));
        all.add(
                new KernelCase(
                        name,
                        "cross-entropy",
                        4.0 * size,
                        8.0 * size,
                        true,
                        (kernels, buffers, threads) -> {
                            MemorySegment x = buffers.floats(size);
                            MemorySegment y = buffers.floats(size);
                            MemorySegment labels = buffers.labels(rows, classes);
                            MemorySegment loss = buffers.floats(rows);
                            return () ->
                                    kernels.crossEntropyForward(
                                            rows, classes, x, labels, loss, y, threads);
                        }));
        all.add(
                new KernelCase(
                        name,
                        "cross-entropy, gradient",
                        size,
                        8.0 * size,
                        true,
                        (kernels, buffers, threads) -> {
                            MemorySegment x = buffers.positive(size);
                            MemorySegment y = buffers.floats(size);
                            MemorySegment labels = buffers.labels(rows, classes);
                            return () ->
                                    kernels.crossEntropyBackward(
                                            rows, classes, 1f / rows, x, labels, y, threads);
                        }));
    }

    private static void optimizers(List<KernelCase> all, String name, long n, boolean inJava) {
        all.add(
                new KernelCase(
                        name,
                        "SGD with momentum",
                        4.0 * n,
                        20.0 * n,
                        inJava,
                        (kernels, buffers, threads) -> {
                            MemorySegment w = buffers.floats(n);
                            MemorySegment g = buffers.floats(n);
                            MemorySegment v = buffers.floats(n);
                            Optimizer sgd =
                                    new Optimizer(
                                            OptimizerKind.SGD,
                                            0,
                                            1e-9f,
                                            0.9f,
                                            0,
                                            0,
                                            0,
                                            0,
                                            0,
                                            1,
                                            0,
                                            0,
                                            0,
                                            0);
                            Update update = new Update(n, w, g, v, null, null);
                            return () -> kernels.optimize(sgd, update, threads);
                        }));
        all.add(
                new KernelCase(
                        name,
                        "Adam",
                        12.0 * n,
                        28.0 * n,
                        inJava,
                        (kernels, buffers, threads) -> {
                            MemorySegment w = buffers.floats(n);
                            MemorySegment g = buffers.floats(n);
                            MemorySegment first = buffers.floats(n);
                            MemorySegment second = buffers.positive(n);
                            Optimizer adam =
                                    new Optimizer(
                                            OptimizerKind.ADAM,
                                            0,
                                            1e-9f,
                                            0.9f,
                                            0.999f,
                                            1e-8f,
                                            1e-9f,
                                            0,
                                            1,
                                            1,
                                            0,
                                            0,
                                            0,
                                            0);
                            Update update = new Update(n, w, g, first, second, null);
                            return () -> kernels.optimize(adam, update, threads);
                        }));
    }
}
