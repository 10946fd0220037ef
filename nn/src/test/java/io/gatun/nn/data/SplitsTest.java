/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitsTest {
    /** Sample i holds the number i; classes of very different size, in no order. */
    private static TensorDataset data(int n, long seed) {
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        float[][] inputs = new float[n][1];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            inputs[i][0] = i;
            double r = random.nextDouble();
            labels[i] = r < 0.7 ? 2 : r < 0.95 ? 0 : 1;
        }
        return TensorDataset.of(inputs, labels, 3);
    }

    private static List<Integer> content(Dataset part) {
        List<Integer> out = new ArrayList<>();
        for (Batch batch : part.batches(7).epoch(0)) {
            for (float value : batch.inputs().toFloatArray()) {
                out.add((int) value);
            }
        }
        assertEquals(part.size(), out.size());
        return out;
    }

    /** No sample is in two parts, nor twice in one; gives the number of samples in all. */
    private static int disjoint(List<Dataset> parts) {
        Set<Integer> seen = new HashSet<>();
        int all = 0;
        for (Dataset part : parts) {
            for (int sample : content(part)) {
                assertTrue(seen.add(sample), "sample " + sample + " is in two parts");
                all++;
            }
        }
        return all;
    }

    private static int[] counts(int[] labels) {
        int[] counts = new int[3];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    @Test
    void randomPartsShareNoSample() {
        for (int n : new int[] {0, 1, 2, 10, 997}) {
            List<Dataset> parts = Splits.random(data(n, n), 5, 0.6, 0.3, 0.1);
            assertEquals(n, disjoint(parts));
            assertEquals(Math.round(0.6 * n), parts.get(0).size());
        }
        TensorDataset data = data(100, 1);
        assertEquals(50, disjoint(Splits.random(data, 5, 0.3, 0.2)));
        assertEquals(
                content(Splits.random(data, 5, 0.5).get(0)),
                content(Splits.random(data, 5, 0.5).get(0)));
        assertFalse(
                content(Splits.random(data, 5, 0.5).get(0))
                        .equals(content(Splits.random(data, 6, 0.5).get(0))));
    }

    @Test
    void everyClassKeepsItsShare() {
        for (int n : new int[] {3, 50, 1003}) {
            TensorDataset data = data(n, 7L * n);
            int[] all = counts(data.labels());
            double[] shares = {0.7, 0.2, 0.1};
            List<Dataset> parts = Splits.stratified(data, 3, shares);
            assertEquals(n, disjoint(parts));
            for (int p = 0; p < 3; p++) {
                int[] some = counts(parts.get(p).labels());
                for (int c = 0; c < 3; c++) {
                    assertEquals(shares[p] * all[c], some[c], 1, "part " + p + " class " + c);
                }
            }
        }
    }

    @Test
    void groupsStayTogether() {
        int n = 500;
        TensorDataset data = data(n, 11);
        int[] groups = new int[n];
        for (int i = 0; i < n; i++) {
            groups[i] = (i * 7919) % 37 - 5;
        }
        List<Dataset> parts = Splits.byGroup(data, groups, 2, 0.5, 0.25, 0.25);
        assertEquals(n, disjoint(parts));
        Set<Integer> seen = new HashSet<>();
        for (Dataset part : parts) {
            Set<Integer> mine = new HashSet<>();
            content(part).forEach(row -> mine.add(groups[row]));
            for (int group : mine) {
                assertTrue(seen.add(group), "group " + group + " is in two parts");
            }
        }
        assertEquals(250, parts.get(0).size(), 14); // one group
        assertEquals(125, parts.get(2).size(), 14);
    }

    @Test
    void everySampleIsValidatedOnce() {
        TensorDataset data = data(103, 13);
        for (int k : new int[] {2, 5, 103}) {
            for (boolean stratified : new boolean[] {false, true}) {
                List<Splits.Fold> folds =
                        stratified ? Splits.stratifiedKFold(data, k, 4) : Splits.kFold(data, k, 4);
                assertEquals(k, folds.size());
                List<Dataset> validation = new ArrayList<>();
                for (Splits.Fold fold : folds) {
                    validation.add(fold.validation());
                    assertEquals(103, disjoint(List.of(fold.train(), fold.validation())));
                    assertEquals(103.0 / k, fold.validation().size(), 1);
                    if (stratified) {
                        int[] some = counts(fold.validation().labels());
                        int[] all = counts(data.labels());
                        for (int c = 0; c < 3; c++) {
                            assertEquals((double) all[c] / k, some[c], 1);
                        }
                    }
                }
                assertEquals(103, disjoint(validation));
            }
        }
    }

    @Test
    void viewsOfViewsAndOfImages() {
        Dataset part = data(10, 1).subset(new int[] {9, 3, 5}).subset(new int[] {2, 0, 0});
        assertEquals(List.of(5, 9, 9), content(part));
        assertArrayEquals(new int[] {5, 9, 9}, ((Subset) part).rows());
        assertThrows(IndexOutOfBoundsException.class, () -> part.subset(new int[] {3}));
        assertThrows(IndexOutOfBoundsException.class, () -> part.batch(new int[] {-1}));
        ImageDataset digits = SyntheticDigits.generate(100, 1);
        int all = 0;
        for (Dataset p : Splits.stratified(digits, 1, 0.5, 0.5)) {
            assertTrue(p instanceof ImageDataset);
            all += p.size();
        }
        assertEquals(100, all);
    }

    @Test
    void labelsComeFromBatchesToo() {
        Dataset plain = Subset.of(data(600, 1), new int[] {5, 599, 5});
        int[] whole = data(600, 1).labels();
        assertArrayEquals(new int[] {whole[5], whole[599], whole[5]}, plain.labels());
        try (Scope _ = Scope.open()) {
            TensorDataset numbers =
                    TensorDataset.regression(new float[][] {{1}}, new float[][] {{2}});
            assertThrows(IllegalStateException.class, numbers::labels);
        }
    }

    @Test
    void impossibleSharesAreRefused() {
        TensorDataset data = data(10, 1);
        for (double[] bad :
                List.of(
                        new double[] {},
                        new double[] {0.5, 0},
                        new double[] {-1},
                        new double[] {Double.NaN},
                        new double[] {0.6, 0.5})) {
            String what = Arrays.toString(bad);
            assertThrows(IllegalArgumentException.class, () -> Splits.random(data, 1, bad), what);
            assertThrows(
                    IllegalArgumentException.class, () -> Splits.stratified(data, 1, bad), what);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> Splits.byGroup(data, new int[9], 1, 0.5, 0.5));
        assertThrows(
                IllegalArgumentException.class, () -> Splits.byGroup(data, new int[10], 1, 0.5));
        assertThrows(IllegalArgumentException.class, () -> Splits.kFold(data, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> Splits.stratifiedKFold(data, 11, 1));
    }
}
