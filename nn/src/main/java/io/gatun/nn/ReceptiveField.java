/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What part of a model's input one output sees: for each axis after the channels, how many elements
 * it spans, how far those of two neighbours are apart, and where the middle of the first output's
 * is. Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks", 2019.
 *
 * @param axes one for each axis of the model's input after the channels
 */
public record ReceptiveField(List<Axis> axes) {
    /** Copies the list. */
    public ReceptiveField {
        axes = List.copyOf(axes);
    }

    /**
     * One axis.
     *
     * @param size elements that one output spans, also beyond the border (padding)
     * @param stride elements between two outputs; 0 where there is one output only
     * @param centre place of the middle of the first output's field, counted from 0, the middle of
     *     the first element; negative in padding
     * @param outputs number of outputs
     */
    public record Axis(double size, double stride, double centre, long outputs) {
        /** The field of a window of span elements, stride apart, with padding before. */
        Axis window(double span, double step, double before, long count) {
            double first = centre + ((span - 1) / 2 - before) * stride;
            return new Axis(
                    size + (span - 1) * stride, count == 1 ? 0 : stride * step, first, count);
        }

        /** The field of what sees all outputs along the axis. */
        Axis whole() {
            return window((double) outputs, 1, 0, 1);
        }

        Axis union(Axis other) {
            double low = Math.min(centre - size / 2, other.centre - other.size / 2);
            double high = Math.max(centre + size / 2, other.centre + other.size / 2);
            return new Axis(high - low, Math.max(stride, other.stride), (low + high) / 2, outputs);
        }
    }

    /** Each element of the input sees itself. */
    static ReceptiveField ofInput(Shape x) {
        List<Axis> axes = new ArrayList<>();
        for (int i = 2; i < x.rank(); i++) {
            axes.add(new Axis(1, x.dim(i) == 1 ? 0 : 1, 0, x.dim(i)));
        }
        return new ReceptiveField(axes);
    }

    /** Of a layer's outputs, if the layer is known; shapes are those of a batch. */
    @Nullable ReceptiveField after(Layer layer, Shape x, Shape y) {
        return switch (layer) {
            case Conv2d c -> window(c.window(), x, y);
            case LocallyConnected2d c -> window(c.window(), x, y);
            case PoolNd p -> window(p.window(), x, y);
            case MaxPool2d p -> window(p.window(), x, y);
            case ConvNd c ->
                    c.isTransposed() ? transposed(c.window(), x, y) : window(c.window(), x, y);
            case Subsample s -> strided(s.stride(), y);
            case Upsample u -> upsampled(u, y);
            case ZeroPad2d p ->
                    new ReceptiveField(
                            List.of(
                                    axes.get(0).window(1, 1, p.top(), y.dim(2)),
                                    axes.get(1).window(1, 1, p.left(), y.dim(3))));
            case Cropping2d p ->
                    new ReceptiveField(
                            List.of(
                                    axes.get(0).window(1, 1, -p.top(), y.dim(2)),
                                    axes.get(1).window(1, 1, -p.left(), y.dim(3))));
            case AdaptiveAvgPool _, AdaptiveMaxPool _ -> adaptive(x, y);
            case GlobalAvgPool2d _, Dense _, DropConnect _, Bilinear _ ->
                    new ReceptiveField(axes.stream().map(Axis::whole).toList());
            case Flatten _ -> this;
            case Recurrent<?> _, Reshape _, Embedding _ -> null;
            default -> pointwise(layer, x, y) ? this : null;
        };
    }

    /** Layers of this library that change no shape see one element each, statistics aside. */
    private static boolean pointwise(Layer layer, Shape x, Shape y) {
        boolean ours = layer.getClass().getPackage() == ReceptiveField.class.getPackage();
        if (layer instanceof Activation) { // maxout changes the channels
            return x.rank() == y.rank() && x.with(1, 1).equals(y.with(1, 1));
        }
        return ours && x.equals(y);
    }

    private @Nullable ReceptiveField window(Window window, Shape x, Shape y) {
        if (axes.size() != window.axes()) {
            return null;
        }
        List<Axis> next = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            double before = window.along(i, x).before();
            next.add(
                    axes.get(i)
                            .window(window.span(i), window.stride().get(i), before, y.dim(i + 2)));
        }
        return new ReceptiveField(next);
    }

    /** Output o of a transposed window sees the inputs (o + padding - tap) / stride. */
    private @Nullable ReceptiveField transposed(Window window, Shape x, Shape y) {
        if (axes.size() != window.axes()) {
            return null;
        }
        List<Axis> next = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            Axis axis = axes.get(i);
            double step = window.stride().get(i);
            double taps = Math.ceil(window.span(i) / step);
            double before = window.along(i, x).before();
            double middle = (before - (window.span(i) - 1) / 2.0) / step;
            next.add(
                    new Axis(
                            axis.size + (taps - 1) * axis.stride,
                            axis.stride / step,
                            axis.centre + middle * axis.stride,
                            y.dim(i + 2)));
        }
        return new ReceptiveField(next);
    }

    private ReceptiveField strided(double step, Shape y) {
        List<Axis> next = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            next.add(axes.get(i).window(1, step, 0, y.dim(i + 2)));
        }
        return new ReceptiveField(next);
    }

    private ReceptiveField upsampled(Upsample layer, Shape y) {
        List<Axis> next = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            Axis axis = axes.get(i);
            double factor = layer.factor();
            double more = layer.bilinear() && factor > 1 ? axis.stride : 0;
            next.add(
                    new Axis(
                            axis.size + more,
                            axis.stride / factor,
                            axis.centre + (0.5 / factor - 0.5) * axis.stride,
                            y.dim(i + 2)));
        }
        return new ReceptiveField(next);
    }

    /** Cells of one size; others have no field that a size and a stride could tell. */
    private @Nullable ReceptiveField adaptive(Shape x, Shape y) {
        List<Axis> next = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            long cell = x.dim(i + 2) / y.dim(i + 2);
            if (cell * y.dim(i + 2) != x.dim(i + 2)) {
                return null;
            }
            next.add(axes.get(i).window((double) cell, (double) cell, 0, y.dim(i + 2)));
        }
        return new ReceptiveField(next);
    }

    /** What several branches see together. */
    static @Nullable ReceptiveField union(@Nullable ReceptiveField a, @Nullable ReceptiveField b) {
        if (a == null || b == null || a.axes.size() != b.axes.size()) {
            return null;
        }
        List<Axis> all = new ArrayList<>();
        for (int i = 0; i < a.axes.size(); i++) {
            all.add(a.axes.get(i).union(b.axes.get(i)));
        }
        return new ReceptiveField(all);
    }
}
