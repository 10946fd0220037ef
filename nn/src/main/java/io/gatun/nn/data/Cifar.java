/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Shape;
import io.gatun.nn.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The CIFAR-10 and CIFAR-100 data sets of small colour images (Krizhevsky, "Learning multiple
 * layers of features from tiny images", 2009) in their binary form: records of one label byte
 * (CIFAR-100: two) and 3 x 32 x 32 bytes, channel by channel.
 *
 * <p>Plain files are memory-mapped and not copied: they must not be shortened while the data is in
 * use. Files in gzip are unpacked into native memory. Pixels are given as 0 to 1; see {@link
 * ImageDataset#normalized} with {@link #mean} and {@link #deviation}.
 */
public final class Cifar {
    private static final Shape IMAGE = Shape.of(3, 32, 32);
    private static final int PIXELS = 3 * 32 * 32;
    private static final int BATCHES = 5;
    private static final List<String> NAMES_10 =
            List.of(
                    "airplane",
                    "automobile",
                    "bird",
                    "cat",
                    "deer",
                    "dog",
                    "frog",
                    "horse",
                    "ship",
                    "truck");

    /** Which of the data sets, and which of its labels. */
    public enum Kind {
        /** CIFAR-10: ten classes. */
        CIFAR_10(1, 0, 10),
        /** CIFAR-100 with its 100 fine classes. */
        CIFAR_100(2, 1, 100),
        /** CIFAR-100 with its 20 coarse classes. */
        CIFAR_100_COARSE(2, 0, 20);

        private final int labelBytes;
        private final int label;
        private final int classes;

        Kind(int labelBytes, int label, int classes) {
            this.labelBytes = labelBytes;
            this.label = label;
            this.classes = classes;
        }

        int record() {
            return labelBytes + PIXELS;
        }
    }

    private final ImageDataset train;
    private final ImageDataset test;
    private final List<String> classNames;
    private final List<Path> trainFiles;

    private Cifar(
            ImageDataset train, ImageDataset test, List<String> classNames, List<Path> trainFiles) {
        this.train = train;
        this.test = test;
        this.classNames = classNames;
        this.trainFiles = trainFiles;
    }

    /**
     * Reads a folder. For CIFAR-10 these are {@code data_batch_1.bin} to {@code data_batch_5.bin},
     * of which at least one must be there ({@link #trainFiles} says which were), and {@code
     * test_batch.bin}; for CIFAR-100 {@code train.bin} and {@code test.bin}. Each may end in {@code
     * .gz}.
     *
     * @param folder where the files are
     * @param kind which data set
     * @return both parts
     * @throws NoSuchFileException if a file is missing; it names what was looked for
     * @throws FormatException if a file is truncated, has another size than its original, or holds
     *     an impossible label
     * @throws IOException if reading fails
     */
    public static Cifar load(Path folder, Kind kind) throws IOException {
        return load(folder, kind, kind == Kind.CIFAR_10 ? 10_000 : 50_000, 10_000);
    }

    static Cifar load(Path folder, Kind kind, int perTrainFile, int perTestFile)
            throws IOException {
        boolean ten = kind == Kind.CIFAR_10;
        List<Path> trainFiles = new ArrayList<>();
        for (int i = 1; i <= (ten ? BATCHES : 1); i++) {
            find(folder, ten ? "data_batch_" + i + ".bin" : "train.bin", trainFiles);
        }
        List<Path> testFiles = new ArrayList<>();
        find(folder, ten ? "test_batch.bin" : "test.bin", testFiles);
        if (trainFiles.isEmpty() || testFiles.isEmpty()) {
            throw new NoSuchFileException(
                    folder.toString(),
                    null,
                    (ten ? "CIFAR-10" : "CIFAR-100")
                            + " needs its binary files in this folder, and there is no "
                            + (!trainFiles.isEmpty()
                                    ? ""
                                    : ten ? "data_batch_1.bin to data_batch_5.bin" : "train.bin")
                            + (trainFiles.isEmpty() && testFiles.isEmpty() ? ", no " : "")
                            + (!testFiles.isEmpty() ? "" : ten ? "test_batch.bin" : "test.bin")
                            + ", neither plain nor .gz");
        }
        ImageDataset train = read(kind, trainFiles, perTrainFile);
        return new Cifar(
                train, read(kind, testFiles, perTestFile), names(folder, kind), trainFiles);
    }

    /**
     * Reads files of any number of records.
     *
     * @param kind which data set they are like
     * @param files plain or, by their names, .gz; at least one
     * @return their images one after another
     * @throws FormatException if a file is not a whole number of records, or holds an impossible
     *     label
     * @throws IOException if reading fails
     */
    public static ImageDataset read(Kind kind, Path... files) throws IOException {
        return read(kind, List.of(files), -1);
    }

    private static ImageDataset read(Kind kind, List<Path> files, int expected) throws IOException {
        List<MemorySegment> parts = new ArrayList<>();
        long count = 0;
        for (Path file : files) {
            MemorySegment part = content(file, kind, expected);
            parts.add(part);
            count += part.byteSize() / kind.record();
        }
        int[] labels = new int[Math.toIntExact(count)];
        int at = 0;
        for (int p = 0; p < parts.size(); p++) {
            long records = parts.get(p).byteSize() / kind.record();
            for (long i = 0; i < records; i++) {
                int label =
                        Byte.toUnsignedInt(
                                parts.get(p)
                                        .get(
                                                ValueLayout.JAVA_BYTE,
                                                i * kind.record() + kind.label));
                if (label >= kind.classes) {
                    throw new FormatException(
                            files.get(p),
                            "expected labels 0 to "
                                    + (kind.classes - 1)
                                    + ", found "
                                    + label
                                    + " in record "
                                    + i
                                    + ": not a file of "
                                    + kind);
                }
                labels[at++] = label;
            }
        }
        return ImageDataset.of(
                new Pixels(parts, kind.record(), kind.labelBytes, IMAGE), labels, kind.classes);
    }

    private static MemorySegment content(Path file, Kind kind, int expected) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FormatException(file, "not a regular file");
        }
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".gz")) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                checkSize(file, kind, channel.size(), expected, "");
                return channel.map(
                        FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            }
        }
        long limit = expected < 0 ? Integer.MAX_VALUE - 8 : (long) expected * kind.record();
        byte[] bytes;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
            bytes = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8));
        } catch (ZipException | EOFException e) {
            throw new FormatException(
                    file,
                    e instanceof EOFException
                            ? "truncated: the gzip data ends too early"
                            : "corrupt gzip data: " + e.getMessage(),
                    e);
        }
        checkSize(file, kind, bytes.length, expected, " when unpacked");
        MemorySegment memory = Arena.ofAuto().allocate(bytes.length, 64);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return memory;
    }

    private static void checkSize(Path file, Kind kind, long size, int expected, String how)
            throws FormatException {
        long wanted = (long) expected * kind.record();
        if (expected >= 0 && size != wanted) {
            throw new FormatException(
                    file,
                    (size < wanted ? "truncated: " : "too long: ")
                            + "expected "
                            + expected
                            + " records of "
                            + kind.record()
                            + " bytes, "
                            + wanted
                            + " in all, found "
                            + (size < wanted ? size : "more")
                            + how
                            + " (files of other sizes can be read with Cifar.read)");
        }
        if (size == 0 || size % kind.record() != 0) {
            throw new FormatException(
                    file,
                    "expected whole records of "
                            + kind.record()
                            + " bytes, found "
                            + size
                            + " bytes"
                            + how
                            + ": truncated, or not a file of "
                            + kind);
        }
    }

    private static void find(Path folder, String name, List<Path> found) {
        for (String candidate : new String[] {name, name + ".gz"}) {
            if (Files.exists(folder.resolve(candidate))) {
                found.add(folder.resolve(candidate));
                return;
            }
        }
    }

    private static List<String> names(Path folder, Kind kind) throws IOException {
        Path file =
                folder.resolve(
                        switch (kind) {
                            case CIFAR_10 -> "batches.meta.txt";
                            case CIFAR_100 -> "fine_label_names.txt";
                            case CIFAR_100_COARSE -> "coarse_label_names.txt";
                        });
        if (Files.isRegularFile(file)) {
            List<String> names =
                    new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                            .lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .toList();
            if (names.size() == kind.classes) {
                return names;
            }
        }
        if (kind == Kind.CIFAR_10) {
            return NAMES_10;
        }
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < kind.classes; i++) {
            numbers.add(Integer.toString(i));
        }
        return List.copyOf(numbers);
    }

    /**
     * The training part.
     *
     * @return 50,000 images [3, 32, 32], or as many as the files of {@link #trainFiles} hold
     */
    public ImageDataset train() {
        return train;
    }

    /**
     * The test part.
     *
     * @return 10,000 images [3, 32, 32]
     */
    public ImageDataset test() {
        return test;
    }

    /**
     * What the classes are called: from the file beside the data, else built in (CIFAR-10) or
     * numbers.
     *
     * @return a name for each class
     */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * The files that the training part was read from: CIFAR-10 may be there in part.
     *
     * @return 1 to 5 files
     */
    public List<Path> trainFiles() {
        return List.copyOf(trainFiles);
    }

    /**
     * Mean of each colour over CIFAR-10's 50,000 training images.
     *
     * @return red, green, blue, of 0 to 1
     */
    public static float[] mean() {
        return new float[] {0.4914f, 0.4822f, 0.4465f};
    }

    /**
     * Standard deviation of each colour over CIFAR-10's 50,000 training images.
     *
     * @return red, green, blue, of 0 to 1
     */
    public static float[] deviation() {
        return new float[] {0.2470f, 0.2435f, 0.2616f};
    }

    @Override
    public String toString() {
        return "Cifar["
                + train.size()
                + " training images of "
                + trainFiles.size()
                + " files, "
                + test.size()
                + " test images]";
    }
}
