/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.NoSuchElementException;
import java.util.function.IntFunction;

/** Batches made when they are asked for, by the thread that asks. */
final class DirectBatches implements BatchIterator {
    private final IntFunction<Batch> maker;
    private final int count;
    private final Runnable atEnd;
    private int position;
    private long waited;
    private boolean closed;

    /**
     * A walk.
     *
     * @param maker makes the batch of a number in the current scope
     * @param first where to begin
     * @param count batches of the epoch
     * @param atEnd called once when the maker is not needed any more
     */
    DirectBatches(IntFunction<Batch> maker, int first, int count, Runnable atEnd) {
        this.maker = maker;
        this.position = first;
        this.count = count;
        this.atEnd = atEnd;
    }

    @Override
    public boolean hasNext() {
        return !closed && position < count;
    }

    @Override
    public Batch next() {
        if (!hasNext()) {
            throw exhausted(closed, count);
        }
        long start = System.nanoTime();
        Batch batch = maker.apply(position);
        waited += System.nanoTime() - start;
        position++;
        if (position == count) {
            atEnd.run();
        }
        return batch;
    }

    static NoSuchElementException exhausted(boolean closed, int count) {
        return new NoSuchElementException(
                closed
                        ? "this walk through the batches was closed"
                        : "all " + count + " batches of this epoch were taken");
    }

    @Override
    public int position() {
        return position;
    }

    @Override
    public long waitedNanos() {
        return waited;
    }

    @Override
    public void close() {
        if (hasNext()) {
            atEnd.run();
        }
        closed = true;
    }
}
