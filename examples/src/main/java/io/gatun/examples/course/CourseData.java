/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Path;

/** Where experiments find real data. */
public interface CourseData {
    /**
     * Images to learn and to be tested with.
     *
     * @param source their name, such as {@code mnist}
     * @param train the training part, standardised
     * @param test the test part, standardised in the same way
     */
    record Images(String source, ImageDataset train, ImageDataset test) {}

    /**
     * Handwritten digits: MNIST, else drawn ones.
     *
     * @return images [1, 28, 28] of ten classes
     * @throws IOException if the files cannot be read
     */
    Images digits() throws IOException;

    /**
     * Photographs of ten kinds of things: CIFAR-10.
     *
     * @return images [3, 32, 32] of ten classes
     * @throws IOException if there are none, with what to give; or if they cannot be read
     */
    Images photographs() throws IOException;

    /**
     * A list of first names, one a line.
     *
     * @return the file
     * @throws IOException if there is none, with what to give
     */
    Path names() throws IOException;
}
