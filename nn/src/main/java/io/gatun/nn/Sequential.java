/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Scope;
import io.gatun.Tape;
import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Layers one after the other. Parameters are named by position, as in {@code 0.weight}. A ReLU
 * right after a convolution, a dense layer, a normalisation or a {@link Residual} runs inside that
 * layer's kernel.
 */
public final class Sequential implements FusesResidual {
    private final List<Layer> layers;

    /** How many of the first layers are frozen. */
    private final int frozen;

    private Sequential(List<Layer> layers, int frozen) {
        this.layers = layers;
        this.frozen = frozen;
    }

    /**
     * A chain of layers.
     *
     * @param layers in order
     * @return the chain
     */
    public static Sequential of(Layer... layers) {
        return new Sequential(List.of(layers), 0);
    }

    /**
     * The layers.
     *
     * @return in order, immutable
     */
    public List<Layer> layers() {
        return layers;
    }

    /** The layers that are not frozen. */
    List<Layer> trainedLayers() {
        return layers.subList(frozen, layers.size());
    }

    /**
     * Some of the layers as a chain of their own, such as all but the last as a feature extractor.
     *
     * @param from the first
     * @param to after the last
     * @return a chain that shares the layers, with none frozen
     * @throws IndexOutOfBoundsException if there are no such layers
     */
    public Sequential slice(int from, int to) {
        return new Sequential(layers.subList(from, to), 0);
    }

    /**
     * This chain with another head: the last layer is replaced, of a chain in a chain the last of
     * the inner one.
     *
     * @param head in its place, such as a {@link Dense} layer for other classes
     * @return a chain that shares all other layers, and freezes as many as this one
     * @throws IllegalArgumentException if there is no layer
     */
    public Sequential replaceLast(Layer head) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("Sequential.replaceLast: there is no layer");
        }
        List<Layer> all = new ArrayList<>(layers);
        int last = all.size() - 1;
        all.set(last, all.get(last) instanceof Sequential inner ? inner.replaceLast(head) : head);
        return new Sequential(List.copyOf(all), frozen);
    }

    /**
     * This chain with its first layers frozen. Also in training they run as in inference: nothing
     * is dropped, running statistics stay, no gradients are computed and nothing is kept for them.
     * Their parameters are {@link #state} then, under the same names, so that optimizers leave them
     * alone and files hold them. Gradual unfreezing (Howard and Ruder, "Universal language model
     * fine-tuning for text classification", 2018) is a training after each other with fewer of
     * them:
     *
     * <pre>{@code
     * for (int depth : new int[] {8, 6, 4, 0}) {
     *     Trainer.of(model.freeze(depth), Adam.of(1e-4), loss).fit(data, 1);
     * }
     * }</pre>
     *
     * @param depth number of layers; 0 freezes none
     * @return a chain that shares the layers
     * @throws IllegalArgumentException if negative, or more than there are
     */
    public Sequential freeze(int depth) {
        if (depth < 0 || depth > layers.size()) {
            throw new IllegalArgumentException(
                    "Sequential.freeze: depth = "
                            + depth
                            + ": give a number from 0 to "
                            + layers.size());
        }
        return new Sequential(layers, depth);
    }

    @Override
    public Tensor forward(Tensor x) {
        return run(x, null, false);
    }

    @Override
    public Tensor forwardRelu(Tensor x) {
        return run(x, null, true);
    }

    @Override
    public Tensor forwardResidual(Tensor x, Tensor residual, boolean relu) {
        return run(x, residual, relu);
    }

    /** What is to be done at the end is done inside the last layer. */
    private Tensor run(Tensor x, @Nullable Tensor residual, boolean relu) {
        if (frozen > 0 && Tape.isTraining()) {
            Tensor features;
            try (Scope scope = Scope.open()) { // nothing is recorded here
                features = scope.keep(slice(0, frozen).forward(x));
            }
            Sequential rest = slice(frozen, layers.size());
            return rest.run(features, residual, relu);
        }
        Tensor y = x;
        int last = layers.size() - 1;
        for (int i = 0; i <= last; i++) {
            int pool = poolAfter(i);
            if (pool > i && layers.get(i) instanceof FusesMaxPool fusing) {
                y = fusing.forwardMaxPool(y, pool == i + 2, (MaxPool2d) layers.get(pool));
                i = pool;
            } else if (pool == i + 2 && Tape.isTraining()) {
                // Of a ReLU that comes last the gradient takes a quarter of the memory traffic; an
                // answer is faster with the ReLU inside layer i.
                y = layers.get(i + 2).forward(layers.get(i).forward(y)).relu();
                i += 2;
            } else if (isNormalizedConvolution(i) && Tape.isTraining()) {
                y = ((BatchNorm2d) layers.get(i)).forwardConvolution(y, (Conv2d) layers.get(i + 2));
                i += 2;
            } else if (i < last
                    && layers.get(i + 1) instanceof Relu
                    && layers.get(i) instanceof FusesRelu) {
                y = FusesResidual.forward(layers.get(i), y, null, true);
                i++;
            } else if (i == last) {
                return FusesResidual.forward(layers.get(i), y, residual, relu);
            } else {
                y = layers.get(i).forward(y);
            }
        }
        return residual != null ? FusesResidual.add(y, residual, relu) : relu ? y.relu() : y;
    }

    /**
     * Whether layer i is a normalisation with a ReLU and a convolution behind it, to whose result
     * nothing is done in its own kernel: another normalisation follows.
     */
    private boolean isNormalizedConvolution(int i) {
        return i + 3 < layers.size()
                && layers.get(i) instanceof BatchNorm2d
                && layers.get(i + 1) instanceof Relu
                && layers.get(i + 2) instanceof Conv2d
                && layers.get(i + 3) instanceof BatchNorm2d;
    }

    /**
     * Where max pooling follows layer i, with nothing or only a ReLU between, which may change
     * places with it: the largest value stays the largest. Not the last layer, to whose result a
     * residual may have to be added; i if there is none.
     */
    private int poolAfter(int i) {
        int at = i + 1;
        if (layers.get(i) instanceof FusesRelu && at < layers.size()) {
            at += layers.get(at) instanceof Relu ? 1 : 0;
            return at < layers.size() - 1 && layers.get(at) instanceof MaxPool2d ? at : i;
        }
        return i;
    }

    @Override
    public List<Parameter> parameters() {
        return named(frozen, Layer::parameters);
    }

    @Override
    public List<Parameter> state() {
        List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < frozen; i++) {
            addNamed(all, i, layers.get(i).parameters());
            addNamed(all, i, layers.get(i).state());
        }
        all.addAll(named(frozen, Layer::state));
        return List.copyOf(all);
    }

    private List<Parameter> named(int from, Function<Layer, List<Parameter>> what) {
        List<Parameter> all = new ArrayList<>();
        for (int i = from; i < layers.size(); i++) {
            addNamed(all, i, what.apply(layers.get(i)));
        }
        return List.copyOf(all);
    }

    private static void addNamed(List<Parameter> to, int layer, List<Parameter> parameters) {
        for (Parameter parameter : parameters) {
            to.add(parameter.prefixed(layer + "."));
        }
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new Sequential(layers.stream().map(layer -> layer.map(change)).toList(), frozen);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Sequential(");
        text.append(frozen == 0 ? "" : "first " + frozen + " frozen: ");
        for (int i = 0; i < layers.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(layers.get(i));
        }
        return text.append(')').toString();
    }
}
