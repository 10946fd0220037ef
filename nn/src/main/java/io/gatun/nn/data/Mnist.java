/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The MNIST database of handwritten digits (LeCun, Cortes and Burges), or any other data set in the
 * same four files, such as Fashion-MNIST.
 *
 * <p>Pixels are normalised with the mean {@value #MEAN} and the standard deviation {@value
 * #DEVIATION} of MNIST's training images.
 */
public final class Mnist {
    /** Mean of the pixels of MNIST's training images, of 0 to 1. */
    public static final double MEAN = 0.1307;

    /** Standard deviation of the pixels of MNIST's training images, of 0 to 1. */
    public static final double DEVIATION = 0.3081;

    static final float SCALE = (float) (1 / (255 * DEVIATION));
    static final float SHIFT = (float) (-MEAN / DEVIATION);
    static final int SIDE = 28;
    static final int CLASSES = 10;

    private final ImageDataset train;
    private final ImageDataset test;

    private Mnist(ImageDataset train, ImageDataset test) {
        this.train = train;
        this.test = test;
    }

    /**
     * Reads the four files of a folder: {@code train-images-idx3-ubyte}, {@code
     * train-labels-idx1-ubyte}, {@code t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte};
     * each may end in {@code .gz}, and may have a dot in place of the hyphen before {@code idx}.
     * Plain files are memory-mapped, see {@link Idx}.
     *
     * @param folder where the files are
     * @return both parts
     * @throws NoSuchFileException if a file is missing; it names what was looked for
     * @throws FormatException if a file is corrupt, or they do not fit together
     * @throws IOException if reading fails
     */
    public static Mnist load(Path folder) throws IOException {
        List<String> missing = new ArrayList<>();
        Path[] files = new Path[4];
        String[] names = {
            "train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"
        };
        for (int i = 0; i < names.length; i++) {
            files[i] = find(folder, names[i] + "-ubyte", missing);
        }
        if (!missing.isEmpty()) {
            throw new NoSuchFileException(
                    folder.toString(),
                    null,
                    "MNIST needs four files in this folder, and there is no "
                            + String.join(", no ", missing)
                            + ", neither plain nor .gz, nor with a dot before idx");
        }
        return new Mnist(part(files[0], files[1]), part(files[2], files[3]));
    }

    /**
     * The training part.
     *
     * @return 60,000 images [1, 28, 28] in MNIST itself
     */
    public ImageDataset train() {
        return train;
    }

    /**
     * The test part.
     *
     * @return 10,000 images [1, 28, 28] in MNIST itself
     */
    public ImageDataset test() {
        return test;
    }

    private static Path find(Path folder, String name, List<String> missing) {
        String dotted = name.replace("-idx", ".idx");
        for (String candidate : new String[] {name, dotted, name + ".gz", dotted + ".gz"}) {
            Path file = folder.resolve(candidate);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        missing.add(name);
        return folder;
    }

    private static ImageDataset part(Path imageFile, Path labelFile) throws IOException {
        Tensor images = Idx.read(imageFile);
        Shape shape = images.shape();
        if (shape.rank() != 3 || shape.dim(1) != SIDE || shape.dim(2) != SIDE) {
            throw new FormatException(
                    imageFile, "expected images [n, 28, 28], found shape " + shape);
        }
        Tensor labels = Idx.read(labelFile);
        if (labels.shape().rank() != 1) {
            throw new FormatException(
                    labelFile, "expected labels [n], found shape " + labels.shape());
        }
        if (labels.shape().dim(0) != shape.dim(0)) {
            throw new FormatException(
                    labelFile,
                    "expected as many labels as "
                            + imageFile.getFileName()
                            + " has images, "
                            + shape.dim(0)
                            + ", found "
                            + labels.shape().dim(0));
        }
        MemorySegment bytes = labels.segment();
        int[] classes = new int[(int) shape.dim(0)];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, i));
            if (classes[i] >= CLASSES) {
                throw new FormatException(
                        labelFile,
                        "expected labels 0 to 9, found " + classes[i] + " at position " + i);
            }
        }
        Tensor whole =
                Tensor.wrap(
                        images.segment(), Shape.of(shape.dim(0), 1, SIDE, SIDE), images.dtype());
        return ImageDataset.of(whole, classes, CLASSES, SCALE, SHIFT);
    }
}
