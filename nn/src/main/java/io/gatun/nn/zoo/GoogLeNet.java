/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.AvgPool2d;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Dropout;
import io.gatun.nn.Flatten;
import io.gatun.nn.GlobalAvgPool2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.LocalResponseNorm;
import io.gatun.nn.Loss;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Objective;
import io.gatun.nn.Padding;
import io.gatun.nn.Parallel;
import io.gatun.nn.Parameter;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * GoogLeNet, or Inception-v1. Szegedy et al., "Going deeper with convolutions", 2015, table 1. He's
 * normal weights.
 *
 * <p>{@link #of} and {@link #batchNorm} are the network without auxiliary heads, as it is used
 * after its training. A GoogLeNet object has the heads: two small classifiers in the middle, whose
 * losses bring gradients to the lower layers. It answers with the main output; {@link #objective}
 * trains all three.
 */
public final class GoogLeNet implements Layer {
    private static final double HEAD_WEIGHT = 0.3;

    private final List<Layer> parts;
    private final List<Layer> heads;

    private GoogLeNet(List<Layer> parts, List<Layer> heads) {
        this.parts = parts;
        this.heads = heads;
    }

    /**
     * The paper's network without heads: 6,998,552 parameters, 1.6 billion multiply-adds (the
     * paper: about 1.5 billion).
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 15 do too
     */
    public static Sequential of() {
        List<Layer> all = new ArrayList<>();
        for (Layer part : parts()) {
            all.addAll(((Sequential) part).layers());
        }
        return Blocks.chain(all);
    }

    /**
     * The paper's network with both heads: 13,378,280 parameters.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; the heads need this size
     */
    public static GoogLeNet withHeads() {
        return new GoogLeNet(parts(), List.of(head(512), head(528)));
    }

    private static List<Layer> parts() {
        return List.of(
                Sequential.of(
                        Blocks.convolution(3, 64, 7, 2),
                        Relu.of(),
                        halving(3),
                        LocalResponseNorm.of(5),
                        Blocks.convolution(64, 64, 1, 1),
                        Relu.of(),
                        Blocks.convolution(64, 192, 3, 1),
                        Relu.of(),
                        LocalResponseNorm.of(5),
                        halving(3),
                        inception(192, 64, 96, 128, 16, 32, 32),
                        inception(256, 128, 128, 192, 32, 96, 64),
                        halving(3),
                        inception(480, 192, 96, 208, 16, 48, 64)),
                Sequential.of(
                        inception(512, 160, 112, 224, 24, 64, 64),
                        inception(512, 128, 128, 256, 24, 64, 64),
                        inception(512, 112, 144, 288, 32, 64, 64)),
                Sequential.of(
                        inception(528, 256, 160, 320, 32, 128, 128),
                        halving(3),
                        inception(832, 256, 160, 320, 32, 128, 128),
                        inception(832, 384, 192, 384, 48, 128, 128),
                        GlobalAvgPool2d.of(),
                        Dropout.of(0.4),
                        Dense.of(1024, 1000, Initializer.heNormal())));
    }

    private static MaxPool2d halving(int size) {
        return new MaxPool2d(size, size, 2, 2, Padding.CEIL);
    }

    private static Layer head(int in) {
        return Sequential.of(
                AvgPool2d.of(5).stride(3),
                Blocks.convolution(in, 128, 1, 1),
                Relu.of(),
                Flatten.of(),
                Dense.of(2048, 1024, Initializer.heNormal()),
                Relu.of(),
                Dropout.of(0.7),
                Dense.of(1024, 1000, Initializer.heNormal()));
    }

    /**
     * An Inception module (the paper's figure 2b): 1x1, 3x3 and 5x5 convolutions and a pooling side
     * by side, the larger ones behind 1x1 convolutions that reduce the channels. Each convolution
     * has a bias and a ReLU.
     *
     * @param in channels of the input
     * @param one kernels of 1x1
     * @param reduceThree kernels of 1x1 before those of 3x3
     * @param three kernels of 3x3
     * @param reduceFive kernels of 1x1 before those of 5x5
     * @param five kernels of 5x5
     * @param pool kernels of 1x1 after the pooling
     * @return a layer of [N, in, H, W] to [N, one + three + five + pool, H, W]
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static Parallel inception(
            int in, int one, int reduceThree, int three, int reduceFive, int five, int pool) {
        return Parallel.of(
                Sequential.of(Blocks.convolution(in, one, 1, 1), Relu.of()),
                Sequential.of(
                        Blocks.convolution(in, reduceThree, 1, 1),
                        Relu.of(),
                        Blocks.convolution(reduceThree, three, 3, 1),
                        Relu.of()),
                Sequential.of(
                        Blocks.convolution(in, reduceFive, 1, 1),
                        Relu.of(),
                        Blocks.convolution(reduceFive, five, 5, 1),
                        Relu.of()),
                Sequential.of(
                        new MaxPool2d(3, 3, 1, 1, Padding.of(1)),
                        Blocks.convolution(in, pool, 1, 1),
                        Relu.of()));
    }

    /**
     * The form that torchvision has weights for: batch normalisation in place of local response
     * normalisation and biases, and 3x3 convolutions where the paper has 5x5 ones: 6,624,904
     * parameters, 1.50 billion multiply-adds. Its children are six of the entry's, then the nine
     * modules with the poolings between them.
     *
     * @return a model of [N, 3, 224, 224] to logits [N, 1000]; other sizes of at least 15 do too
     */
    public static Sequential batchNorm() {
        return Sequential.of(
                unit(3, 64, 7, 2),
                halving(3),
                unit(64, 64, 1, 1),
                unit(64, 192, 3, 1),
                halving(3),
                normalised(192, 64, 96, 128, 16, 32, 32),
                normalised(256, 128, 128, 192, 32, 96, 64),
                halving(3),
                normalised(480, 192, 96, 208, 16, 48, 64),
                normalised(512, 160, 112, 224, 24, 64, 64),
                normalised(512, 128, 128, 256, 24, 64, 64),
                normalised(512, 112, 144, 288, 32, 64, 64),
                normalised(528, 256, 160, 320, 32, 128, 128),
                halving(2),
                normalised(832, 256, 160, 320, 32, 128, 128),
                normalised(832, 384, 192, 384, 48, 128, 128),
                GlobalAvgPool2d.of(),
                Dropout.of(0.2),
                Dense.of(1024, 1000, Initializer.heNormal()));
    }

    private static Parallel normalised(
            int in, int one, int reduceThree, int three, int reduceFive, int five, int pool) {
        return Parallel.of(
                unit(in, one, 1, 1),
                Sequential.of(unit(in, reduceThree, 1, 1), unit(reduceThree, three, 3, 1)),
                Sequential.of(unit(in, reduceFive, 1, 1), unit(reduceFive, five, 3, 1)),
                Sequential.of(new MaxPool2d(3, 3, 1, 1, Padding.of(1)), unit(in, pool, 1, 1)));
    }

    private static Sequential unit(int in, int out, int kernel, int stride) {
        return Sequential.of(
                Blocks.convolution(in, out, kernel, stride).bias(false),
                BatchNorm2d.of(out).epsilon(1e-3),
                Relu.of());
    }

    /**
     * What the network and its heads say.
     *
     * @param main logits [N, 1000]
     * @param first logits of the lower head [N, 1000]
     * @param second logits of the upper head [N, 1000]
     */
    public record Outputs(Tensor main, Tensor first, Tensor second) {}

    /**
     * Runs the network and its heads.
     *
     * @param x [N, 3, 224, 224]
     * @return all three outputs
     */
    public Outputs outputs(Tensor x) {
        Tensor low = parts.get(0).forward(x);
        Tensor middle = parts.get(1).forward(low);
        return new Outputs(
                parts.get(2).forward(middle),
                heads.get(0).forward(low),
                heads.get(1).forward(middle));
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor y = x;
        for (Layer part : parts) {
            y = part.forward(y);
        }
        return y;
    }

    /**
     * What to train: in training the main loss and 0.3 times that of each head, in validation the
     * main loss alone.
     *
     * @param loss of logits and labels
     * @return the objective for a {@link io.gatun.nn.Trainer}
     */
    public Objective objective(Loss loss) {
        return batch -> {
            if (!Tape.isTraining()) {
                Tensor main = forward(batch.inputs());
                return Objective.Outcome.of(loss.apply(main, batch.labels()), main, batch.labels());
            }
            Outputs all = outputs(batch.inputs());
            Tensor extra =
                    loss.apply(all.first, batch.labels())
                            .add(loss.apply(all.second, batch.labels()));
            Tensor total = loss.apply(all.main, batch.labels()).add(extra.mul((float) HEAD_WEIGHT));
            return Objective.Outcome.of(total, all.main, batch.labels());
        };
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            addAll(all, "" + i, parts.get(i).parameters());
        }
        for (int i = 0; i < heads.size(); i++) {
            addAll(all, "aux" + (i + 1), heads.get(i).parameters());
        }
        return List.copyOf(all);
    }

    @Override
    public List<Parameter> state() {
        List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            addAll(all, "" + i, parts.get(i).state());
        }
        for (int i = 0; i < heads.size(); i++) {
            addAll(all, "aux" + (i + 1), heads.get(i).state());
        }
        return List.copyOf(all);
    }

    private static void addAll(List<Parameter> to, String part, List<Parameter> parameters) {
        parameters.forEach(p -> to.add(p.prefixed(part + ".")));
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new GoogLeNet(
                parts.stream().map(part -> part.map(change)).toList(),
                heads.stream().map(head -> head.map(change)).toList());
    }

    @Override
    public String toString() {
        return "GoogLeNet(" + parts + ", heads " + heads + ")";
    }
}
