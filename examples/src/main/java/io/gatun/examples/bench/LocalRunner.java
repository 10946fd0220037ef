/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a workload in this process: on the calling thread, or on as many threads as there are
 * callers.
 */
public final class LocalRunner implements Runner {
    private final Workload workload;
    private final List<Stepper> steppers = new ArrayList<>();
    private final @Nullable ExecutorService threads;
    private final LongSupplier compiler;

    /** Takes a workload over; closing the runner closes it. */
    public LocalRunner(Workload workload) {
        this(workload, System::nanoTime, ProcessorTime::compilerMillis);
    }

    LocalRunner(Workload workload, LongSupplier clock, LongSupplier compiler) {
        this.workload = workload;
        this.compiler = compiler;
        int callers = workload.job().callers();
        if (callers == 1) {
            threads = null;
            steppers.add(new Stepper(workload::step, clock));
        } else {
            threads = Executors.newFixedThreadPool(callers);
            for (int i = 0; i < callers; i++) {
                steppers.add(new Stepper(workload.caller(), clock));
            }
        }
    }

    @Override
    public Job job() {
        return workload.job();
    }

    @Override
    public String peer() {
        return workload.peer();
    }

    @Override
    public String version() {
        return "";
    }

    @Override
    public Round round(double settleMillis, double roundMillis) {
        if (threads != null) {
            return together(threads, settleMillis, roundMillis);
        }
        Stepper stepper = steppers.getFirst();
        stepper.settle(settleMillis);
        stepper.run(roundMillis);
        StepTimes times = StepTimes.of(stepper.times());
        return new Round(times, times.medianNanos());
    }

    private Round together(ExecutorService pool, double settleMillis, double roundMillis) {
        CyclicBarrier start = new CyclicBarrier(steppers.size());
        List<Callable<Double>> tasks = new ArrayList<>();
        for (Stepper stepper : steppers) {
            tasks.add(() -> {
                start.await();
                stepper.settle(settleMillis);
                stepper.run(roundMillis);
                return stepper.rate();
            });
        }
        double rate = 0;
        try {
            for (Future<Double> each : pool.invokeAll(tasks)) {
                rate += each.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while callers ran", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a caller failed: " + e.getCause(), e);
        }
        long[] times =
                steppers.stream().flatMapToLong(each -> Arrays.stream(each.times())).toArray();
        return new Round(StepTimes.of(times), 1 / rate);
    }

    @Override
    public long compilerMillis() {
        return compiler.getAsLong();
    }

    @Override
    public float[] outputs(int steps) {
        float[] all = {};
        for (int i = 0; i < steps; i++) {
            workload.step();
            float[] one = workload.output();
            all = Arrays.copyOf(all, all.length + one.length);
            System.arraycopy(one, 0, all, all.length - one.length, one.length);
        }
        return all;
    }

    @Override
    public MemoryFigures memory() {
        return new MemoryFigures(workload.peakNativeBytes(), MemoryFigures.residentNow(), -1);
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdown();
        }
        workload.close();
    }
}
