/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.io.IOException;

/**
 * A {@link TrainingListener} with a memory that its effect depends on, such as the best loss so
 * far: checkpoints keep it, so that a resumed run goes on as if nothing had been.
 */
public interface Resumable {
    /**
     * Puts all that {@link #restore} needs.
     *
     * @param to a part of the checkpoint of its own
     */
    void save(Snapshot to);

    /**
     * Goes on from where it was; called after {@link TrainingListener#trainingStarted}.
     *
     * @param from what {@link #save} has put
     * @throws IOException if it is not what it has put
     */
    void restore(Snapshot from) throws IOException;
}
