/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Memory;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Batches;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.Mlp;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Trains a multilayer perceptron for many steps without closing anything, and prints how much
 * memory the process has: a program, not a test. Arguments: style ({@code trainer}, {@code tape} or
 * {@code loose}) and the number of steps. Ends with status 1 if resident memory leaves the band of
 * 2 % around its size after the first twentieth of the steps.
 */
public final class SoakMain {
    private static final int BATCH = 128;
    private static final int FEATURES = 784;
    private static final int CLASSES = 10;
    private static final double BAND = 0.02;

    private final int steps;
    private final int every;
    private final Layer model = Mlp.of(FEATURES, 512, 512, CLASSES).initialize(1);
    private final Optimizer optimizer = Adam.of(1e-4);
    private int done;
    private long base;
    private long least = Long.MAX_VALUE;
    private long most;
    private long allocatedNative;
    private long allocatedHeap;

    private SoakMain(int steps) {
        this.steps = steps;
        this.every = Math.max(1, steps / 20);
    }

    public static void main(String[] args) {
        String style = args.length > 0 ? args[0] : "trainer";
        SoakMain soak = new SoakMain(args.length > 1 ? Integer.parseInt(args[1]) : 20_000);
        System.out.printf(Locale.ROOT, "%s, %d steps, %s%n", style, soak.steps, options());
        switch (style) {
            case "trainer" -> soak.trainer();
            case "tape" -> soak.tape();
            case "loose" -> soak.loose();
            default -> throw new IllegalArgumentException("trainer, tape or loose: " + style);
        }
        System.exit(soak.verdict() ? 0 : 1);
    }

    private static List<String> options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X"))
                .toList();
    }

    private Batches batches() {
        TensorDataset data = Synthetic.blobs(100 * BATCH, CLASSES, 1, FEATURES);
        return data.batches(BATCH).shuffle(1);
    }

    /** The library's own loop. */
    private void trainer() {
        TrainingListener watch =
                new TrainingListener() {
                    @Override
                    public void stepTaken(Run run, Step step) {
                        stepDone();
                        if (done >= steps) {
                            run.stop("enough");
                        }
                    }
                };
        Trainer.of(model, optimizer, Losses.crossEntropy())
                .metrics(Metrics.accuracy())
                .listeners(watch)
                .fit(batches(), Integer.MAX_VALUE);
    }

    /** A loop by hand; all tensors are made inside the tape. */
    private void tape() {
        Batches batches = batches();
        for (int epoch = 1; done < steps; epoch++) {
            Iterator<Batch> each = batches.epoch(epoch).iterator();
            while (each.hasNext() && done < steps) {
                try (Tape tape = Tape.open()) {
                    Batch batch = each.next();
                    train(tape, batch.inputs(), batch.labels());
                }
                stepDone();
            }
        }
    }

    /** A loop by hand with batches made outside of any scope, left to the garbage collector. */
    private void loose() {
        SplittableRandom random = new SplittableRandom(1);
        float[] pixels = new float[BATCH * FEATURES];
        int[] labels = new int[BATCH];
        while (done < steps) {
            for (int i = 0; i < BATCH; i++) {
                labels[i] = random.nextInt(CLASSES);
                for (int p = 0; p < FEATURES; p++) {
                    int at = i * FEATURES + p;
                    pixels[at] = (p * 31 + labels[i] * 7) % 17 / 17f + (at % 5) * 0.1f;
                }
            }
            Tensor x = Tensor.of(pixels, BATCH, FEATURES);
            Tensor y = Tensor.of(labels);
            try (Tape tape = Tape.open()) {
                train(tape, x, y);
            }
            stepDone();
        }
    }

    private void train(Tape tape, Tensor x, Tensor labels) {
        Tensor loss = Losses.crossEntropy().apply(model.forward(x), labels);
        optimizer.step(tape.gradients(loss, model.parameters()));
    }

    private void stepDone() {
        if (++done % every != 0) {
            return;
        }
        long resident = resident();
        if (base == 0) {
            base = resident;
        }
        least = Math.min(least, resident);
        most = Math.max(most, resident);
        Memory.Report report = Memory.report();
        long heap = heapAllocated();
        long collections = 0;
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += bean.getCollectionCount();
        }
        System.out.printf(
                Locale.ROOT,
                "step %6d  resident %8d kB  %+6.2f %%  heap committed %7d kB  heap bytes per step"
                        + " %6d  native live %6d kB, pooled %6d kB, new %6d kB  collections %d%n",
                done,
                resident,
                100.0 * (resident - base) / base,
                Runtime.getRuntime().totalMemory() >> 10,
                (heap - allocatedHeap) / every,
                report.liveBytes() >> 10,
                report.pooledBytes() >> 10,
                (report.allocatedBytes() - allocatedNative) >> 10,
                collections);
        allocatedNative = report.allocatedBytes();
        allocatedHeap = heap;
    }

    private boolean verdict() {
        boolean flat = least >= base * (1 - BAND) && most <= base * (1 + BAND);
        System.out.printf(
                Locale.ROOT,
                "%s: resident memory from %+.2f %% to %+.2f %% of %d kB%n",
                flat ? "flat" : "NOT FLAT",
                100.0 * (least - base) / base,
                100.0 * (most - base) / base,
                base);
        return flat;
    }

    private static long heapAllocated() {
        return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean bean
                ? bean.getCurrentThreadAllocatedBytes()
                : 0;
    }

    /** VmRSS in kB; 0 where there is no such file. */
    private static long resident() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            System.out.println("resident memory is not known: " + e.getMessage());
        }
        return 0;
    }
}
