/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import java.util.List;
import java.util.Optional;

/** All experiments, in the order of the course. */
public final class Experiments {
    private static final List<Experiment> ALL =
            List.of(
                    // The basics.
                    new Autodiff(),
                    new Spiral(),
                    new Universal(),
                    new Capacity(),
                    // Training.
                    new Optimizers(),
                    new LearningRates(),
                    new BatchSize(),
                    new Initialisation(),
                    new Vanishing(),
                    new BatchNormExperiment(),
                    // Generalising.
                    new DropoutExperiment(),
                    new EarlyStop(),
                    new AugmentationExperiment(),
                    new CrossValidationExperiment(),
                    // What networks see.
                    new FixedKernels(),
                    new Invariance(),
                    new ReceptiveFields(),
                    new SmallKernels(),
                    new Features(),
                    new ClassicFeatures(),
                    // Famous networks.
                    new LeNet(),
                    new Inception(),
                    new DeepResidual(),
                    new Transfer(),
                    // Images to images.
                    new Denoise(),
                    new Autoencoders(),
                    new VariationalAutoencoder(),
                    new AdversarialDigits(),
                    // Sequences.
                    new Hello(),
                    new NamesByCharacter());

    private Experiments() {}

    /**
     * All of them.
     *
     * @return in the order of the course
     */
    public static List<Experiment> all() {
        return ALL;
    }

    /**
     * One of them.
     *
     * @param name as in {@link Experiment#name}
     * @return empty if there is none of that name
     */
    public static Optional<Experiment> find(String name) {
        return ALL.stream().filter(experiment -> experiment.name().equals(name)).findFirst();
    }
}
