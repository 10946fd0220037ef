/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.data.Augmentation;
import io.gatun.nn.data.Cifar;
import io.gatun.nn.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Images to train on.
 *
 * @param source the data set's name
 * @param place where they came from, for people
 * @param train the training part, normalised
 * @param test the test part, normalised in the same way
 * @param classNames in order; empty for digits, whose names are their numbers
 */
record Images(
        String source,
        String place,
        ImageDataset train,
        ImageDataset test,
        List<String> classNames) {
    /** What an empty pixel of a normalised digit is: (0 - mean) / deviation. */
    private static final float PAPER = -0.1307f / 0.3081f;

    static Images of(Digits digits) {
        return new Images(
                digits.source(), digits.place(), digits.train(), digits.test(), List.of());
    }

    /**
     * CIFAR-10 in the given folder, else in that of the environment, or in a subfolder cifar10.
     *
     * @throws IOException if there is none, or its files are corrupt
     */
    static Images cifar10(@Nullable Path option, Map<String, String> environment)
            throws IOException {
        String variable = environment.get(Digits.VARIABLE);
        Path given = option != null ? option : variable == null ? null : Path.of(variable);
        if (given == null) {
            throw new IOException(
                    "where is CIFAR-10? Name a folder with its binary files (data_batch_1.bin and so"
                            + " on, plain or .gz) by --data DIR or "
                            + Digits.VARIABLE);
        }
        Path inner = given.resolve("cifar10");
        Path folder = Files.isDirectory(inner) ? inner : given;
        Cifar cifar = Cifar.load(folder, Cifar.Kind.CIFAR_10);
        return new Images(
                "cifar10",
                folder.toString(),
                cifar.train().normalized(Cifar.mean(), Cifar.deviation()),
                cifar.test().normalized(Cifar.mean(), Cifar.deviation()),
                cifar.classNames());
    }

    /** Changes that leave labels true: a digit must stay the digit that it is. */
    Augmentation augmentation(long seed) {
        return source.equals("cifar10")
                ? Augmentation.of(seed).fillFromEdge().crop(4).flip()
                : Augmentation.of(seed).fill(PAPER).shift(0.08).scale(0.9, 1.1).rotate(12);
    }
}
