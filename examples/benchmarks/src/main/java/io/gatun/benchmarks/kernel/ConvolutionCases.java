/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.Activation;
import io.gatun.kernel.Kernels.Conv2d;
import io.gatun.kernel.Kernels.ConvAlgorithm;
import io.gatun.kernel.Kernels.ConvPass;
import io.gatun.kernel.Kernels.Pool2d;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Layers of ResNet-18, ResNet-20, VGG-11 and LeNet-5, each pass that their training runs. */
final class ConvolutionCases {
    private static final Set<ConvPass> FORWARD = EnumSet.of(ConvPass.FORWARD);
    private static final Set<ConvPass> ALL = EnumSet.allOf(ConvPass.class);
    private static final Set<ConvPass> FIRST =
            EnumSet.of(ConvPass.FORWARD, ConvPass.BACKWARD_WEIGHT);

    record Layer(int batch, int in, int size, int out, int kernel, int stride, int padding) {

        Conv2d conv() {
            int wide = (size + 2 * padding - kernel) / stride + 1;
            return new Conv2d(
                    batch,
                    in,
                    size,
                    size,
                    out,
                    wide,
                    wide,
                    kernel,
                    kernel,
                    stride,
                    stride,
                    1,
                    1,
                    padding,
                    padding,
                    1,
                    Activation.LINEAR,
                    ConvAlgorithm.AUTO,
                    false);
        }
    }

    private ConvolutionCases() {}

    static List<KernelCase> all() {
        List<KernelCase> all = new ArrayList<>();
        add(all, FORWARD, false, "ResNet-18 3-64, 224x224, 7x7 s2", 1, 3, 224, 64, 7, 2, 3);
        add(all, FORWARD, true, "ResNet-18 64, 56x56, 3x3", 1, 64, 56, 64, 3, 1, 1);
        add(all, FORWARD, false, "ResNet-18 64-128, 56x56, 3x3 s2", 1, 64, 56, 128, 3, 2, 1);
        add(all, FORWARD, false, "ResNet-18 64-128, 56x56, 1x1 s2", 1, 64, 56, 128, 1, 2, 0);
        add(all, FORWARD, false, "ResNet-18 128, 28x28, 3x3", 1, 128, 28, 128, 3, 1, 1);
        add(all, FORWARD, false, "ResNet-18 256, 14x14, 3x3", 1, 256, 14, 256, 3, 1, 1);
        add(all, FORWARD, false, "ResNet-18 512, 7x7, 3x3", 1, 512, 7, 512, 3, 1, 1);
        add(all, FIRST, false, "ResNet-20 3-16, 32x32, 3x3, batch 128", 128, 3, 32, 16, 3, 1, 1);
        add(all, ALL, false, "ResNet-20 16, 32x32, 3x3, batch 128", 128, 16, 32, 16, 3, 1, 1);
        add(all, ALL, false, "ResNet-20 16-32, 32x32, 3x3 s2, batch 128", 128, 16, 32, 32, 3, 2, 1);
        add(all, ALL, false, "ResNet-20 32, 16x16, 3x3, batch 128", 128, 32, 16, 32, 3, 1, 1);
        add(all, ALL, false, "ResNet-20 64, 8x8, 3x3, batch 128", 128, 64, 8, 64, 3, 1, 1);
        add(all, ALL, true, "ResNet-20 64, 8x8, 3x3, batch 4", 4, 64, 8, 64, 3, 1, 1);
        add(all, ALL, false, "VGG 64, 32x32, 3x3, batch 64", 64, 64, 32, 64, 3, 1, 1);
        add(all, ALL, false, "VGG 128, 16x16, 3x3, batch 64", 64, 128, 16, 128, 3, 1, 1);
        add(all, ALL, false, "VGG 256, 8x8, 3x3, batch 64", 64, 256, 8, 256, 3, 1, 1);
        add(all, ALL, false, "VGG 512, 4x4, 3x3, batch 64", 64, 512, 4, 512, 3, 1, 1);
        add(all, ALL, false, "VGG 512, 2x2, 3x3, batch 64", 64, 512, 2, 512, 3, 1, 1);
        add(all, FIRST, true, "LeNet-5 1-6, 28x28, 5x5, batch 64", 64, 1, 28, 6, 5, 1, 2);
        add(all, FORWARD, true, "LeNet-5 1-6, 28x28, 5x5", 1, 1, 28, 6, 5, 1, 2);
        add(all, ALL, true, "LeNet-5 6-16, 14x14, 5x5, batch 64", 64, 6, 14, 16, 5, 1, 0);
        add(all, FORWARD, true, "LeNet-5 6-16, 14x14, 5x5", 1, 6, 14, 16, 5, 1, 0);
        all.add(pooling("LeNet-5 1-6, 28x28, 5x5, batch 64", new Layer(64, 1, 28, 6, 5, 1, 2)));
        all.add(pooling("LeNet-5 1-6, 28x28, 5x5", new Layer(1, 1, 28, 6, 5, 1, 2)));
        all.add(pooled("LeNet-5 1-6, 28x28, 5x5, batch 64", new Layer(64, 1, 28, 6, 5, 1, 2)));
        all.add(pooled("LeNet-5 6-16, 14x14, 5x5, batch 64", new Layer(64, 6, 14, 16, 5, 1, 0)));
        return all;
    }

