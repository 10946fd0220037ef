/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A walk through the batches of an epoch. Belongs to one thread at a time.
 *
 * <p>{@link #close} ends background threads early; a walk that went to its end, or that nobody can
 * reach any more, needs none.
 */
public interface BatchIterator extends Iterator<Batch>, AutoCloseable {
    /**
     * The next batch, which belongs to the scope that is open now.
     *
     * @return the batch
     * @throws NoSuchElementException if all were taken, or the walk was closed
     * @throws DataException if a background thread could not make this batch; its cause says why
     */
    @Override
    Batch next();

    /**
     * Number of the batch that {@link #next} gives, from 0. With {@link Batches#epoch(int, int)} a
     * walk begins there again, in another process too.
     *
     * @return batches of this epoch that are behind, those before the walk's first one included
     */
    int position();

    /**
     * How long {@link #next} took in all: what the consumer lost by waiting for data.
     *
     * @return nanoseconds since the walk began
     */
    long waitedNanos();

    /**
     * Ends the walk: gives back what was made in advance, and waits for background threads to
     * finish the batch that they are at. Closing twice does nothing.
     */
    @Override
    void close();
}
