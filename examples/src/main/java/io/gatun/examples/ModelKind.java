/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Shape;
import io.gatun.nn.Adam;
import io.gatun.nn.Layer;
import io.gatun.nn.Optimizer;
import io.gatun.nn.Sgd;
import io.gatun.nn.zoo.CifarResNet;
import io.gatun.nn.zoo.LeNet5;
import io.gatun.nn.zoo.Mlp;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The models that the command line knows, each with the settings that suit it. */
enum ModelKind {
    /** The convolutional network, with Adam at 1e-3. */
    LENET5(64, 3, "Adam", 1e-3) {
        @Override
        Layer create() {
            return LeNet5.of();
        }

        @Override
        Optimizer optimizer(double rate) {
            return Adam.of(rate);
        }
    },

    /** The perceptron 784-512-512-10, with momentum. */
    MLP(128, 3, "SGD, momentum 0.9", 0.05) {
        @Override
        Layer create() {
            return Mlp.of(784, 512, 512, 10);
        }

        @Override
        Optimizer optimizer(double rate) {
            return Sgd.of(rate, 0.9);
        }
    },

    /**
     * The residual network for CIFAR-10, with the settings of its paper but for the epochs, ten
     * times the weight decay and smoothed labels: with 30,000 images it learnt too many of them by
     * heart.
     */
    RESNET20(128, 10, "SGD, momentum 0.9, weight decay 1e-3", 0.1) {
        @Override
        Layer create() {
            return CifarResNet.of(20);
        }

        @Override
        Optimizer optimizer(double rate) {
            return Sgd.of(rate, 0.9).nesterov().weightDecay(1e-3);
        }

        @Override
        double labelSmoothing() {
            return 0.1;
        }

        @Override
        boolean takesDigits() {
            return false;
        }
    };

    /** One digit, as the models of digits take it. */
    static final Shape INPUT = Shape.of(1, 28, 28);

    private final int batch;
    private final int epochs;
    private final String method;
    private final double rate;

    ModelKind(int batch, int epochs, String method, double rate) {
        this.batch = batch;
        this.epochs = epochs;
        this.method = method;
        this.rate = rate;
    }

    /** A model with freshly drawn parameters. */
    abstract Layer create();

    /** A new optimizer. */
    abstract Optimizer optimizer(double rate);

    /** The usual share of a label that goes to all classes alike. */
    double labelSmoothing() {
        return 0;
    }

    /** Whether it is a model of digits; else of small photographs. */
    boolean takesDigits() {
        return true;
    }

    /** The usual number of epochs. */
    int epochs() {
        return epochs;
    }

    /** The usual learning rate. */
    double rate() {
        return rate;
    }

    /** The usual batch size in training. */
    int batch() {
        return batch;
    }

    /** What the optimizer is, in words. */
    String method() {
        return method;
    }

    /** Understands a model's name on the command line. */
    static final class Converter implements ITypeConverter<ModelKind> {
        @Override
        public ModelKind convert(String value) {
            for (ModelKind kind : values()) {
                if (kind.toString().equals(value.toLowerCase(Locale.ROOT))) {
                    return kind;
                }
            }
            throw new TypeConversionException(
                    "'" + value + "' is none of lenet5, mlp and resnet20");
        }
    }

    /** The name, as a user types it and a file holds it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
