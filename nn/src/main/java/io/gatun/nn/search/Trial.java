/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

/** Trains with a setting and says how good the result is. */
@FunctionalInterface
public interface Trial {
    /**
     * Trains a model of its own from the start; may be called by several threads at once.
     *
     * @param setting the hyper-parameters
     * @param budget how long to train, such as a number of epochs
     * @return the score on the validation part, such as its accuracy or loss; NaN counts as worst
     * @throws Exception if it cannot be done; the search notes it and goes on
     */
    double run(Setting setting, int budget) throws Exception;
}
