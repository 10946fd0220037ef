/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * Handwritten digits that are made up, for examples and tests where MNIST itself is not at hand: 28
 * x 28 images that look alike, centred by their centre of gravity as MNIST's are.
 *
 * <p>Each digit is drawn with one of a few sequences of strokes, whose points are shifted at
 * random, then rotated, slanted and stretched at random, with a pen of random width. Image number i
 * depends on the seed and on i alone, so that a larger set begins with the smaller one, and the
 * same images come out on every machine.
 */
public final class SyntheticDigits {
    private static final int SIDE = Mnist.SIDE;

    private SyntheticDigits() {}

    /**
     * Draws digits. The images belong to no scope and live as long as the data set is reachable.
     *
     * @param count how many, at least 0
     * @param seed the same seed gives the same images
     * @return images [1, 28, 28] of 10 classes in random order, normalised like {@link Mnist}
     * @throws IllegalArgumentException if the count is negative
     */
    public static ImageDataset generate(int count, long seed) {
        if (count < 0) {
            throw new IllegalArgumentException("SyntheticDigits: cannot draw " + count + " digits");
        }
        MemorySegment pixels = Arena.ofAuto().allocate((long) count * SIDE * SIDE, 64);
        int[] labels = new int[count];
        Pen pen = new Pen(SIDE);
        float[] ink = new float[SIDE * SIDE];
        byte[] image = new byte[SIDE * SIDE];
        for (int i = 0; i < count; i++) {
            SplittableRandom random = Seeds.of(seed, i);
            labels[i] = random.nextInt(Mnist.CLASSES);
            draw(labels[i], random, pen, ink);
            shade(random, ink, image);
            MemorySegment.copy(
                    image, 0, pixels, ValueLayout.JAVA_BYTE, (long) i * image.length, image.length);
        }
        Tensor images = Tensor.wrap(pixels, Shape.of(count, 1, SIDE, SIDE), DType.UINT8);
        return ImageDataset.of(images, labels, Mnist.CLASSES, Mnist.SCALE, Mnist.SHIFT);
    }

    private static void draw(int digit, SplittableRandom random, Pen pen, float[] ink) {
        DigitStrokes.Glyph glyph =
                DigitStrokes.glyph(digit, random.nextInt(DigitStrokes.variants(digit)));
        // From hundredths of the box to a hand: narrow, slanted mostly to the right, turned a
        // little.
        double width = 0.66 + 0.13 * bell(random);
        double slant = 0.16 + 0.16 * bell(random);
        double angle = 0.09 * bell(random);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double wobble = 0.028;
        pen.clear();
        for (DigitStrokes.Stroke stroke : glyph.strokes()) {
            float[] points = new float[stroke.points.length];
            for (int i = 0; i < points.length; i += 2) {
                double x = stroke.points[i] - 0.5 + wobble * bell(random);
                double y = stroke.points[i + 1] - 0.5 + wobble * bell(random);
                double slanted = width * x - slant * y;
                points[i] = (float) (cos * slanted - sin * y);
                points[i + 1] = (float) (sin * slanted + cos * y);
            }
            pen.stroke(points, stroke.corners);
        }
        float radius = (float) (1.25 + 0.32 * bell(random));
        float[] box = pen.bounds();
        float extent = Math.max(Math.max(box[2] - box[0], box[3] - box[1]), 0.1f);
        // MNIST fits the ink into 20 x 20 pixels.
        float scale = (float) ((20 - 2 * radius) * (1 + 0.04 * bell(random)) / extent);
        float[] centre = pen.centre();
        pen.place(
                scale,
                offset(random, scale, centre[0], box[0], box[2], radius),
                offset(random, scale, centre[1], box[1], box[3], radius));
        pen.draw(radius, 1.3f, ink);
    }

    /** Puts the centre of gravity near the middle, but no ink on the outermost pixels. */
    private static float offset(
            SplittableRandom random,
            float scale,
            float centre,
            float low,
            float high,
            float radius) {
        float wanted = (float) ((SIDE - 1) / 2.0 + 0.5 * bell(random)) - scale * centre;
        float margin = radius + 1.5f;
        return Math.clamp(wanted, margin - scale * low, SIDE - 1 - margin - scale * high);
    }

    /** Ink to bytes, with the unevenness of a scanned pen stroke; the paper stays clean. */
    private static void shade(SplittableRandom random, float[] ink, byte[] image) {
        float strength = 255 * (1 - 0.12f * random.nextFloat());
        for (int i = 0; i < ink.length; i++) {
            float grain = ink[i] > 0 ? 1 - 0.14f * random.nextFloat() : 0;
            // Pressed harder, the middle of a line saturates.
            float value = Math.min(255, 1.12f * strength * ink[i] * grain);
            image[i] = (byte) Math.round(value);
        }
    }

    /** About normal, mean 0, deviation 1, never beyond 3: the sum of three even ones. */
    private static double bell(SplittableRandom random) {
        return 2 * (random.nextDouble() + random.nextDouble() + random.nextDouble()) - 3;
    }
}
