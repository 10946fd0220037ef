/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How a data set is cut into batches; immutable. Each epoch visits every sample once:
 *
 * <pre>{@code
 * Batches batches = dataset.batches(64).shuffle(42);
 * for (Batch batch : batches.epoch(0)) { ... }
 * }</pre>
 *
 * <p>Batches are made one at a time, when the loop asks for them, in the scope that is open at that
 * moment. A loop that opens a scope per step calls {@link Iterator#next} inside of it.
 */
public final class Batches {
    private final Dataset dataset;
    private final int size;
    private final boolean shuffled;
    private final long seed;
    private final boolean dropLast;

    /**
     * The order of an epoch that has ended, for the next one to reuse: its content means nothing.
     */
    private final AtomicReference<int @Nullable []> spare = new AtomicReference<>();

    private Batches(Dataset dataset, int size, boolean shuffled, long seed, boolean dropLast) {
        this.dataset = dataset;
        this.size = size;
        this.shuffled = shuffled;
        this.seed = seed;
        this.dropLast = dropLast;
    }

    /**
     * Batches in the data set's own order.
     *
     * @param dataset the samples
     * @param size samples per batch, at least 1; the last batch of an epoch may be smaller
     * @return the batches
     * @throws IllegalArgumentException if the size is less than 1
     */
    public static Batches of(Dataset dataset, int size) {
        if (size < 1) {
            throw new IllegalArgumentException(
                    "Batches: a batch needs at least 1 sample, got " + size);
        }
        return new Batches(dataset, size, false, 0, false);
    }

    /**
     * The same batches with the samples in a new random order in each epoch.
     *
     * @param seed the order depends on this, the number of the epoch and the number of samples, and
     *     on nothing else
     * @return shuffled batches
     */
    public Batches shuffle(long seed) {
        return new Batches(dataset, size, true, seed, dropLast);
    }

    /**
     * The same batches without the last one of each epoch where it would be smaller than the
     * others.
     *
     * @return batches that are all of one size
     */
    public Batches dropLast() {
        return new Batches(dataset, size, shuffled, seed, true);
    }

    /**
     * Where the samples come from.
     *
     * @return the data set
     */
    public Dataset dataset() {
        return dataset;
    }

    /**
     * Samples per batch.
     *
     * @return the size of all batches but perhaps the last
     */
    public int size() {
        return size;
    }

    /**
     * Number of batches in an epoch.
     *
     * @return how many there are, perhaps 0
     */
    public int count() {
        int whole = dataset.size() / size;
        return dropLast || dataset.size() % size == 0 ? whole : whole + 1;
    }

    /**
     * Number of samples in an epoch.
     *
     * @return the size of the data set, less what {@link #dropLast} leaves out
     */
    public int samples() {
        return dropLast ? dataset.size() / size * size : dataset.size();
    }

    /**
     * One pass over the data set. It may be walked more than once, also by several threads, always
     * in the same order.
     *
     * @param epoch its number; without {@link #shuffle} all epochs are alike
     * @return the batches, each made when it is asked for
     */
    public Iterable<Batch> epoch(int epoch) {
        return () -> new Epoch(epoch);
    }

    private final class Epoch implements Iterator<Batch> {
        private final int samples = samples();
        private int @Nullable [] order;
        private int[] rows = new int[Math.min(size, samples)];
        private int at;

        Epoch(int epoch) {
            order = shuffled && samples > 0 ? order(epoch) : null;
        }

        @Override
        public boolean hasNext() {
            return at < samples;
        }

        @Override
        public Batch next() {
            int count = Math.min(size, samples - at);
            if (count <= 0) {
                throw new NoSuchElementException(
                        "all " + count() + " batches of this epoch were taken");
            }
            if (count < rows.length) {
                rows = new int[count];
            }
            int[] permutation = order;
            if (permutation == null) {
                for (int i = 0; i < count; i++) {
                    rows[i] = at + i;
                }
            } else {
                System.arraycopy(permutation, at, rows, 0, count);
            }
            Batch batch = dataset.batch(rows);
            at += count;
            if (at >= samples && permutation != null) {
                order = null;
                spare.set(permutation);
            }
            return batch;
        }

        /**
         * Fisher and Yates' shuffle of all samples, from the identity, whatever array it happens
         * in.
         */
        private int[] order(int epoch) {
            int n = dataset.size();
            int[] reused = spare.getAndSet(null);
            int[] out = reused != null && reused.length == n ? reused : new int[n];
            for (int i = 0; i < n; i++) {
                out[i] = i;
            }
            SplittableRandom random = Seeds.of(seed, epoch);
            for (int i = n - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swap = out[i];
                out[i] = out[j];
                out[j] = swap;
            }
            return out;
        }
    }
}
