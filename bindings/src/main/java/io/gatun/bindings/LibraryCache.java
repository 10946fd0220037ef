/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import io.gatun.bindings.NativeLoadException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * The per-user folder that libraries are extracted to, once for each content.
 *
 * <p>Each file is written under a name of its own and then renamed, which is atomic: another JVM
 * sees a whole file or none, and JVMs that start together at worst do the same work twice. A file
 * that is there is compared with the jar at each start, and replaced in the same way when it is
 * damaged; a JVM that has the damaged one mapped keeps it, as a rename does not touch its content.
 */
final class LibraryCache {
    static final String PROPERTY = "gatun.cache";

    private final Path root;

    LibraryCache(Path root) {
        this.root = root.toAbsolutePath();
    }

    /** The cache at the place that the property, the environment or the system's habit names. */
    static LibraryCache ofUser() {
        String folder = System.getProperty(PROPERTY);
        if (folder != null) {
            return new LibraryCache(Path.of(folder));
        }
        Path home = Path.of(System.getProperty("user.home", ""));
        if (System.getProperty("os.name", "").startsWith("Mac")) {
            return new LibraryCache(home.resolve("Library/Caches/gatun"));
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        boolean usable = xdg != null && Path.of(xdg).isAbsolute();
        return new LibraryCache((usable ? Path.of(xdg) : home.resolve(".cache")).resolve("gatun"));
    }

    /** Makes sure that the libraries lie in the cache, whole, and returns their folder. */
    Path provide(List<PackedLibrary> libraries) {
        Path folder = root.resolve(key(libraries));
        try {
            Files.createDirectories(folder, ownerOnly());
            for (PackedLibrary library : libraries) {
                Path file = folder.resolve(library.name());
                if (!library.matches(file)) {
                    replace(file, library);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new NativeLoadException(
                    Reason.CACHE_FOLDER,
                    "Cannot extract Gatun's native libraries to %s (%s): make it writable, pass -D%s=<a writable folder>, or pass -D%s=<a folder that holds them>"
                            .formatted(folder, e, PROPERTY, LibraryFolder.PATH_PROPERTY),
                    e);
        }
    }

    private static void replace(Path file, PackedLibrary library) throws IOException {
        Path fresh = file.resolveSibling("." + library.name() + "." + UUID.randomUUID());
        try {
            library.extractTo(fresh);
            try {
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static String key(List<PackedLibrary> libraries) {
        StringBuilder contents = new StringBuilder();
        for (PackedLibrary library : libraries) {
            contents.append(library.name()).append(' ');
            contents.append(library.size()).append(' ');
            contents.append(library.crc()).append('\n');
        }
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(contents.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        };
    }
}
