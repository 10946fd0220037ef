/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Convolution;
import io.gatun.PackedConvolution;
import io.gatun.Tensor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A convolution in a {@link Session}: its weights stay, so they are brought into the form that the
 * kernels want once.
 */
final class FrozenConv2d implements FusesResidual, FusesMaxPool {
    private record Call(Convolution.Geometry geometry, boolean relu) {}

    private final Conv2d layer;
    private final Map<Call, PackedConvolution> packed = new ConcurrentHashMap<>();

    /**
     * @param layer with parameters that nobody else changes
     */
    FrozenConv2d(Conv2d layer) {
        this.layer = layer;
    }

    @Override
    public Tensor forward(Tensor x) {
        return apply(x, null, false);
    }

    @Override
    public Tensor forwardRelu(Tensor x) {
        return apply(x, null, true);
    }

    @Override
    public Tensor forwardResidual(Tensor x, Tensor residual, boolean relu) {
        return apply(x, residual, relu);
    }

    @Override
    public Tensor forwardMaxPool(Tensor x, boolean relu, MaxPool2d pool) {
        Convolution.Geometry geometry = layer.geometry(x.shape());
        return convolution(geometry, relu)
                .applyMaxPool2d(
                        x,
                        pool.kernelHeight(),
                        pool.kernelWidth(),
                        pool.geometry(layer.outputShape(x, geometry)));
    }

    private Tensor apply(Tensor x, @Nullable Tensor residual, boolean relu) {
        return convolution(layer.geometry(x.shape()), relu).apply(x, residual);
    }

    private PackedConvolution convolution(Convolution.Geometry geometry, boolean relu) {
        Call call = new Call(geometry, relu);
        PackedConvolution convolution = packed.get(call);
        return convolution != null ? convolution : packed.computeIfAbsent(call, this::pack);
    }

    private PackedConvolution pack(Call call) {
        Parameter bias = layer.bias();
        return PackedConvolution.of(
                layer.weight().value(),
                bias == null ? null : bias.value(),
                call.geometry,
                call.relu);
    }

    @Override
    public String toString() {
        return "Frozen" + layer;
    }
}
