/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Indexing;
import io.gatun.Reductions;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.data.ImageDataset;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A bag of visual words: the patches of an image, each as the most similar one of a vocabulary,
 * counted in each quarter. Csurka et al., "Visual categorization with bags of keypoints", 2004;
 * with patches of pixels and k-means as in Coates, Lee and Ng, "An analysis of single-layer
 * networks in unsupervised feature learning", 2011.
 */
final class VisualWords {
    private static final int SIDE = 32;
    private static final int PATCH = 6;
    private static final int STEP = 2;
    private static final int SIZE = 3 * PATCH * PATCH;
    private static final int PLACES = (SIDE - PATCH) / STEP + 1;
    private static final int ROUNDS = 10;

    private final float[] words;
    private final int count;

    private VisualWords(float[] words, int count) {
        this.words = words;
        this.count = count;
    }

    /** Finds words by k-means over patches from random places. */
    static VisualWords learn(ImageDataset images, int count, int patches, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] seen = new float[patches * SIZE];
        float[] image = new float[0];
        for (int i = 0; i < patches; i++) {
            if (i % 10 == 0) {
                try (Scope _ = Scope.open()) {
                    image = images.image(random.nextInt(images.size())).toFloatArray();
                }
            }
            int y = random.nextInt(SIDE - PATCH + 1);
            patch(image, y, random.nextInt(SIDE - PATCH + 1), seen, i * SIZE);
        }
        VisualWords words = new VisualWords(Arrays.copyOf(seen, count * SIZE), count);
        for (int round = 0; round < ROUNDS; round++) {
            words = words.moved(seen, patches);
        }
        return words;
    }

    /** One round of k-means: each word becomes the mean of the patches nearest to it. */
    private VisualWords moved(float[] patches, int n) {
        try (Scope _ = Scope.open()) {
            Tensor all = Tensor.of(patches, n, SIZE);
            Tensor nearest = Tensor.of(nearest(all));
            Tensor sums = Indexing.indexAdd(all, Shape.of(count, SIZE), 0, nearest);
            Tensor sizes =
                    Indexing.indexAdd(Tensor.ones(Shape.of(n, 1)), Shape.of(count, 1), 0, nearest);
            float[] moved = sums.div(sizes.add(1e-6f)).toFloatArray();
            return new VisualWords(moved, count);
        }
    }

    /** The number of the nearest word of each patch [n, size]. */
    private int[] nearest(Tensor patches) {
        Tensor vocabulary = Tensor.of(words, count, SIZE);
        Tensor lengths = vocabulary.square().sum(false, 1);
        Tensor distances = lengths.sub(patches.matmul(vocabulary.transpose()).mul(2));
        return Reductions.argmin(distances, 1).toIntArray();
    }

    /** Shares of each word in each quarter of an image [3, 32, 32]. */
    float[] histogram(float[] image) {
        float[] patches = new float[PLACES * PLACES * SIZE];
        for (int i = 0; i < PLACES * PLACES; i++) {
            patch(image, i / PLACES * STEP, i % PLACES * STEP, patches, i * SIZE);
        }
        float[] counts = new float[4 * count];
        try (Scope _ = Scope.open()) {
            int[] found = nearest(Tensor.of(patches, PLACES * PLACES, SIZE));
            for (int i = 0; i < found.length; i++) {
                int quarter = (2 * (i / PLACES) / PLACES) * 2 + 2 * (i % PLACES) / PLACES;
                counts[quarter * count + found[i]] += 4f / found.length;
            }
        }
        // The square root weakens words that fill a whole sky.
        for (int i = 0; i < counts.length; i++) {
            counts[i] = (float) Math.sqrt(counts[i]);
        }
        return counts;
    }

    /** A patch, brought to mean 0 and deviation 1: what counts is its pattern. */
    private static void patch(float[] image, int y, int x, float[] to, int at) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < SIZE; i++) {
            int row = y + i / PATCH % PATCH;
            float value = image[i / (PATCH * PATCH) * SIDE * SIDE + row * SIDE + x + i % PATCH];
            to[at + i] = value;
            sum += value;
            squares += value * value;
        }
        double mean = sum / SIZE;
        double deviation = Math.sqrt(squares / SIZE - mean * mean + 1e-3);
        for (int i = 0; i < SIZE; i++) {
            to[at + i] = (float) ((to[at + i] - mean) / deviation);
        }
    }
}
