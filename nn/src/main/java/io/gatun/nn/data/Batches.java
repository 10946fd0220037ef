/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Scope;
import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How a data set is cut into batches; immutable. Each epoch visits every sample once:
 *
 * <pre>{@code
 * Batches batches = dataset.batches(64).shuffle(42).prefetch(2);
 * for (Batch batch : batches.epoch(0)) { ... }
 * }</pre>
 *
 * <p>Without {@link #prefetch}, batches are made one at a time, when the loop asks for them. In any
 * case they belong to the scope that is open when the loop asks: a loop that opens a scope per step
 * calls {@link BatchIterator#next} inside of it. What an epoch holds depends on the data set, the
 * seeds and the number of the epoch, not on threads.
 */
public final class Batches {
    private static final int MAX_WORKERS = 256;

    private record Plan(
            Dataset dataset,
            int size,
            boolean shuffled,
            long seed,
            boolean dropLast,
            int workers,
            int depth,
            List<BatchTransform> transforms) {}

    private final Plan plan;

    /**
     * The order of an epoch that has ended, for the next one to reuse: its content means nothing.
     */
    private final AtomicReference<int @Nullable []> spare = new AtomicReference<>();

    private Batches(Plan plan) {
        this.plan = plan;
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
        return new Batches(new Plan(dataset, size, false, 0, false, 0, 0, List.of()));
    }

    /**
     * The same batches with the samples in a new random order in each epoch.
     *
     * @param seed the order depends on this, the number of the epoch and the number of samples, and
     *     on nothing else
     * @return shuffled batches
     */
    public Batches shuffle(long seed) {
        Plan p = plan;
        return new Batches(
                new Plan(
                        p.dataset,
                        p.size,
                        true,
                        seed,
                        p.dropLast,
                        p.workers,
                        p.depth,
                        p.transforms));
    }

    /**
     * The same batches without the last one of each epoch where it would be smaller than the
     * others.
     *
     * @return batches that are all of one size
     */
    public Batches dropLast() {
        Plan p = plan;
        return new Batches(
                new Plan(
                        p.dataset,
                        p.size,
                        p.shuffled,
                        p.seed,
                        true,
                        p.workers,
                        p.depth,
                        p.transforms));
    }

    /**
     * The same batches, made in advance by background threads: twice as many batches as threads.
     *
     * @param workers number of threads, 1 to 256; 0 for none
     * @return batches that are ready when they are asked for, if the threads keep up
     * @throws IllegalArgumentException if the number is out of range
     */
    public Batches prefetch(int workers) {
        return prefetch(workers, 2 * workers);
    }

    /**
     * The same batches, made in advance by background threads. Each epoch's walk has threads of its
     * own, which wait while enough batches are ready and end with the walk.
     *
     * @param workers number of threads, 1 to 256; 0 for none
     * @param depth batches that may be ready or in the making at once; each takes memory
     * @return batches that are ready when they are asked for, if the threads keep up
     * @throws IllegalArgumentException if a number is out of range
     */
    public Batches prefetch(int workers, int depth) {
        if (workers < 0 || workers > MAX_WORKERS) {
            throw new IllegalArgumentException(
                    "Batches.prefetch: workers = "
                            + workers
                            + ": give 1 to "
                            + MAX_WORKERS
                            + " threads, or 0 for none");
        }
        if (workers > 0 && depth < 1) {
            throw new IllegalArgumentException(
                    "Batches.prefetch: depth = " + depth + ": give at least 1");
        }
        Plan p = plan;
        return new Batches(
                new Plan(
                        p.dataset,
                        p.size,
                        p.shuffled,
                        p.seed,
                        p.dropLast,
                        workers,
                        depth,
                        p.transforms));
    }

    /**
     * The same batches, changed by a function after they were read and after the functions given
     * before.
     *
     * @param transform such as an {@link Augmentation}
     * @return changed batches
     */
    public Batches transform(BatchTransform transform) {
        Plan p = plan;
        List<BatchTransform> all = new ArrayList<>(p.transforms);
        all.add(transform);
        return new Batches(
                new Plan(
                        p.dataset,
                        p.size,
                        p.shuffled,
                        p.seed,
                        p.dropLast,
                        p.workers,
                        p.depth,
                        List.copyOf(all)));
    }

    /**
     * Where the samples come from.
     *
     * @return the data set
     */
    public Dataset dataset() {
        return plan.dataset;
    }

    /**
     * Samples per batch.
     *
     * @return the size of all batches but perhaps the last
     */
    public int size() {
        return plan.size;
    }

    /**
     * Number of batches in an epoch.
     *
     * @return how many there are, perhaps 0
     */
    public int count() {
        int whole = plan.dataset.size() / plan.size;
        return plan.dropLast || plan.dataset.size() % plan.size == 0 ? whole : whole + 1;
    }

    /**
     * Number of samples in an epoch.
     *
     * @return the size of the data set, less what {@link #dropLast} leaves out
     */
    public int samples() {
        return plan.dropLast ? plan.dataset.size() / plan.size * plan.size : plan.dataset.size();
    }

    /** The batches of one epoch: each walk through them gives the same ones. */
    @FunctionalInterface
    public interface Epoch extends Iterable<Batch> {
        @Override
        BatchIterator iterator();
    }

    /**
     * One pass over the data set. It may be walked more than once, also by several threads, always
     * in the same order.
     *
     * @param epoch its number; without {@link #shuffle} and transforms all epochs are alike
     * @return the batches
     */
    public Epoch epoch(int epoch) {
        return epoch(epoch, 0);
    }

    /**
     * The rest of a pass over the data set, as after an interruption: nothing is read of the
     * batches before.
     *
     * @param epoch its number
     * @param firstBatch number of the batch to begin with, 0 to {@link #count}
     * @return the batches from there on, as {@link #epoch(int)} gives them
     * @throws IndexOutOfBoundsException if there is no such batch
     */
    public Epoch epoch(int epoch, int firstBatch) {
        int count = count();
        if (firstBatch < 0 || firstBatch > count) {
            throw new IndexOutOfBoundsException(
                    "Batches.epoch: firstBatch = "
                            + firstBatch
                            + ", but an epoch has "
                            + count
                            + " batches: give 0 to "
                            + count);
        }
        return () -> walk(epoch, firstBatch, count);
    }

    private BatchIterator walk(int epoch, int first, int count) {
        if (first == count) {
            return new DirectBatches(BatchMaker.NONE, first, count, () -> {});
        }
        SampleOrder order =
                plan.shuffled
                        ? SampleOrder.shuffled(
                                plan.dataset.size(),
                                samples(),
                                plan.size,
                                Seeds.of(plan.seed, epoch),
                                spare)
                        : SampleOrder.inOrder(samples(), plan.size);
        BatchMaker maker = new BatchMaker(plan.dataset, order, plan.transforms, epoch);
        return plan.workers == 0
                ? new DirectBatches(maker::make, first, count, order::recycle)
                : new PrefetchedBatches(
                        new Prefetcher(
                                maker::make,
                                first,
                                count,
                                plan.workers,
                                plan.depth,
                                order::recycle),
                        first,
                        count);
    }

    /** Makes any batch of one epoch. */
    private record BatchMaker(
            Dataset dataset, SampleOrder order, List<BatchTransform> transforms, int epoch) {
        static final IntFunction<Batch> NONE =
                number -> {
                    throw new AssertionError("there is no batch " + number);
                };

        Batch make(int number) {
            int[] rows = order.rows(number);
            if (transforms.isEmpty()) {
                return dataset.batch(rows);
            }
            // A scope for what lies in between; one thread, as when it is made in advance.
            try (Scope scope = Scope.open(1)) {
                Batch batch = dataset.batch(rows);
                for (BatchTransform transform : transforms) {
                    batch = transform.apply(batch, epoch, number, rows);
                }
                List<Tensor> extras = new ArrayList<>(batch.extras().size());
                for (Tensor extra : batch.extras()) {
                    extras.add(scope.keep(extra));
                }
                return new Batch(scope.keep(batch.inputs()), scope.keep(batch.labels()), extras);
            }
        }
    }
}