    private static void add(
            List<KernelCase> all,
            Set<ConvPass> passes,
            boolean inJava,
            String name,
            int batch,
            int in,
            int size,
            int out,
            int kernel,
            int stride,
            int padding) {
        Conv2d conv = new Layer(batch, in, size, out, kernel, stride, padding).conv();
        for (ConvPass pass : passes) {
            String group =
                    switch (pass) {
                        case FORWARD -> "convolution";
                        case BACKWARD_INPUT -> "convolution, gradient of the input";
                        case BACKWARD_WEIGHT -> "convolution, gradient of the weights";
                    };
            all.add(of(group, name, inJava, conv, pass));
        }
    }

    /** The forward pass of a 3x3 layer that keeps the image's size. */
    static KernelCase square(String group, String name, int batch, int channels, int size) {
        Conv2d conv = new Layer(batch, channels, size, channels, 3, 1, 1).conv();
        return of(group, name, false, conv, ConvPass.FORWARD);
    }

    /** Windows of 2x2 side by side, of what a convolution gives. */
    private static Pool2d halves(Conv2d conv) {
        int half = conv.outHeight() / 2;
        return new Pool2d(
                conv.batch(),
                conv.outChannels(),
                conv.outHeight(),
                conv.outWidth(),
                half,
                half,
                2,
                2,
                2,
                2,
                0,
                0);
    }

    /** Both in one kernel, as in inference. */
    private static KernelCase pooling(String name, Layer layer) {
        Conv2d conv = layer.conv();
        Pool2d pool = halves(conv);
        long outputs = pool.batch() * pool.outputs();
        return new KernelCase(
                name,
                "convolution and max pooling",
                2.0 * sizeY(conv) * conv.inChannels() * conv.kernelHeight() * conv.kernelWidth(),
                4.0 * (sizeX(conv) + outputs + sizeW(conv)),
                true,
                (kernels, buffers, threads) -> {
                    MemorySegment x = buffers.floats(sizeX(conv));
                    MemorySegment w = buffers.floats(sizeW(conv));
                    MemorySegment y = buffers.floats(outputs);
                    MemorySegment scratch =
                            buffers.bytes(kernels.conv2dWorkspace(conv, ConvPass.FORWARD, threads));
                    return () ->
                            kernels.conv2dPooledForward(
                                    conv, pool, x, w, null, y, null, scratch, threads);
                });
    }

