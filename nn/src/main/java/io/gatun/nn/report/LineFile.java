/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A text file that lines are added to, each by one call to the system: what is written stays when
 * the process is killed. A last line that was cut off is closed, so that the next one stands alone.
 */
final class LineFile implements AutoCloseable {
    private final FileChannel channel;

    private LineFile(FileChannel channel) {
        this.channel = channel;
    }

    static LineFile append(Path file) throws IOException {
        boolean cut = false;
        if (Files.exists(file) && Files.size(file) > 0) {
            try (FileChannel old = FileChannel.open(file, StandardOpenOption.READ)) {
                ByteBuffer last = ByteBuffer.allocate(1);
                cut = old.read(last, old.size() - 1) == 1 && last.get(0) != '\n';
            }
        }
        LineFile lines =
                new LineFile(
                        FileChannel.open(
                                file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        if (cut) {
            lines.add("");
        }
        return lines;
    }

    /** The first line; null where there is no file, or an empty one. */
    static @Nullable String first(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            return reader.readLine();
        }
    }

    void add(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
