/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.SyntheticDigits;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Generated data in the form of the real ones; a few samples of each. */
record TinyData(Path folder) implements CourseData {
    @Override
    public Images digits() {
        return new Images(
                "synthetic", SyntheticDigits.generate(600, 1), SyntheticDigits.generate(200, 2));
    }

    @Override
    public Images photographs() {
        return new Images("generated", squares(200, 3), squares(100, 4));
    }

    /** Noise with a bright square whose place and colour tell its class. */
    private static ImageDataset squares(int count, long seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[count * 3 * 32 * 32];
        random.nextBytes(pixels);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(10);
            int from = (i * 3 + labels[i] % 3) * 32 * 32;
            for (int y = 0; y < 10; y++) {
                for (int x = 0; x < 10; x++) {
                    pixels[from + (y + 2 * labels[i]) * 32 + x + labels[i]] = (byte) 250;
                }
            }
        }
        MemorySegment memory = Arena.ofAuto().allocate(pixels.length, 64);
        memory.copyFrom(MemorySegment.ofArray(pixels));
        Tensor images = Tensor.wrap(memory, Shape.of(count, 3, 32, 32), DType.UINT8);
        return ImageDataset.of(images, labels, 10, 1 / 64f, -2);
    }

    @Override
    public Path names() throws IOException {
        Path file = folder.resolve("names.txt");
        if (!Files.exists(file)) {
            Files.writeString(
                    file, "emma\nolivia\nava\nisabella\nsophia\nliam\nnoah\nmia\n".repeat(8));
        }
        return file;
    }
}
