/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.bindings.NativeLoadException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCacheTest {
    private static final Platform PLATFORM = Platform.of("Linux", "amd64", "");

    @TempDir private Path temp;
    private Path root;
    private List<PackedLibrary> libraries;

    @BeforeEach
    void makeArtifacts() throws IOException {
        root = temp.resolve("cache");
        libraries = artifacts(1);
    }

    @Test
    void extractsOnce() throws IOException {
        Path folder = new LibraryCache(root).provide(libraries);
        assertEquals(names(), filesIn(folder));
        Path file = folder.resolve("libgatun.so");
        assertArrayEquals(content(1, "libgatun.so"), Files.readAllBytes(file));

        FileTime before = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(before.toMillis() - 60_000));
        FileTime old = Files.getLastModifiedTime(file);
        assertEquals(folder, new LibraryCache(root).provide(libraries));
        assertEquals(old, Files.getLastModifiedTime(file), "written again");
    }

    @Test
    void keepsVersionsApart() throws IOException {
        LibraryCache cache = new LibraryCache(root);
        assertNotEquals(cache.provide(libraries), cache.provide(artifacts(2)));
    }

    @Test
    void repairsAFlippedBit() throws IOException {
        repairs(file -> {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
        });
    }

    @Test
    void repairsATruncatedFile() throws IOException {
        repairs(file -> Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100)));
    }

    @Test
    void repairsAMissingFile() throws IOException {
        repairs(Files::delete);
    }

    private interface Damage {
        void to(Path file) throws IOException;
    }

    private void repairs(Damage damage) throws IOException {
        LibraryCache cache = new LibraryCache(root);
        Path folder = cache.provide(libraries);
        for (String name : names()) {
            damage.to(folder.resolve(name));
        }
        assertEquals(folder, cache.provide(libraries));
        assertEquals(names(), filesIn(folder));
        for (String name : names()) {
            assertArrayEquals(content(1, name), Files.readAllBytes(folder.resolve(name)));
        }
    }

    @Test
    void manyAtOnceLeaveWholeFilesOnly() throws Exception {
        Callable<Path> start = () -> new LibraryCache(root).provide(libraries);
        try (var pool = Executors.newFixedThreadPool(4)) {
            for (var result :
                    pool.invokeAll(IntStream.range(0, 16).mapToObj(i -> start).toList())) {
                assertEquals(names(), filesIn(result.get()));
            }
        }
    }

    @Test
    void namesAFolderThatCannotBeWritten() throws IOException {
        // Permissions do not bind the superuser; that a file is no folder does.
        Path file = Files.writeString(temp.resolve("file"), "");
        NativeLoadException e =
                assertThrows(
                        NativeLoadException.class,
                        () -> new LibraryCache(file.resolve("cache")).provide(libraries));
        assertEquals(Reason.CACHE_FOLDER, e.reason());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        assertTrue(e.getMessage().contains("-Dgatun.cache="), e.getMessage());
    }

    @Test
    void findsLibrariesThatAreNotInAJar() throws IOException {
        Path library = Files.write(temp.resolve("libx.so"), content(1, "x"));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {temp.toUri().toURL()}, null)) {
            PackedLibrary packed = PackedLibrary.find(loader, "", "libx.so");
            assertNotNull(packed);
            assertTrue(packed.matches(library));
            assertNull(PackedLibrary.find(loader, "", "liby.so"));
        }
    }

    @Test
    void namesTheMissingArtifact() throws IOException {
        try (URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
            NativeLoadException e =
                    assertThrows(
                            NativeLoadException.class, () -> LibraryFolder.packed(PLATFORM, empty));
            assertEquals(Reason.MISSING_ARTIFACT, e.reason());
            assertTrue(e.getMessage().contains("io.gatun:gatun-native"), e.getMessage());
            assertTrue(e.getMessage().contains("linux-x86_64"), e.getMessage());
        }
    }

    @Test
    void namesEachMissingFileOfTheUsersFolder() {
        NativeLoadException e =
                assertThrows(NativeLoadException.class, () -> LibraryFolder.ofUser(PLATFORM, temp));
        assertEquals(Reason.MISSING_FILE, e.reason());
        assertTrue(e.getMessage().contains("libgatun.so"), e.getMessage());
        assertTrue(e.getMessage().contains("libopenblas.so.0"), e.getMessage());
    }

    private List<PackedLibrary> artifacts(int version) throws IOException {
        Path jar = temp.resolve("natives-" + version + ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out)) {
            for (String name : names()) {
                String folder =
                        name.contains("gatun") ? "io/gatun/natives/" : "org/bytedeco/openblas/";
                zip.putNextEntry(new ZipEntry(folder + "linux-x86_64/" + name));
                zip.write(content(version, name));
                zip.closeEntry();
            }
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            return LibraryFolder.packed(PLATFORM, loader);
        }
    }

    private static List<String> names() {
        return List.of(
                "libgatun.so",
                "libgcc_s.so.1",
                "libgfortran.so.5",
                "libopenblas.so.0",
                "libquadmath.so.0");
    }

    private static byte[] content(int version, String name) {
        byte[] bytes = new byte[200_000];
        new Random(31L * version + name.hashCode()).nextBytes(bytes);
        return bytes;
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
