/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Tensor;
import io.gatun.nn.data.Batch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link Trainer} minimises for a batch, where one loss of one output is not enough: models
 * with several inputs or outputs, sums of losses, penalties.
 *
 * <pre>{@code
 * Objective objective = batch -> {
 *     Tensor code = encoder.forward(batch.inputs());
 *     Tensor classes = classifier.forward(code);
 *     Tensor copies = decoder.forward(code);
 *     Tensor label = Losses.crossEntropy().apply(classes, batch.labels());
 *     Tensor copy = Losses.mse().apply(copies, batch.inputs());
 *     return Outcome.of(label.add(copy.mul(0.1f)), classes, batch.labels())
 *             .part("label", label)
 *             .part("copy", copy);
 * };
 * }</pre>
 */
@FunctionalInterface
public interface Objective {
    /**
     * Runs the model and computes the loss; a tape is open in training, a scope in validation.
     *
     * @param batch the samples
     * @return the loss and what metrics look at
     */
    Outcome apply(Batch batch);

    /**
     * One loss of a model's output and the batch's labels.
     *
     * @param model takes the batch's inputs
     * @param loss takes the model's output and the batch's labels
     * @return the objective
     */
    static Objective of(Layer model, Loss loss) {
        return batch -> {
            Tensor output = model.forward(batch.inputs());
            return Outcome.of(loss.apply(output, batch.labels()), output, batch.labels());
        };
    }

    /**
     * What an objective found.
     *
     * @param loss to minimise: a scalar, the mean over the batch
     * @param output what metrics look at, [N, ...]
     * @param target what the output should have been, [N, ...]
     * @param parts scalars by name that are reported beside the loss, each the mean over the batch
     */
    record Outcome(Tensor loss, Tensor output, Tensor target, Map<String, Tensor> parts) {
        /** Copies the map. */
        public Outcome {
            parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        }

        /**
         * An outcome without named parts.
         *
         * @param loss to minimise: a scalar, the mean over the batch
         * @param output what metrics look at, [N, ...]
         * @param target what the output should have been, [N, ...]
         * @return the outcome
         */
        public static Outcome of(Tensor loss, Tensor output, Tensor target) {
            return new Outcome(loss, output, target, Map.of());
        }

        /**
         * This outcome with one more part: it is reported, and changes nothing else.
         *
         * @param name such as {@code kl}
         * @param value a scalar, the mean over the batch
         * @return a new outcome
         */
        public Outcome part(String name, Tensor value) {
            Map<String, Tensor> all = new LinkedHashMap<>(parts);
            all.put(name, value);
            return new Outcome(loss, output, target, all);
        }
    }
}