    /** The gradient of the weights through windows of 2x2: one product per window and weight. */
    private static KernelCase pooled(String name, Layer layer) {
        Conv2d conv = layer.conv();
        Pool2d pool = halves(conv);
        long outputs = pool.batch() * pool.outputs();
        return new KernelCase(
                name,
                "convolution and max pooling, gradient of the weights",
                2.0 * outputs * conv.inChannels() * conv.kernelHeight() * conv.kernelWidth(),
                4.0 * (sizeX(conv) + outputs + sizeW(conv)) + outputs,
                true,
                (kernels, buffers, threads) -> {
                    MemorySegment x = buffers.floats(sizeX(conv));
                    MemorySegment between = buffers.floats(sizeY(conv));
                    MemorySegment dy = buffers.floats(outputs);
                    MemorySegment winners = buffers.bytes(outputs * pool.indexBytes());
                    MemorySegment dw = buffers.floats(sizeW(conv));
                    kernels.maxPool2dForward(pool, between, dy, winners, threads);
                    MemorySegment scratch =
                            buffers.bytes(kernels.conv2dPooledWorkspace(conv, pool, threads));
                    return () ->
                            kernels.conv2dPooledBackwardWeight(
                                    conv, pool, x, dy, winners, dw, scratch, threads);
                });
    }

    private static KernelCase of(
            String group, String name, boolean inJava, Conv2d conv, ConvPass pass) {
        double flops =
                2.0 * sizeY(conv) * conv.inChannels() * conv.kernelHeight() * conv.kernelWidth();
        double bytes = 4.0 * (sizeX(conv) + sizeY(conv) + sizeW(conv));
        return new KernelCase(
                name,
                group,
                flops,
                bytes,
                inJava,
                (kernels, buffers, threads) -> call(kernels, buffers, threads, conv, pass));
    }

    private static Runnable call(
            Kernels kernels, Buffers buffers, int threads, Conv2d conv, ConvPass pass) {
        MemorySegment x = buffers.floats(sizeX(conv));
        MemorySegment w = buffers.floats(sizeW(conv));
        MemorySegment y = buffers.floats(sizeY(conv));
        return call(kernels, buffers, threads, conv, pass, x, w, y);
    }

    /** A call as a training step makes it. */
    static Runnable call(
            Kernels kernels,
            Buffers buffers,
            int threads,
            Conv2d conv,
            ConvPass pass,
            MemorySegment x,
            MemorySegment w,
            MemorySegment y) {
        MemorySegment scratch = buffers.bytes(kernels.conv2dWorkspace(conv, pass, threads));
        return switch (pass) {
            case FORWARD ->
                    () -> kernels.conv2dForward(conv, x, w, null, null, y, scratch, threads);
            case BACKWARD_INPUT ->
                    () -> kernels.conv2dBackwardInput(conv, y, w, x, scratch, threads);
            case BACKWARD_WEIGHT ->
                    () -> kernels.conv2dBackwardWeight(conv, x, y, w, null, scratch, threads);
        };
    }

    /** A forward call as an inference session makes it: its weights were transformed before. */
    static Runnable packed(
            Kernels kernels,
            Buffers buffers,
            int threads,
            Conv2d conv,
            MemorySegment x,
            MemorySegment w,
            MemorySegment y) {
        ConvAlgorithm algorithm =
                kernels.conv2dAlgorithm(conv.by(conv.algorithm(), true), ConvPass.FORWARD, threads);
        Conv2d plain = conv.by(algorithm, false);
        long bytes = kernels.conv2dPackedBytes(plain, threads);
        if (bytes == 0) {
            return call(kernels, buffers, threads, plain, ConvPass.FORWARD, x, w, y);
        }
        MemorySegment ready = buffers.bytes(bytes);
        kernels.conv2dPack(plain, w, ready, threads);
        Conv2d packed = conv.by(algorithm, true);
        return call(kernels, buffers, threads, packed, ConvPass.FORWARD, x, ready, y);
    }

    static long sizeX(Conv2d c) {
        return (long) c.batch() * c.inHeight() * c.inWidth() * c.inChannels();
    }

    static long sizeY(Conv2d c) {
        return (long) c.batch() * c.outHeight() * c.outWidth() * c.outChannels();
    }

    static long sizeW(Conv2d c) {
        return (long) c.kernelHeight() * c.kernelWidth() * c.inChannels() * c.outChannels();
    }
}
