/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.zip.CRC32C;

/**
 * A file of TensorBoard's events: records of TensorFlow's framing (length, data and their masked
 * CRC-32C), each an {@code Event} of {@code tensorflow/core/util/event.proto} with a {@code
 * Summary}. A record is written by one call to the system, so that a process that is killed loses
 * the one that it was about to write at most.
 */
final class EventFile implements AutoCloseable {
    private static final int MASK = 0xa282ead8;

    private final FileChannel channel;
    private final Clock clock;

    private EventFile(FileChannel channel, Clock clock) {
        this.channel = channel;
        this.clock = clock;
    }

    /**
     * Begins a new file, by a name that TensorBoard looks for.
     *
     * @param folder made if it does not exist
     */
    static EventFile create(Path folder, Clock clock) throws IOException {
        Files.createDirectories(folder);
        String start =
                "events.out.tfevents."
                        + String.format("%010d", clock.instant().getEpochSecond())
                        + "."
                        + host()
                        + "."
                        + ProcessHandle.current().pid()
                        + ".";
        for (int number = 0; ; number++) {
            try {
                FileChannel channel =
                        FileChannel.open(
                                folder.resolve(start + number),
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE);
                EventFile file = new EventFile(channel, clock);
                file.write(new Proto().text(3, "brain.Event:2"), 0);
                return file;
            } catch (FileAlreadyExistsException e) {
                // Another run began in the same second.
            }
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "_");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    void scalar(String tag, long step, double value) throws IOException {
        summary(step, new Proto().text(1, tag).float32(2, (float) value));
    }

    void image(String tag, long step, Picture picture) throws IOException {
        Proto image =
                new Proto()
                        .integer(1, picture.height())
                        .integer(2, picture.width())
                        .integer(3, 3) // RGB
                        .bytes(4, picture.toPng());
        summary(step, new Proto().text(1, tag).message(4, image));
    }

    void histogram(String tag, long step, Histogram histogram) throws IOException {
        int bins = histogram.bins();
        double[] limits = new double[bins];
        double[] counts = new double[bins];
        for (int i = 0; i < bins; i++) {
            limits[i] = histogram.edge(i + 1);
            counts[i] = (double) histogram.count(i);
        }
        Proto proto =
                new Proto()
                        .float64(1, histogram.edge(0))
                        .float64(2, histogram.edge(bins))
                        .float64(3, (double) histogram.total())
                        .float64(4, histogram.sum())
                        .float64(5, histogram.sumOfSquares())
                        .float64s(6, limits)
                        .float64s(7, counts);
        summary(step, new Proto().text(1, tag).message(5, proto));
    }

    private void summary(long step, Proto value) throws IOException {
        write(new Proto().message(5, new Proto().message(1, value)), step);
    }

    private void write(Proto content, long step) throws IOException {
        Proto event = new Proto().float64(1, clock.millis() / 1000.0);
        if (step != 0) {
            event.integer(2, step);
        }
        byte[] data = event.append(content).toBytes();
        ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(maskedCrc(record.array(), 0, 8));
        record.put(data);
        record.putInt(maskedCrc(data, 0, data.length));
        record.flip();
        while (record.hasRemaining()) {
            channel.write(record);
        }
    }

    /** CRC-32C, turned and shifted: a checksum of data that holds checksums would be weak. */
    static int maskedCrc(byte[] data, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, from, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }

    /** Has the operating system write to the disk what it was given. */
    void flush() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
