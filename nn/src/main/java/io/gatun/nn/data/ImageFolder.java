/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Images in folders, one for each class: {@code root/cat/1.jpg}, {@code root/dog/more/2.png}.
 * Classes are the names of the folders in alphabetical order. JPEG, PNG, GIF and BMP are read by
 * ImageIO, on all cores, once, into native memory: one byte per pixel and channel at the size asked
 * for. Immutable.
 *
 * <pre>{@code
 * ImageFolder.Contents contents = ImageFolder.of(root, 64, 64).read();
 * System.out.println(contents.report());
 * ImageDataset data = contents.dataset();
 * }</pre>
 *
 * <p>Files whose names begin with a dot are passed over. What cannot be read is listed, and left
 * out unless {@link #strict} was asked for.
 */
public final class ImageFolder {
    private static final int SHOWN = 20;
    private static final String AROUND = "a link to a folder around it: would never end";

    private final Path root;
    private final int height;
    private final int width;
    private final boolean stretch;
    private final boolean strict;
    private final int channels;

    private ImageFolder(
            Path root, int height, int width, boolean stretch, boolean strict, int channels) {
        this.root = root;
        this.height = height;
        this.width = width;
        this.stretch = stretch;
        this.strict = strict;
        this.channels = channels;
    }

    /**
     * Images [3, height, width], scaled until they cover that size, and the rest cut off evenly.
     *
     * @param root the folder of the classes' folders
     * @param height of all images, at least 1
     * @param width of all images, at least 1
     * @return what to read
     */
    public static ImageFolder of(Path root, int height, int width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "ImageFolder: height = " + height + ", width = " + width + ": give at least 1");
        }
        return new ImageFolder(root, height, width, false, false, 3);
    }

    /**
     * Images are stretched to the size instead of cut.
     *
     * @return what to read
     */
    public ImageFolder stretch() {
        return new ImageFolder(root, height, width, true, strict, channels);
    }

    /**
     * One channel, the luminance, instead of three.
     *
     * @return what to read
     */
    public ImageFolder grey() {
        return new ImageFolder(root, height, width, stretch, strict, 1);
    }

    /**
     * Anything that cannot be read, and a class without images, is an exception.
     *
     * @return what to read
     */
    public ImageFolder strict() {
        return new ImageFolder(root, height, width, stretch, true, channels);
    }

    /**
     * Something that was left out.
     *
     * @param path the file or folder
     * @param reason why, in words
     */
    public record Problem(Path path, String reason) {
        @Override
        public String toString() {
            return path + ": " + reason;
        }
    }

    /**
     * What was found.
     *
     * @param dataset the images that could be read, class by class and by name, with pixels of 0 to
     *     1
     * @param classNames the classes' folders
     * @param files the file of each image
     * @param problems what was left out
     */
    public record Contents(
            ImageDataset dataset,
            List<String> classNames,
            List<Path> files,
            List<Problem> problems) {
        /** Copies the lists. */
        public Contents {
            classNames = List.copyOf(classNames);
            files = List.copyOf(files);
            problems = List.copyOf(problems);
        }

        /**
         * The numbers, and the first problems.
         *
         * @return some lines of text
         */
        public String report() {
            String text =
                    files.size()
                            + " images of "
                            + classNames.size()
                            + " classes; "
                            + problems.size()
                            + (problems.size() == 1 ? " problem" : " problems");
            return text + list(problems);
        }
    }

    private static String list(List<Problem> problems) {
        String text =
                problems.stream()
                        .limit(SHOWN)
                        .map(problem -> "\n  " + problem)
                        .collect(Collectors.joining());
        int more = problems.size() - SHOWN;
        return more > 0 ? text + "\n  and " + more + " more" : text;
    }

    private record Found(Path file, int label) {}

    /**
     * Reads all images.
     *
     * @return the images, and what could not be read
     * @throws NotDirectoryException if the root is no folder
     * @throws DataException if no image could be read; with {@link #strict}, if anything could not
     *     be
     * @throws IOException if the root cannot be listed
     */
    public Contents read() throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root.toString());
        }
        List<Path> folders;
        List<Problem> problems = new ArrayList<>();
        try (Stream<Path> entries = Files.list(root)) {
            folders = entries.filter(path -> !hidden(path)).sorted(byName()).toList();
        }
        List<String> classes = new ArrayList<>();
        List<Found> found = new ArrayList<>();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                problems.add(new Problem(folder, "not in a class's folder"));
                continue;
            }
            int before = found.size();
            collect(folder, classes.size(), found, problems);
            classes.add(String.valueOf(folder.getFileName()));
            if (found.size() == before) {
                problems.add(new Problem(folder, "the class has no image"));
            }
        }
        if (found.isEmpty()) {
            throw new DataException(
                    "ImageFolder: no file to read in the "
                            + classes.size()
                            + " classes of "
                            + root
                            + ": give a folder with a folder of images for each class"
                            + list(problems));
        }
        return decode(found, classes, problems);
    }

    private static boolean hidden(Path path) {
        return String.valueOf(path.getFileName()).startsWith(".");
    }

    private static Comparator<Path> byName() {
        return Comparator.comparing(path -> String.valueOf(path.getFileName()));
    }

    private void collect(Path folder, int label, List<Found> found, List<Problem> problems)
            throws IOException {
        List<Path> files = new ArrayList<>();
        Path top = root.toRealPath();
        Files.walkFileTree(
                folder,
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                Integer.MAX_VALUE,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path inner, BasicFileAttributes attributes) throws IOException {
                        // From there all classes would be read as this one.
                        if (top.startsWith(inner.toRealPath())) {
                            problems.add(new Problem(inner, AROUND));
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (hidden(file)) {
                            return FileVisitResult.CONTINUE;
                        }
                        if (attributes.isRegularFile()) {
                            files.add(file);
                        } else { // a pipe would never end
                            problems.add(new Problem(file, "not a regular file"));
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        problems.add(new Problem(file, reason(e)));
                        return FileVisitResult.CONTINUE;
                    }
                });
        files.sort(Comparator.comparing(Path::toString));
        files.forEach(file -> found.add(new Found(file, label)));
    }

    private static String reason(Throwable e) {
        return switch (e) {
            case FileSystemLoopException loop -> AROUND;
            case AccessDeniedException denied -> "no permission to read it";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    private Contents decode(List<Found> found, List<String> classes, List<Problem> problems) {
        int bytes = Math.multiplyExact(channels, Math.multiplyExact(height, width));
        MemorySegment memory = Arena.ofAuto().allocate((long) bytes * found.size(), 64);
        List<Path> files = new ArrayList<>();
        List<Integer> rows = new ArrayList<>();
        int[] labels = found.stream().mapToInt(Found::label).toArray();
        int cores = Runtime.getRuntime().availableProcessors();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(
                        cores,
                        task -> {
                            Thread thread = new Thread(task, "gatun-images");
                            thread.setDaemon(true);
                            return thread;
                        })) {
            List<Future<?>> tasks = new ArrayList<>();
            for (int i = 0; i < found.size(); i++) {
                MemorySegment place = memory.asSlice((long) bytes * i, bytes);
                Path file = found.get(i).file();
                tasks.add(threads.submit(() -> decode(file, place)));
            }
            for (int i = 0; i < tasks.size(); i++) {
                try {
                    tasks.get(i).get();
                    rows.add(i);
                    files.add(found.get(i).file());
                } catch (ExecutionException e) {
                    Throwable cause = e.getCause() == null ? e : e.getCause();
                    problems.add(new Problem(found.get(i).file(), reason(cause)));
                } catch (InterruptedException e) {
                    threads.shutdownNow();
                    Thread.currentThread().interrupt();
                    throw new DataException("ImageFolder: interrupted while reading " + root, e);
                }
            }
        }
        if (files.isEmpty() || (strict && !problems.isEmpty())) {
            throw new DataException(
                    "ImageFolder: "
                            + files.size()
                            + " images of "
                            + root
                            + " could be read, with "
                            + problems.size()
                            + " problems: mend or remove them"
                            + list(problems));
        }
        Pixels pixels = new Pixels(List.of(memory), bytes, 0, Shape.of(channels, height, width));
        ImageDataset all = ImageDataset.of(pixels, labels, classes.size());
        ImageDataset dataset =
                files.size() == found.size()
                        ? all
                        : all.subset(rows.stream().mapToInt(Integer::intValue).toArray());
        return new Contents(dataset, classes, files, problems);
    }

    private @Nullable Void decode(Path file, MemorySegment place) throws IOException {
        byte[] planes =
                ImageResizer.planes(ImageDecoder.read(file), height, width, stretch, channels);
        MemorySegment.copy(planes, 0, place, ValueLayout.JAVA_BYTE, 0, planes.length);
        return null;
    }
}
