/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

/** The zoo's generative and recurrent models, node by node. */
final class GenerativeGraphs {
    private GenerativeGraphs() {}

    static String dcganGenerator(OnnxGraph g, String x) {
        String y = g.up(g.reshape(x, -1, 100, 1, 1), 1, 0, false);
        for (int i = 0; i < 4; i++) {
            y = g.up(g.relu(g.norm(y, 1e-5)), 2, 1, false);
        }
        return g.flatten(g.tanh(y));
    }

    static String dcganDiscriminator(OnnxGraph g, String x) {
        String y = g.leaky(g.conv(x, 2, 1, 1, false));
        for (int i = 0; i < 3; i++) {
            y = g.leaky(g.convNorm(y, 2, 1, 1));
        }
        return g.flatten(g.conv(y, 1, 0, 1, false));
    }

    static ZooGraphs.Writer mnistGenerator(int channels) {
        return (g, x) -> {
            String y = g.relu(g.norm(g.dense(x), 1e-5));
            y = g.up(g.reshape(y, -1, 4L * channels, 3, 3), 2, 0, false);
            y = g.up(g.relu(g.norm(y, 1e-5)), 2, 1, false);
            return g.flatten(g.tanh(g.up(g.relu(g.norm(y, 1e-5)), 2, 1, true)));
        };
    }

    static String mnistDiscriminator(OnnxGraph g, String x) {
        String y = g.leaky(g.conv(x, 2, 1, 1, true));
        y = g.leaky(g.convNorm(y, 2, 1, 1));
        return g.dense(g.flatten(g.leaky(g.convNorm(y, 2, 0, 1))));
    }

    /** Four dense layers to the code and four back. */
    static String autoencoder(OnnxGraph g, String x) {
        return ZooGraphs.mlp(4).write(g, ZooGraphs.mlp(4).write(g, x));
    }

    static String convolutionalAutoencoder(OnnxGraph g, String x) {
        String code = g.convRelu(g.convRelu(x, 2, 1), 2, 1);
        String y = g.relu(g.dense(g.dense(g.flatten(code))));
        y = g.relu(g.up(g.reshape(y, -1, 32, 7, 7), 2, 1, true));
        return g.flatten(g.up(y, 2, 1, true));
    }

    /** In inference the code is its mean: the first half of what the encoder gives. */
    static ZooGraphs.Writer vae(int latent) {
        return (g, x) -> {
            long[] means = new long[latent];
            for (int i = 0; i < latent; i++) {
                means[i] = i;
            }
            String code = g.channels(ZooGraphs.mlp(3).write(g, x), means);
            return ZooGraphs.mlp(3).write(g, code);
        };
    }

    static ZooGraphs.Writer denoiser(int depth) {
        return (g, x) -> {
            String y = x;
            for (int i = 0; i < depth; i++) {
                y = g.conv(i == 0 ? y : g.relu(y), 1, 1, 1, true);
            }
            return g.flatten(g.sum(x, y));
        };
    }

    /** Characters are the whole parts of the input; the operator is RNN, LSTM or GRU. */
    static ZooGraphs.Writer characters(String operator, int hidden) {
        return (g, x) -> {
            String states = g.recurrent(operator, g.embedded(x), hidden);
            return g.dense(g.reshape(states, -1, hidden));
        };
    }
}
