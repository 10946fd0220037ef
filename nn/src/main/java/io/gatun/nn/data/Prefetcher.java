/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Handover;
import io.gatun.Scope;
import io.gatun.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Background threads that make batches ahead of their consumer, at most some at a time. Each takes
 * the lowest number that nobody has taken, and puts the result into a ring, from which the consumer
 * takes them in order.
 */
final class Prefetcher {
    /** A batch on its way to the consumer, or why there is none. */
    private record Made(@Nullable Handover tensors, @Nullable Throwable failure) {
        void discard() {
            if (tensors != null) {
                tensors.close();
            }
        }
    }

    private final IntFunction<Batch> maker;
    private final int count;
    private final Runnable atEnd;
    private final @Nullable Made[] ring;
    private final List<Thread> threads = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition made = lock.newCondition();
    private final Condition room = lock.newCondition();

    /** Numbers below are made, being made, or were taken by the consumer. */
    private int claimed;

    /** Numbers below were taken by the consumer. */
    private int taken;

    private int running;
    private boolean stopped;

    /**
     * Threads that do not run yet.
     *
     * @param maker makes the batch of a number in the current scope; called by several threads
     * @param first where to begin
     * @param count batches of the epoch
     * @param workers number of threads
     * @param depth batches that are made in advance at most
     * @param atEnd called once when the maker is not needed any more
     */
    Prefetcher(
            IntFunction<Batch> maker,
            int first,
            int count,
            int workers,
            int depth,
            Runnable atEnd) {
        this.maker = maker;
        this.claimed = first;
        this.taken = first;
        this.count = count;
        this.atEnd = atEnd;
        this.ring = new Made[depth];
        for (int i = 0; i < workers; i++) {
            Thread thread = new Thread(this::work, "gatun-batches-" + (i + 1));
            thread.setDaemon(true);
            threads.add(thread);
        }
        running = workers;
    }

    void start() {
        threads.forEach(Thread::start);
    }

    private void work() {
        try {
            for (int number = claim(); number >= 0; number = claim()) {
                put(number, make(number));
            }
        } finally {
            lock.lock();
            try {
                if (--running == 0) {
                    atEnd.run();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** The number of the next batch to make, when there is room for it; -1 when all is done. */
    private int claim() {
        lock.lock();
        try {
            while (!stopped && claimed < count && claimed - taken >= ring.length) {
                room.awaitUninterruptibly();
            }
            if (stopped || claimed >= count) {
                return -1;
            }
            int number = claimed++;
            if (claimed == count) {
                room.signalAll(); // who waits for room has nothing to do any more
            }
            return number;
        } finally {
            lock.unlock();
        }
    }

    private Made make(int number) {
        // One thread: the cores belong to the consumer, and sums do not depend on how many there
        // are.
        try (Scope _ = Scope.open(1)) {
            Batch batch = maker.apply(number);
            List<Tensor> all = new ArrayList<>(2 + batch.extras().size());
            all.add(batch.inputs());
            all.add(batch.labels());
            all.addAll(batch.extras());
            return new Made(Handover.of(all), null);
        } catch (Throwable t) { // whatever it is, the consumer must not wait for ever
            return new Made(null, t);
        }
    }

    private void put(int number, Made result) {
        lock.lock();
        try {
            if (stopped) {
                result.discard();
                return;
            }
            ring[number % ring.length] = result;
            if (result.failure() != null) {
                claimed = count; // the consumer will not come so far
                room.signalAll();
            }
            made.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The batch of a number, in the current scope of the calling thread. */
    Batch take(int number) {
        Made result;
        lock.lock();
        try {
            int place = number % ring.length;
            Made found = ring[place];
            while (found == null) {
                made.await();
                found = ring[place];
            }
            result = found;
            ring[place] = null;
            taken = number + 1;
            room.signal();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException("interrupted while waiting for batch " + number, e);
        } finally {
            lock.unlock();
        }
        Handover tensors = result.tensors();
        if (tensors == null) {
            Throwable cause = result.failure();
            throw new DataException("batch " + number + " could not be made: " + cause, cause);
        }
        List<Tensor> all = tensors.receive();
        return new Batch(all.get(0), all.get(1), all.subList(2, all.size()));
    }

    /** Makes no more batches and gives back those that wait. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            for (int i = 0; i < ring.length; i++) {
                Made waiting = ring[i];
                if (waiting != null) {
                    waiting.discard();
                    ring[i] = null;
                }
            }
            room.signalAll();
            made.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the threads to end. */
    void join() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true; // they end by themselves, soon
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
