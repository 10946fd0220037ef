/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.DType;
import io.gatun.Indexing;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.Views;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Several data sets one after another, such as training and validation part; a view. */
public final class JoinedDataset implements Dataset {
    private final List<Dataset> parts;
    private final int[] starts;

    private JoinedDataset(List<Dataset> parts) {
        this.parts = parts;
        starts = new int[parts.size() + 1];
        for (int p = 0; p < parts.size(); p++) {
            starts[p + 1] = Math.addExact(starts[p], parts.get(p).size());
        }
    }

    /**
     * Data sets in order.
     *
     * @param parts at least one, of the same shape and number of classes
     * @return all their samples
     * @throws IllegalArgumentException if shapes or numbers of classes differ
     */
    public static JoinedDataset of(Dataset... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("JoinedDataset: give at least one data set");
        }
        for (Dataset part : parts) {
            if (!part.inputShape().equals(parts[0].inputShape())
                    || part.classes() != parts[0].classes()) {
                throw new IllegalArgumentException(
                        "JoinedDataset: samples "
                                + part.inputShape()
                                + " of "
                                + part.classes()
                                + " classes do not join samples "
                                + parts[0].inputShape()
                                + " of "
                                + parts[0].classes());
            }
        }
        return new JoinedDataset(List.of(parts));
    }

    @Override
    public int size() {
        return starts[parts.size()];
    }

    @Override
    public Shape inputShape() {
        return parts.get(0).inputShape();
    }

    @Override
    public int classes() {
        return parts.get(0).classes();
    }

    @Override
    public int[] labels() {
        int[] all = new int[size()];
        for (int p = 0; p < parts.size(); p++) {
            System.arraycopy(parts.get(p).labels(), 0, all, starts[p], parts.get(p).size());
        }
        return all;
    }

    @Override
    public Batch batch(int[] rows) {
        // Part by part, then back into the order asked for.
        int[] place = new int[rows.length];
        List<Batch> found = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            int taken = 0;
            for (int p = 0; p < parts.size(); p++) {
                int[] mine = new int[rows.length];
                int count = 0;
                for (int i = 0; i < rows.length; i++) {
                    if (rows[i] >= starts[p] && rows[i] < starts[p + 1]) {
                        mine[count++] = rows[i] - starts[p];
                        place[i] = taken++;
                    } else if (rows[i] < 0 || rows[i] >= size()) {
                        throw new IndexOutOfBoundsException(
                                "JoinedDataset: there is no sample "
                                        + rows[i]
                                        + " among "
                                        + size());
                    }
                }
                if (count > 0 || (p == 0 && rows.length == 0)) {
                    found.add(parts.get(p).batch(Arrays.copyOf(mine, count)));
                }
            }
            if (found.size() == 1) {
                return kept(scope, found.get(0)); // its rows are in order
            }
            List<Tensor> extras = new ArrayList<>();
            for (int e = 0; e < found.get(0).extras().size(); e++) {
                int at = e;
                extras.add(joined(found.stream().map(b -> b.extras().get(at)).toList(), place));
            }
            return kept(
                    scope,
                    new Batch(
                            joined(found.stream().map(Batch::inputs).toList(), place),
                            joined(found.stream().map(Batch::labels).toList(), place),
                            extras));
        }
    }

    private static Batch kept(Scope scope, Batch batch) {
        return new Batch(
                scope.keep(batch.inputs()),
                scope.keep(batch.labels()),
                batch.extras().stream().map(scope::keep).toList());
    }

    private static Tensor joined(List<Tensor> parts, int[] place) {
        if (parts.get(0).dtype() == DType.FLOAT32) {
            Tensor together = Views.concat(0, parts.toArray(Tensor[]::new));
            return Indexing.indexSelect(together, 0, Tensor.of(place));
        }
        int[] all = parts.stream().flatMapToInt(t -> Arrays.stream(t.toIntArray())).toArray();
        int each = all.length / place.length;
        int[] out = new int[all.length];
        for (int i = 0; i < place.length; i++) {
            System.arraycopy(all, place[i] * each, out, i * each, each);
        }
        return Tensor.of(out, parts.get(0).shape().with(0, place.length).toArray());
    }
}
