/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.Views;
import io.gatun.nn.AvgPool2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Layer;
import io.gatun.nn.Padding;
import io.gatun.nn.ReceptiveField;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.Summary;
import io.gatun.nn.report.Pictures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * What one output sees of the image: by calculation, and by the gradients that reach the pixels.
 */
final class ReceptiveFields implements Experiment {
    private static final int SIDE = 41;
    private static final int CHANNELS = 8;

    @Override
    public String name() {
        return "receptive-field";
    }

    @Override
    public String claim() {
        return "Each 3x3 convolution lets an output see one pixel further on every side, after"
                + " pooling two, with dilation as many as the dilation; but the middle of what it sees"
                + " counts for most of it.";
    }

    @Override
    public Outcome run(Course course) {
        Map<String, Layer> models = new LinkedHashMap<>();
        models.put("one 3x3", convolutions(1));
        models.put("two 3x3", convolutions(1, 1));
        models.put("three 3x3", convolutions(1, 1, 1));
        models.put("six 3x3", convolutions(1, 1, 1, 1, 1, 1));
        models.put("one 7x7", Sequential.of(Conv2d.of(1, CHANNELS, 7).padding(Padding.SAME)));
        models.put(
                "3x3, pool, two 3x3",
                Sequential.of(
                        Conv2d.of(1, CHANNELS, 3).padding(Padding.SAME),
                        Relu.of(),
                        AvgPool2d.of(2),
                        Conv2d.of(CHANNELS, CHANNELS, 3).padding(Padding.SAME),
                        Relu.of(),
                        Conv2d.of(CHANNELS, CHANNELS, 3).padding(Padding.SAME)));
        models.put("3x3, dilated 1, 2, 4", convolutions(1, 2, 4));

        Table table = Table.of("layers", "field, calculated", "field, measured", "radius of half");
        List<Tensor> maps = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        boolean agree = true;
        boolean central = true;
        for (Map.Entry<String, Layer> entry : models.entrySet()) {
            int calculated = calculated(entry.getValue());
            double[] influence = influence(entry.getValue(), course);
            int measured = extent(influence);
            double half = radiusOfHalf(influence);
            table = table.row(entry.getKey(), calculated, measured, half);
            agree &= calculated == measured;
            // A quarter of the area holds half of a flat square.
            central &=
                    calculated < 7 || entry.getKey().equals("one 7x7") || half < calculated / 3.0;
            maps.add(shown(influence));
            captions.add(entry.getKey() + ": " + measured);
        }
        return Outcome.of(
                table,
                Pictures.images(
                        "What one output in the middle sees (gradient by each pixel)",
                        Views.stack(0, maps.toArray(Tensor[]::new)),
                        captions,
                        4,
                        164),
                agree && central,
                "Calculated and measured fields %s for all %d stacks: three 3x3 see %s pixels, as one"
                        + " 7x7 does.",
                agree ? "agree" : "do not agree",
                models.size(),
                table.rows().get(2).get(2));
    }

    private static Layer convolutions(int... dilations) {
        List<Layer> layers = new ArrayList<>();
        int in = 1;
        for (int dilation : dilations) {
            if (!layers.isEmpty()) {
                layers.add(Relu.of());
            }
            layers.add(Conv2d.of(in, CHANNELS, 3).dilation(dilation).padding(Padding.SAME));
            in = CHANNELS;
        }
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    private static int calculated(Layer model) {
        ReceptiveField field =
                Summary.of(model, Shape.of(1, SIDE, SIDE)).rows().getLast().receptiveField();
        return (int) Objects.requireNonNull(field).axes().get(0).size();
    }

    /** The mean size of the gradient of an output in the middle by each pixel, over many draws. */
    private static double[] influence(Layer model, Course course) {
        double[] sum = new double[SIDE * SIDE];
        for (int draw = 0; draw < course.pick(3, 200, 1000); draw++) {
            model.initialize(course.seed() + draw);
            try (Tape tape = Tape.inference()) {
                var random = new SplittableRandom(draw);
                Tensor x = Tensor.normal(Shape.of(1, 1, SIDE, SIDE), 0, 1, random);
                Tensor y = model.forward(x);
                long middle = y.shape().dim(2) / 2;
                Tensor output = y.slice(2, middle, middle + 1).slice(3, middle, middle + 1).sum();
                float[] gradient = tape.gradients(output, x).of(x).toFloatArray();
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += Math.abs(gradient[i]);
                }
            }
        }
        return sum;
    }

    /** Columns that have any influence. */
    private static int extent(double[] influence) {
        int first = SIDE;
        int last = -1;
        for (int i = 0; i < influence.length; i++) {
            if (influence[i] > 0) {
                first = Math.min(first, i % SIDE);
                last = Math.max(last, i % SIDE);
            }
        }
        return last - first + 1;
    }

    /** Half the side of the square around the middle of all influence that holds half of it. */
    private static double radiusOfHalf(double[] influence) {
        double all = 0;
        double x = 0;
        double y = 0;
        for (int i = 0; i < influence.length; i++) {
            all += influence[i];
            x += influence[i] * (i % SIDE);
            int row = i / SIDE;
            y += influence[i] * row;
        }
        x /= all;
        y /= all;
        for (double radius = 0; ; radius += 0.1) {
            double within = 0;
            for (int i = 0; i < influence.length; i++) {
                int row = i / SIDE;
                double far = Math.max(Math.abs(i % SIDE - x), Math.abs(row - y));
                within += far <= radius ? influence[i] : 0;
            }
            if (within >= all / 2) {
                return radius;
            }
        }
    }

    /** The middle of the map, by the square root, so that faint places show. */
    private static Tensor shown(double[] influence) {
        float[] values = new float[influence.length];
        double most = Arrays.stream(influence).max().orElse(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sqrt(influence[i] / most);
        }
        int margin = 10;
        return Tensor.of(values, 1, SIDE, SIDE)
                .slice(1, margin, SIDE - margin)
                .slice(2, margin, SIDE - margin);
    }
}
