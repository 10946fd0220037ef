/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.ConvPass;
import org.jspecify.annotations.Nullable;

/**
 * The three maps that belong to a convolution y = x * w: forward (x, w) to y, input gradient (dy,
 * w) to dx, weight gradient (x, dy) to dw. Each is linear in both arguments, and the rules of each
 * one are the other two; so derivatives of all orders exist.
 */
final class ConvolutionRules {
    private ConvolutionRules() {}

    /** The convolution alone, without bias and activation. */
    static Tensor forward(Kernels.Conv2d any, Tensor x, Tensor w) {
        Kernels.Conv2d conv = any.linear();
        Tensor kernel = Convolution.kernelOrder(w.detach());
        Tensor y = Convolution.forward(conv, x.detach().channelsLast(), kernel.data(), null, null);
        Tape tape = Tape.recording();
        return tape == null
                ? y
                : tape.record(
                        "conv2d",
                        y,
                        new Tape.Edge(
                                x,
                                g -> inputGradient(conv, g, w, null, x.shape()),
                                v -> forward(conv, v, w)),
                        new Tape.Edge(
                                w,
                                g -> weightGradient(conv, x, g, w.shape()),
                                v -> forward(conv, x, v)));
    }

    /**
     * @param kernel w in the order of the kernels, if the caller has it
     */
    static Tensor inputGradient(
            Kernels.Conv2d conv, Tensor dy, Tensor w, @Nullable Tensor kernel, Shape shape) {
        Tensor gradient = dy.detach().channelsLast();
        Tensor weight = kernel != null ? kernel : Convolution.kernelOrder(w.detach());
        Tensor dx = Tensor.empty(Layout.channelsLast(shape), DType.FLOAT32);
        fillInputGradient(conv, gradient, weight, dx);
        Tape tape = Tape.recording();
        return tape == null
                ? dx
                : tape.record(
                        "conv2dInputGradient",
                        dx,
                        new Tape.Edge(
                                dy,
                                g -> forward(conv, g, w),
                                v -> inputGradient(conv, v, w, null, shape)),
                        new Tape.Edge(
                                w,
                                g -> weightGradient(conv, g, dy, w.shape()),
                                v -> inputGradient(conv, dy, v, null, shape)));
    }

    /** Not recorded; all of them in the order of the kernels. */
    static void fillInputGradient(Kernels.Conv2d conv, Tensor dy, Tensor kernel, Tensor dx) {
        int threads = Scope.currentThreads();
        Convolution.withWorkspace(
                conv,
                ConvPass.BACKWARD_INPUT,
                threads,
                workspace ->
                        Backend.kernels()
                                .conv2dBackwardInput(
                                        conv,
                                        dy.data(),
                                        kernel.data(),
                                        dx.data(),
                                        workspace,
                                        threads));
    }

    /**
     * Adds an input gradient to another one in the same pass, so that the first is not stored and
     * read again. Not recorded.
     *
     * @param sum of the input's shape, dense
     * @return false if it cannot be done so, and nothing was
     */
    static boolean addInputGradient(Kernels.Conv2d conv, Tensor dy, Tensor kernel, Tensor sum) {
        int threads = Scope.currentThreads();
        if (!sum.layout().equals(Layout.channelsLast(sum.shape()))
                || !Backend.kernels().conv2dAdds(conv, threads)) {
            return false;
        }
        Tensor gradient = dy.detach().channelsLast();
        Convolution.withWorkspace(
                conv,
                ConvPass.BACKWARD_INPUT,
                threads,
                workspace ->
                        Backend.kernels()
                                .conv2dBackwardInputAdd(
                                        conv,
                                        gradient.data(),
                                        kernel.data(),
                                        sum.data(),
                                        workspace,
                                        threads));
        return true;
    }

    static Tensor weightGradient(Kernels.Conv2d conv, Tensor x, Tensor dy, Shape shape) {
        Tensor dw =
                weightGradient(
                        conv, x.detach().channelsLast(), dy.detach().channelsLast(), shape, null);
        Tape tape = Tape.recording();
        return tape == null
                ? dw
                : tape.record(
                        "conv2dWeightGradient",
                        dw,
                        new Tape.Edge(
                                x,
                                g -> inputGradient(conv, dy, g, null, x.shape()),
                                v -> weightGradient(conv, v, dy, shape)),
                        new Tape.Edge(
                                dy,
                                g -> forward(conv, x, g),
                                v -> weightGradient(conv, x, v, shape)));
    }

    /** Not recorded; fills db, the bias's gradient, in the same pass. */
    static Tensor weightGradient(
            Kernels.Conv2d conv, Tensor image, Tensor dy, Shape shape, @Nullable Tensor db) {
        Tensor dw = Tensor.empty(Convolution.weightLayout(shape), DType.FLOAT32);
        fillWeightGradient(conv, image, dy, dw, db);
        return dw;
    }

    /** Not recorded; all of them in the order of the kernels. */
    static void fillWeightGradient(
            Kernels.Conv2d conv, Tensor image, Tensor dy, Tensor dw, @Nullable Tensor db) {
        int threads = Scope.currentThreads();
        Convolution.withWorkspace(
                conv,
                ConvPass.BACKWARD_WEIGHT,
                threads,
                workspace ->
                        Backend.kernels()
                                .conv2dBackwardWeight(
                                        conv,
                                        image.data(),
                                        dy.data(),
                                        dw.data(),
                                        db == null ? null : db.data(),
                                        workspace,
                                        threads));
    }
}
