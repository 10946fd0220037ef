/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Some classes of a data set, numbered anew from 0.
 *
 * @param data all of it
 * @param rows the samples of these classes
 * @param first the class that becomes 0
 * @param classes how many follow each other
 */
record SomeClasses(Dataset data, List<Integer> rows, int first, int classes) implements Dataset {
    /** All samples of the classes from the first on. */
    static SomeClasses of(Dataset data, int first, int classes) {
        int[] labels = data.labels();
        List<Integer> rows = new ArrayList<>();
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] >= first && labels[row] < first + classes) {
                rows.add(row);
            }
        }
        return new SomeClasses(data, List.copyOf(rows), first, classes);
    }

    /** So many samples of each class, or all if there are fewer, drawn by the seed. */
    SomeClasses drawn(int perClass, long seed) {
        int[] order = rows.stream().mapToInt(row -> row).toArray();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        int[] labels = data.labels();
        int[] counts = new int[classes];
        List<Integer> chosen = new ArrayList<>();
        for (int row : order) {
            if (counts[labels[row] - first]++ < perClass) {
                chosen.add(row);
            }
        }
        return new SomeClasses(data, List.copyOf(chosen), first, classes);
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Shape inputShape() {
        return data.inputShape();
    }

    @Override
    public Batch batch(int[] numbers) {
        int[] whole = new int[numbers.length];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = rows.get(numbers[i]);
        }
        Batch batch = data.batch(whole);
        int[] labels = batch.labels().toIntArray();
        for (int i = 0; i < labels.length; i++) {
            labels[i] -= first;
        }
        return new Batch(batch.inputs(), Tensor.of(labels));
    }
}
