/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Elementwise;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.Views;

/**
 * Local response normalisation: y = x / (k + alpha / size * the sum of x^2 over size neighbouring
 * channels)^beta. Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep
 * convolutional neural networks", 2012, with the quotient alpha / size of PyTorch and ONNX (the
 * paper has alpha). x [N, C, ...]; beyond the first and last channel there are zeros. Of an even
 * size, the larger half is before the channel.
 *
 * @param size number of channels in a sum
 * @param alpha weight of the sum
 * @param beta exponent
 * @param k what is added
 */
public record LocalResponseNorm(int size, double alpha, double beta, double k) implements Layer {
    /** Checks the numbers. */
    public LocalResponseNorm {
        Checks.positive("LocalResponseNorm", "size", size);
        Checks.rate("LocalResponseNorm", "alpha", alpha);
        Checks.rate("LocalResponseNorm", "beta", beta);
        Checks.above("LocalResponseNorm", "k", k);
    }

    /**
     * A layer with PyTorch's constants: alpha 1e-4, beta 0.75, k 1.
     *
     * @param size number of channels in a sum
     * @return the layer
     */
    public static LocalResponseNorm of(int size) {
        return new LocalResponseNorm(size, 1e-4, 0.75, 1);
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() < 2) {
            throw new IllegalArgumentException(
                    this + ": takes [N, C, ...], got shape " + x.shape());
        }
        long channels = x.shape().dim(1);
        Tensor padded =
                Views.concat(
                        1,
                        Tensor.zeros(channels(x, size / 2)),
                        x.square(),
                        Tensor.zeros(channels(x, (size - 1) / 2)));
        Tensor sum = padded.slice(1, 0, channels);
        for (int i = 1; i < size; i++) {
            sum = sum.add(padded.slice(1, i, i + channels));
        }
        Tensor base = sum.mul((float) (alpha / size)).add((float) k);
        return x.mul(Elementwise.pow(base, (float) -beta));
    }

    private static Shape channels(Tensor x, long count) {
        long[] dims = x.shape().toArray();
        dims[1] = count;
        return Shape.of(dims);
    }
}
