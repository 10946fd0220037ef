/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Divides a data set into parts without common samples, as views. The same seed gives the same
 * parts. The samples of a part are in ascending order.
 *
 * <pre>{@code
 * List<Dataset> parts = Splits.stratified(data, 42, 0.8, 0.1, 0.1);
 * }</pre>
 */
public final class Splits {
    private Splits() {}

    /**
     * One way to divide a data set for cross-validation.
     *
     * @param train all but the validation part
     * @param validation one k-th of the samples
     */
    public record Fold(Dataset train, Dataset validation) {}

    /**
     * Random parts.
     *
     * @param data what to divide
     * @param seed decides
     * @param shares of each part, above 0, together at most 1 (what is left of 1 is in no part)
     * @return the parts; sizes are the shares, rounded so that they add up
     * @throws IllegalArgumentException if a share is not positive, or they exceed 1
     */
    public static List<Dataset> random(Dataset data, long seed, double... shares) {
        check("random", shares);
        return divide(data, List.of(all(data)), seed, shares);
    }

    /**
     * Random parts in which each class has its share, to within one sample.
     *
     * @param data what to divide, with one class per sample
     * @param seed decides
     * @param shares of each part, above 0, together at most 1
     * @return the parts
     * @throws IllegalArgumentException if a share is not positive, or they exceed 1
     */
    public static List<Dataset> stratified(Dataset data, long seed, double... shares) {
        check("stratified", shares);
        return divide(data, grouped(data.labels()), seed, shares);
    }

    /**
     * Random parts that keep groups together, such as all pictures of one patient: no group is in
     * two parts. Large groups are dealt first, each to the part that lacks most.
     *
     * @param data what to divide
     * @param groups the group of each sample, any numbers
     * @param seed decides
     * @param shares of each part, above 0, together 1
     * @return the parts; sizes are the shares as nearly as groups allow
     * @throws IllegalArgumentException if a share is not positive, they do not add up to 1, or
     *     there is not one group for each sample
     */
    public static List<Dataset> byGroup(Dataset data, int[] groups, long seed, double... shares) {
        check("byGroup", shares);
        if (groups.length != data.size()) {
            throw new IllegalArgumentException(
                    "Splits.byGroup: "
                            + groups.length
                            + " groups for "
                            + data.size()
                            + " samples: give the group of each");
        }
        if (Math.abs(Arrays.stream(shares).sum() - 1) > 1e-9) {
            throw new IllegalArgumentException(
                    "Splits.byGroup: shares "
                            + Arrays.toString(shares)
                            + ": give shares that add up to 1");
        }
        List<int[]> members = new ArrayList<>(grouped(groups));
        int[] order = shuffled(members.size(), Seeds.of(seed, 0));
        List<int[]> dealt = new ArrayList<>();
        for (int g : order) {
            dealt.add(members.get(g));
        }
        dealt.sort((a, b) -> Integer.compare(b.length, a.length)); // stable
        List<Rows> parts = empty(shares.length, data.size());
        for (int[] group : dealt) {
            int best = 0;
            for (int p = 1; p < shares.length; p++) {
                if (lack(parts.get(p), shares[p], data)
                        > lack(parts.get(best), shares[best], data)) {
                    best = p;
                }
            }
            for (int row : group) {
                parts.get(best).add(row);
            }
        }
        return views(data, parts);
    }

    private static double lack(Rows part, double share, Dataset data) {
        return share * data.size() - part.size;
    }

    /**
     * Folds of random samples: each sample is in the validation part of exactly one.
     *
     * @param data what to divide
     * @param k number of folds, 2 to the number of samples
     * @param seed decides
     * @return k folds, whose validation parts differ by at most one in size
     * @throws IllegalArgumentException if k is out of range
     */
    public static List<Fold> kFold(Dataset data, int k, long seed) {
        return folds("kFold", data, List.of(all(data)), k, seed);
    }

