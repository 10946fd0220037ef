/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Shape;

/** Some samples of another data set, as a view. */
public final class Subset implements Dataset {
    private final Dataset source;
    private final int[] rows;

    private Subset(Dataset source, int[] rows) {
        this.source = source;
        this.rows = rows;
    }

    /**
     * A view.
     *
     * @param source where the samples are; a subset of a subset is one of the whole
     * @param rows which ones, in this order; copied
     * @return the samples of these numbers
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    public static Subset of(Dataset source, int[] rows) {
        int[] copy = rows.clone();
        Dataset whole = source instanceof Subset s ? s.source : source;
        for (int i = 0; i < copy.length; i++) {
            if (copy[i] < 0 || copy[i] >= source.size()) {
                throw new IndexOutOfBoundsException(
                        "subset: rows["
                                + i
                                + "] = "
                                + copy[i]
                                + ", but there are "
                                + source.size()
                                + " samples");
            }
            copy[i] = source instanceof Subset s ? s.rows[copy[i]] : copy[i];
        }
        return new Subset(whole, copy);
    }

    /**
     * Which samples these are.
     *
     * @return a new array with the number of each in the whole data set
     */
    public int[] rows() {
        return rows.clone();
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public Shape inputShape() {
        return source.inputShape();
    }

    @Override
    public int classes() {
        return source.classes();
    }

    @Override
    public int[] labels() {
        int[] all = source.labels();
        int[] mine = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            mine[i] = all[rows[i]];
        }
        return mine;
    }

    @Override
    public Batch batch(int[] wanted) {
        int[] mapped = new int[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i] < 0 || wanted[i] >= rows.length) {
                throw new IndexOutOfBoundsException(
                        "Subset: there is no sample " + wanted[i] + " among " + rows.length);
            }
            mapped[i] = rows[wanted[i]];
        }
        return source.batch(mapped);
    }
}
