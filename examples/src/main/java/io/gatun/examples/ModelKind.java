/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Shape;
import io.gatun.nn.Adam;
import io.gatun.nn.Layer;
import io.gatun.nn.Models;
import io.gatun.nn.Optimizer;
import io.gatun.nn.Sgd;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The models that the command line knows, each with the settings that suit it. */
enum ModelKind {
    /** The convolutional network, with Adam at 1e-3. */
    LENET5(64, "Adam 1e-3") {
        @Override
        Layer create() {
            return Models.lenet5();
        }

        @Override
        Optimizer optimizer() {
            return Adam.of(1e-3);
        }
    },

    /** The perceptron 784-512-512-10, with momentum. */
    MLP(128, "SGD 0.05, momentum 0.9") {
        @Override
        Layer create() {
            return Models.mlp(784, 512, 512, 10);
        }

        @Override
        Optimizer optimizer() {
            return Sgd.of(0.05, 0.9);
        }
    };

    /** One digit, as every model here takes it. */
    static final Shape INPUT = Shape.of(1, 28, 28);

    private final int batch;
    private final String method;

    ModelKind(int batch, String method) {
        this.batch = batch;
        this.method = method;
    }

    /** A model with freshly drawn parameters. */
    abstract Layer create();

    /** A new optimizer. */
    abstract Optimizer optimizer();

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
            throw new TypeConversionException("'" + value + "' is neither lenet5 nor mlp");
        }
    }

    /** The name, as a user types it and a file holds it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