    /**
     * Folds in which each class has its share: its numbers in two validation parts differ by at
     * most one.
     *
     * @param data what to divide, with one class per sample
     * @param k number of folds, 2 to the number of samples
     * @param seed decides
     * @return k folds, whose validation parts differ by at most one in size
     * @throws IllegalArgumentException if k is out of range
     */
    public static List<Fold> stratifiedKFold(Dataset data, int k, long seed) {
        return folds("stratifiedKFold", data, grouped(data.labels()), k, seed);
    }

    /** The rows of a part that grows. */
    private static final class Rows {
        private final int[] rows;
        private int size;

        Rows(int most) {
            rows = new int[most];
        }

        void add(int row) {
            rows[size++] = row;
        }

        int[] sorted() {
            int[] out = Arrays.copyOf(rows, size);
            Arrays.sort(out);
            return out;
        }
    }

    private static List<Fold> folds(
            String name, Dataset data, List<int[]> strata, int k, long seed) {
        if (k < 2 || k > data.size()) {
            throw new IllegalArgumentException(
                    "Splits."
                            + name
                            + ": k = "
                            + k
                            + " for "
                            + data.size()
                            + " samples: give 2 to the number of samples");
        }
        List<Rows> parts = empty(k, data.size());
        int next = 0; // goes on from class to class, so that no fold gets all the remainders
        for (int s = 0; s < strata.size(); s++) {
            int[] rows = strata.get(s);
            for (int i : shuffled(rows.length, Seeds.of(seed, s))) {
                parts.get(next).add(rows[i]);
                next = (next + 1) % k;
            }
        }
        List<Fold> folds = new ArrayList<>();
        for (Rows validation : parts) {
            Rows train = new Rows(data.size());
            for (Rows other : parts) {
                for (int i = 0; other != validation && i < other.size; i++) {
                    train.add(other.rows[i]);
                }
            }
            folds.add(new Fold(data.subset(train.sorted()), data.subset(validation.sorted())));
        }
        return folds;
    }

    private static List<Dataset> divide(
            Dataset data, List<int[]> strata, long seed, double[] shares) {
        List<Rows> parts = empty(shares.length, data.size());
        for (int s = 0; s < strata.size(); s++) {
            int[] rows = strata.get(s);
            int[] order = shuffled(rows.length, Seeds.of(seed, s));
            double edge = 0;
            int from = 0;
            for (int p = 0; p < shares.length; p++) {
                edge += shares[p];
                int to = (int) Math.min(rows.length, Math.round(edge * rows.length));
                for (; from < to; from++) {
                    parts.get(p).add(rows[order[from]]);
                }
            }
        }
        return views(data, parts);
    }

    private static List<Rows> empty(int count, int most) {
        List<Rows> parts = new ArrayList<>();
        for (int p = 0; p < count; p++) {
            parts.add(new Rows(most));
        }
        return parts;
    }

    private static List<Dataset> views(Dataset data, List<Rows> parts) {
        List<Dataset> views = new ArrayList<>();
        for (Rows part : parts) {
            views.add(data.subset(part.sorted()));
        }
        return views;
    }

    private static int[] all(Dataset data) {
        int[] rows = new int[data.size()];
        Arrays.setAll(rows, i -> i);
        return rows;
    }

    /** The rows of each group, groups in ascending order. */
    private static List<int[]> grouped(int[] groups) {
        TreeMap<Integer, List<Integer>> rows = new TreeMap<>();
        for (int i = 0; i < groups.length; i++) {
            rows.computeIfAbsent(groups[i], g -> new ArrayList<>()).add(i);
        }
        return rows.values().stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    private static int[] shuffled(int n, SplittableRandom random) {
        int[] out = new int[n];
        Arrays.setAll(out, i -> i);
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = out[i];
            out[i] = out[j];
            out[j] = swap;
        }
        return out;
    }

    private static void check(String name, double[] shares) {
        double sum = 0;
        for (double share : shares) {
            if (!(share > 0)) {
                throw new IllegalArgumentException(
                        "Splits." + name + ": a share of " + share + ": give numbers above 0");
            }
            sum += share;
        }
        if (shares.length == 0 || sum > 1 + 1e-9) {
            throw new IllegalArgumentException(
                    "Splits."
                            + name
                            + ": shares "
                            + Arrays.toString(shares)
                            + ": give at least one, together at most 1");
        }
    }
}
