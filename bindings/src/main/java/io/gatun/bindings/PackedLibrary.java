/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A native library as it lies in a jar. The jar's directory already holds size and CRC-32, so that
 * knowing the right content costs nothing; checking 40 MB of extracted files against them costs
 * some 15 milliseconds. That finds what disks, full file systems and killed processes do to a file.
 * It is no defence against someone who may write to the folder, and neither would a stronger hash
 * be, for the file can change between check and load.
 */
record PackedLibrary(String name, URL url, long size, long crc) {
    private static final int BUFFER = 1 << 18;

    /** Finds a library among the resources of a class loader; null if it is not there. */
    static @Nullable PackedLibrary find(ClassLoader loader, String folder, String name)
            throws IOException {
        URL url = loader.getResource(folder + name);
        if (url == null) {
            return null;
        }
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jarConnection) {
            try (JarFile jar = jarConnection.getJarFile()) {
                JarEntry entry = jar.getJarEntry(jarConnection.getEntryName());
                if (entry != null && entry.getSize() >= 0 && entry.getCrc() >= 0) {
                    return new PackedLibrary(name, url, entry.getSize(), entry.getCrc());
                }
            }
        }
        // Not in a jar (a folder of classes, a run-time image): read it once to know it.
        Digest digest = Digest.of(Channels.newChannel(url.openStream()));
        return new PackedLibrary(name, url, digest.size, digest.crc);
    }

    /** Whether a file has exactly this content. */
    boolean matches(Path file) throws IOException {
        try {
            return Files.size(file) == size && Digest.of(Files.newByteChannel(file)).crc == crc;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Writes the content to a new file. */
    void extractTo(Path file) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            Files.copy(in, file);
        }
        if (!matches(file)) {
            throw new IOException("what was written to " + file + " differs from " + url);
        }
    }

    private record Digest(long size, long crc) {
        static Digest of(ReadableByteChannel channel) throws IOException {
            CRC32 crc = new CRC32();
            long size = 0;
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER); // half the time of an array
            try (channel) {
                while (channel.read(buffer) >= 0) {
                    size += buffer.flip().remaining();
                    crc.update(buffer);
                    buffer.clear();
                }
            }
            return new Digest(size, crc.getValue());
        }
    }
}
