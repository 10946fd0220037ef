/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Activations;
import io.gatun.Tensor;

/**
 * What the two players of a generative adversarial network minimise. Scores are what the
 * discriminator gives, without a sigmoid at its end, of any shape; losses are scalars, means over
 * the batch. All are stable for scores of any size.
 */
public enum GanLoss {
    /**
     * The original game with the generator's non-saturating loss: the discriminator minimises
     * -log(sigmoid(real)) - log(1 - sigmoid(fake)), the generator -log(sigmoid(fake)). Goodfellow
     * et al., "Generative adversarial nets", 2014.
     */
    NON_SATURATING {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake) {
            return Activations.softplus(real.neg()).mean().add(Activations.softplus(fake).mean());
        }

        @Override
        public Tensor generator(Tensor fake) {
            return Activations.softplus(fake.neg()).mean();
        }
    },

    /**
     * Least squares: the discriminator minimises (real - 1)^2 / 2 + fake^2 / 2, the generator (fake
     * - 1)^2 / 2. Mao et al., "Least squares generative adversarial networks", 2017.
     */
    LEAST_SQUARES {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake) {
            return real.add(-1).square().mean().add(fake.square().mean()).mul(0.5f);
        }

        @Override
        public Tensor generator(Tensor fake) {
            return fake.add(-1).square().mean().mul(0.5f);
        }
    },

    /**
     * The Wasserstein distance: the critic minimises fake - real, the generator -fake. Arjovsky,
     * Chintala and Bottou, "Wasserstein GAN", 2017. The critic has to be kept smooth, for example
     * by limiting its weights.
     */
    WASSERSTEIN {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake) {
            return fake.mean().sub(real.mean());
        }

        @Override
        public Tensor generator(Tensor fake) {
            return fake.mean().neg();
        }
    };

    /**
     * The discriminator's loss.
     *
     * @param real its scores of real samples
     * @param fake its scores of the generator's samples
     * @return a scalar
     */
    public abstract Tensor discriminator(Tensor real, Tensor fake);

    /**
     * The generator's loss.
     *
     * @param fake the discriminator's scores of its samples
     * @return a scalar
     */
    public abstract Tensor generator(Tensor fake);
}
