/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces a file as a whole: readers, and a crash at any moment, find the old content or the new
 * one.
 */
public final class AtomicFile {
    /** Writes the new content. */
    public interface Content {
        /**
         * Writes all of it.
         *
         * @param channel at the start of an empty file
         * @throws IOException if that fails: the file then keeps its old content
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    private static final String PREFIX = ".gatun-";
    private static final String SUFFIX = ".tmp";

    private AtomicFile() {}

    /**
     * Deletes what writers that were killed left in a folder. Files whose writer lives are locked,
     * and stay.
     *
     * @param folder perhaps missing
     */
    static void clean(Path folder) {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
            for (Path file : files) {
                boolean dead;
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    dead = lock(channel);
                }
                if (dead) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Nothing depends on it: what cannot be seen or deleted stays.
        }
    }

    /** Whether the file is ours now; its lock ends with its channel, or with the process. */
    private static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException | IOException e) {
            return false; // another thread writes it, or the file system knows no locks
        }
    }

    /**
     * Writes a file by way of a temporary one in the same folder.
     *
     * @param file the file
     * @param content what it holds
     * @throws IOException if the content cannot be written
     */
    public static void write(Path file, byte[] content) throws IOException {
        write(
                file,
                channel -> {
                    ByteBuffer rest = ByteBuffer.wrap(content);
                    while (rest.hasRemaining()) {
                        channel.write(rest);
                    }
                });
    }

    /**
     * Writes a file by way of a temporary one in the same folder.
     *
     * @param file the file
     * @param content writes what it holds
     * @throws NoSuchFileException if the folder does not exist
     * @throws AccessDeniedException if folder or file may not be written
     * @throws IOException if the content cannot be written
     */
    public static void write(Path file, Content content) throws IOException {
        // A link stays, and what it points to is replaced; a loop of links is an error here.
        Path target = Files.notExists(file) ? file.toAbsolutePath() : file.toRealPath();
        Path folder = target.getParent();
        if (Files.isDirectory(target) || folder == null) {
            throw new FileSystemException(
                    file.toString(), null, "cannot be written: it is a folder");
        }
        if (!Files.exists(folder)) {
            throw new NoSuchFileException(
                    file.toString(),
                    null,
                    "cannot be written: the folder " + folder + " does not exist");
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        boolean replaces = Files.exists(target);
        if (replaces && !Files.isWritable(target)) {
            throw new AccessDeniedException(
                    file.toString(), null, "cannot be replaced: it is write-protected");
        }
        Path temporary =
                folder.resolve(
                        PREFIX
                                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
                                + SUFFIX);
        FileChannel channel;
        try {
            // Unlike those of Files.createTempFile, its permissions are those of any new file.
            channel =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            AccessDeniedException clear =
                    new AccessDeniedException(
                            file.toString(),
                            null,
                            "cannot be written: no permission to make files in the folder "
                                    + folder);
            clear.initCause(e);
            throw clear;
        }
        try {
            try (channel) {
                lock(channel); // says that its writer lives, until it is closed
                content.writeTo(channel);
                if (replaces) {
                    copyPermissions(target, temporary);
                }
                channel.force(true);
            }
            move(temporary, target);
        } catch (Throwable failure) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
            throw failure;
        }
        forceFolder(folder);
    }

    private static void move(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new FileSystemException(
                    target.toString(),
                    null,
                    "cannot be written: its file system cannot replace files atomically");
        }
    }

    /**
     * What went wrong, for people. Messages of file system exceptions are often nothing but the
     * file's name.
     *
     * @param failure of reading or writing
     * @return a sentence without its full stop
     */
    public static String reason(IOException failure) {
        if (failure instanceof FileSystemException f && f.getReason() == null) {
            String problem =
                    switch (f) {
                        case AccessDeniedException _ -> "no permission";
                        case NoSuchFileException _ -> "it does not exist";
                        case NotDirectoryException _ -> "it is no folder";
                        case FileAlreadyExistsException _ -> "it is in the way: it is no folder";
                        default -> f.getClass().getSimpleName();
                    };
            return f.getFile() + ": " + problem;
        }
        return String.valueOf(failure.getMessage());
    }

    private static void copyPermissions(Path from, Path to) throws IOException {
        PosixFileAttributeView source =
                Files.getFileAttributeView(from, PosixFileAttributeView.class);
        PosixFileAttributeView target =
                Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (source != null && target != null) {
            target.setPermissions(source.readAttributes().permissions());
        }
    }

    /** Makes the new name last through a crash, where folders can be synchronised. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not possible on this system: the content is safe, and the old or the new name points
            // to whole content.
        }
    }
}
