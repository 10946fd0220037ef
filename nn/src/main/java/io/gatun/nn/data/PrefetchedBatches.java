/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.lang.ref.Cleaner;

/** Batches that background threads make in advance. */
final class PrefetchedBatches implements BatchIterator {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Prefetcher prefetcher;
    private final Cleaner.Cleanable cleanable;
    private final int count;
    private int position;
    private long waited;
    private boolean closed;

    PrefetchedBatches(Prefetcher prefetcher, int first, int count) {
        this.prefetcher = prefetcher;
        this.position = first;
        this.count = count;
        // Who breaks out of a loop forgets the walk; its threads must not wait for ever.
        this.cleanable = CLEANER.register(this, prefetcher::stop);
        prefetcher.start();
    }

    @Override
    public boolean hasNext() {
        return !closed && position < count;
    }

    @Override
    public Batch next() {
        if (!hasNext()) {
            throw DirectBatches.exhausted(closed, count);
        }
        long start = System.nanoTime();
        try {
            Batch batch = prefetcher.take(position);
            position++;
            return batch;
        } catch (DataException e) {
            close();
            throw e;
        } finally {
            waited += System.nanoTime() - start;
        }
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
        closed = true;
        cleanable.clean();
        prefetcher.join();
    }
}
