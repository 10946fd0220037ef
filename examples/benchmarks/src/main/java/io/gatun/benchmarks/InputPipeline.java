/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.Loss;
import io.gatun.nn.Losses;
import io.gatun.nn.Optimizer;
import io.gatun.nn.Sgd;
import io.gatun.nn.data.Augmentation;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.BatchIterator;
import io.gatun.nn.data.Batches;
import io.gatun.nn.data.Cifar;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.zoo.CifarResNet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How much the input pipeline slows training down: steps of ResNet-20 with 128 images of 3 x 32 x
 * 32, on batches that were made before and on batches that are shifted, rotated, flipped, cropped
 * and normalised meanwhile, in turns. Arguments: number of background threads (2), steps in a block
 * (20), blocks of each kind (7).
 */
public final class InputPipeline {
    private static final int BATCH = 128;

    private final Layer model = CifarResNet.of(20).initialize(1);
    private final Optimizer optimizer = Sgd.of(0.01);
    private final Loss loss = Losses.crossEntropy();

    private InputPipeline() {}

    /**
     * Measures and prints.
     *
     * @param args see the class
     */
    public static void main(String[] args) {
        int workers = args.length > 0 ? Integer.parseInt(args[0]) : 2;
        int steps = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        int blocks = args.length > 2 ? Integer.parseInt(args[2]) : 7;
        new InputPipeline().run(workers, steps, blocks);
    }

    private void run(int workers, int steps, int blocks) {
        Augmentation augmentation =
                Augmentation.of(7)
                        .shift(0.1)
                        .rotate(15)
                        .flip()
                        .crop(4)
                        .normalize(Cifar.mean(), Cifar.deviation());
        Batches pipeline =
                noise(BATCH * (steps + 2)).batches(BATCH).shuffle(1).transform(augmentation);
        List<Batch> made = new ArrayList<>();
        for (Batch batch : pipeline.epoch(0)) {
            made.add(batch);
            if (made.size() == 8) {
                break;
            }
        }
        double[] before = new double[blocks];
        double[] during = new double[blocks];
        double waited = 0;
        double all = 0;
        for (int block = -1; block < blocks; block++) { // the first one warms up
            long start = System.nanoTime();
            for (int i = 0; i < steps; i++) {
                try (Tape tape = Tape.open()) {
                    step(tape, made.get(i % made.size()));
                }
            }
            long middle = System.nanoTime();
            long end;
            try (BatchIterator walk = pipeline.prefetch(workers).epoch(block + 1).iterator()) {
                for (int i = 0; i < steps; i++) {
                    try (Tape tape = Tape.open()) {
                        step(tape, walk.next());
                    }
                }
                end = System.nanoTime();
                if (block >= 0) {
                    before[block] = (middle - start) / 1e6 / steps;
                    during[block] = (end - middle) / 1e6 / steps;
                    waited += walk.waitedNanos();
                    all += end - middle;
                }
            }
        }
        Arrays.sort(before);
        Arrays.sort(during);
        System.out.printf(
                Locale.ROOT,
                "ms per step: %.1f on batches made before, %.1f with the pipeline on %d threads:"
                        + " speed kept %.1f %%; waited for data %.2f %% of the time%n",
                before[blocks / 2],
                during[blocks / 2],
                workers,
                100 * before[blocks / 2] / during[blocks / 2],
                100 * waited / all);
    }

    private void step(Tape tape, Batch batch) {
        Tensor value = loss.apply(model.forward(batch.inputs()), batch.labels());
        optimizer.step(tape.lastGradients(value, model.parameters()));
    }

    /** Images of noise: what they show does not matter here. */
    private static ImageDataset noise(int count) {
        SplittableRandom random = new SplittableRandom(1);
        byte[] bytes = new byte[count * 3 * 32 * 32];
        random.nextBytes(bytes);
        MemorySegment memory = Arena.ofAuto().allocate(bytes.length, 64);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        int[] labels = random.ints(count, 0, 10).toArray();
        return ImageDataset.of(
                Tensor.wrap(memory, Shape.of(count, 3, 32, 32), DType.UINT8),
                labels,
                10,
                1 / 255f,
                0);
    }
}
