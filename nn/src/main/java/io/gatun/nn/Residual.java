/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A block with a shortcut around it: y = body(x) + shortcut(x). He et al., "Deep residual learning
 * for image recognition", 2016. The sum, and a {@link Relu} after it in a {@link Sequential}, run
 * inside the kernel of the body's last layer where that is a {@link BatchNorm2d} or a {@link
 * Conv2d}. Parameters are named {@code body.} and {@code shortcut.}.
 */
public final class Residual implements FusesRelu {
    private final Layer body;
    private final @Nullable Layer shortcut;

    private Residual(Layer body, @Nullable Layer shortcut) {
        this.body = body;
        this.shortcut = shortcut;
    }

    /**
     * A block around which the input itself is led.
     *
     * @param body gives the shape that it takes
     * @return y = body(x) + x
     */
    public static Residual of(Layer body) {
        return new Residual(body, null);
    }

    /**
     * A block around which the input is led through a layer of its own.
     *
     * @param body any layer
     * @param shortcut gives the same shape as the body, such as a 1x1 convolution with its stride
     * @return y = body(x) + shortcut(x)
     */
    public static Residual of(Layer body, Layer shortcut) {
        return new Residual(body, shortcut);
    }

    Layer body() {
        return body;
    }

    /** Null where the input itself is led around the body. */
    @Nullable Layer shortcut() {
        return shortcut;
    }

    /** The same block around other layers. */
    Residual layers(UnaryOperator<Layer> change) {
        return new Residual(change.apply(body), shortcut == null ? null : change.apply(shortcut));
    }

    @Override
    public Tensor forward(Tensor x) {
        return apply(x, false);
    }

    @Override
    public Tensor forwardRelu(Tensor x) {
        return apply(x, true);
    }

    private Tensor apply(Tensor x, boolean relu) {
        Tensor around = shortcut == null ? x : shortcut.forward(x);
        return FusesResidual.forward(body, x, around, relu);
    }

    @Override
    public List<Parameter> parameters() {
        return named(body.parameters(), shortcut == null ? List.of() : shortcut.parameters());
    }

    @Override
    public List<Parameter> state() {
        return named(body.state(), shortcut == null ? List.of() : shortcut.state());
    }

    private static List<Parameter> named(List<Parameter> inside, List<Parameter> around) {
        List<Parameter> all = new ArrayList<>();
        inside.forEach(parameter -> all.add(parameter.prefixed("body.")));
        around.forEach(parameter -> all.add(parameter.prefixed("shortcut.")));
        return List.copyOf(all);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return layers(layer -> layer.map(change));
    }

    @Override
    public String toString() {
        return "Residual(" + body + (shortcut == null ? "" : ", " + shortcut) + ")";
    }
}
