/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.SyntheticDigits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Small data in the form of MNIST, drawn by the generator. */
final class TinyMnist {
    private TinyMnist() {}

    /** Writes the four files, packed with gzip. */
    static Path write(Path folder, int train, int test) throws IOException {
        Files.createDirectories(folder);
        part(folder, "train", SyntheticDigits.generate(train, 3));
        part(folder, "t10k", SyntheticDigits.generate(test, 4));
        return folder;
    }

    private static void part(Path folder, String name, ImageDataset data) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + data.size() * 784);
        images.putInt(0x803).putInt(data.size()).putInt(28).putInt(28);
        ByteBuffer labels = ByteBuffer.allocate(8 + data.size());
        labels.putInt(0x801).putInt(data.size());
        for (int i = 0; i < data.size(); i++) {
            images.put(data.pixels(i));
            labels.put((byte) data.label(i));
        }
        gzip(folder.resolve(name + "-images-idx3-ubyte.gz"), images.array());
        gzip(folder.resolve(name + "-labels-idx1-ubyte.gz"), labels.array());
    }

    static void gzip(Path file, byte[] content) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content);
        }
    }
}
