/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.SplittableRandom;

/**
 * Small classification problems of points in the plane, as teaching knows them. Sample i depends on
 * the seed, on i and on the arguments; classes take turns, so that they are equally large.
 */
public final class SyntheticPoints {
    private SyntheticPoints() {}

    /** Puts a sample of a class at x and y. */
    private interface Rule {
        void place(int label, SplittableRandom random, float[] point);
    }

    /**
     * Arms of a spiral, one for each class (as in Stanford's course CS231n).
     *
     * @param count number of points, at least 0
     * @param classes number of arms, at least 1
     * @param noise deviation of the angle in radians; 0.2 is usual
     * @param seed decides
     * @return inputs [2] within the unit circle, but for noise
     */
    public static TensorDataset spiral(int count, int classes, double noise, long seed) {
        return points(
                "spiral",
                count,
                classes,
                noise,
                seed,
                (label, random, point) -> {
                    double t = random.nextDouble();
                    double angle = label * 2 * Math.PI / classes + 4 * t;
                    angle += noise * random.nextGaussian();
                    point[0] = (float) (t * StrictMath.sin(angle));
                    point[1] = (float) (t * StrictMath.cos(angle));
                });
    }

    /**
     * Two half circles that reach into each other (scikit-learn's {@code make_moons}).
     *
     * @param count number of points, at least 0
     * @param noise deviation of each coordinate; 0.1 is usual
     * @param seed decides
     * @return inputs [2] of 2 classes
     */
    public static TensorDataset moons(int count, double noise, long seed) {
        return points(
                "moons",
                count,
                2,
                noise,
                seed,
                (label, random, point) -> {
                    double angle = Math.PI * random.nextDouble();
                    double x = StrictMath.cos(angle);
                    double y = StrictMath.sin(angle);
                    set(point, label == 0 ? x : 1 - x, label == 0 ? y : 0.5 - y, noise, random);
                });
    }

    /**
     * A circle of radius 1 and another within (scikit-learn's {@code make_circles}).
     *
     * @param count number of points, at least 0
     * @param factor radius of the inner circle, class 1; 0.5 is usual
     * @param noise deviation of each coordinate; 0.05 is usual
     * @param seed decides
     * @return inputs [2] of 2 classes
     */
    public static TensorDataset circles(int count, double factor, double noise, long seed) {
        return points(
                "circles",
                count,
                2,
                noise,
                seed,
                (label, random, point) -> {
                    double angle = 2 * Math.PI * random.nextDouble();
                    double radius = label == 0 ? 1 : factor;
                    set(
                            point,
                            radius * StrictMath.cos(angle),
                            radius * StrictMath.sin(angle),
                            noise,
                            random);
                });
    }

    /**
     * Clouds around one centre for each class, drawn evenly from -10 to 10 (scikit-learn's {@code
     * make_blobs}).
     *
     * @param count number of points, at least 0
     * @param classes number of clouds, at least 1
     * @param deviation of each coordinate; 1 is usual
     * @param seed decides; other points around the same centres come with other counts
     * @return inputs [2]
     */
    public static TensorDataset blobs(int count, int classes, double deviation, long seed) {
        double[] centres = Seeds.of(seed, -1).doubles(2L * Math.max(0, classes), -10, 10).toArray();
        return points(
                "blobs",
                count,
                classes,
                deviation,
                seed,
                (label, random, point) ->
                        set(point, centres[2 * label], centres[2 * label + 1], deviation, random));
    }

    private static void set(
            float[] point, double x, double y, double noise, SplittableRandom random) {
        point[0] = (float) (x + noise * random.nextGaussian());
        point[1] = (float) (y + noise * random.nextGaussian());
    }

    private static TensorDataset points(
            String name, int count, int classes, double noise, long seed, Rule rule) {
        if (count < 0 || classes < 1 || !(noise >= 0)) {
            throw new IllegalArgumentException(
                    "SyntheticPoints."
                            + name
                            + ": count = "
                            + count
                            + ", classes = "
                            + classes
                            + ", noise = "
                            + noise
                            + ": give a count and a noise of at least 0, and at least 1 class");
        }
        float[][] inputs = new float[count][2];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % classes;
            rule.place(labels[i], Seeds.of(seed, i), inputs[i]);
        }
        return TensorDataset.of(inputs, labels, classes);
    }
}
