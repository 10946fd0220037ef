/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Sgd;
import io.gatun.nn.Trainer;
import io.gatun.nn.TrainingListener;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.SyntheticDigits;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.LeNet5;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {
    private static final ImageDataset DIGITS = SyntheticDigits.generate(60, 4);

    private static void train(Layer model, int epochs, TrainingListener... listeners) {
        Trainer.of(model, Sgd.of(0.01), Losses.crossEntropy())
                .metrics(Metrics.accuracy())
                .listeners(listeners)
                .fit(DIGITS.batches(20), DIGITS.batches(60), epochs);
    }

    private static Layer lenet() {
        return LeNet5.of().initialize(1);
    }

    /* ------------------------------------------------------------ TensorBoard */

    /** CRC-32C bit by bit, from the polynomial. */
    private static int crc(byte[] data) {
        int crc = -1;
        for (byte b : data) {
            crc ^= b & 0xff;
            for (int i = 0; i < 8; i++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
            }
        }
        return ~crc;
    }

    private static int masked(byte[] data) {
        int crc = crc(data);
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    /** Takes the framing apart, and checks both sums of each record. */
    private static List<UnknownFieldSet> events(byte[] content) throws IOException {
        List<UnknownFieldSet> events = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        while (in.remaining() >= 12) {
            byte[] length = new byte[8];
            in.get(length);
            assertEquals(masked(length), in.getInt(), "sum of a length");
            int size = (int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (in.remaining() < size + 4) {
                break; // cut off
            }
            byte[] data = new byte[size];
            in.get(data);
            assertEquals(masked(data), in.getInt(), "sum of a record");
            events.add(UnknownFieldSet.parseFrom(data));
        }
        return events;
    }

    private static double float64(UnknownFieldSet set, int field) {
        return Double.longBitsToDouble(set.getField(field).getFixed64List().getFirst());
    }

    private static UnknownFieldSet message(UnknownFieldSet set, int field) throws IOException {
        return UnknownFieldSet.parseFrom(set.getField(field).getLengthDelimitedList().getFirst());
    }

    private static double[] packed(UnknownFieldSet set, int field) {
        ByteString bytes = set.getField(field).getLengthDelimitedList().getFirst();
        double[] values = new double[bytes.size() / 8];
        bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
        return values;
    }

    private static Path only(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all.toString());
            return all.getFirst();
        }
    }

    @Test
    void eventsAreReadBackByTheirPublishedFormat(@TempDir Path folder) throws Exception {
        Diagnostics diagnostics = Diagnostics.every(3);
        train(
                lenet(),
                2,
                diagnostics,
                TensorBoard.to(folder.resolve("run")).every(1).diagnostics(diagnostics));
        Path file = only(folder.resolve("run"));
        assertTrue(
                file.getFileName().toString().matches("events\\.out\\.tfevents\\.\\d{10}\\..+"),
                file.toString());
        List<UnknownFieldSet> events = events(Files.readAllBytes(file));
        // tensorflow/core/util/event.proto: wall_time = 1, step = 2, file_version = 3, summary = 5.
        assertEquals(
                "brain.Event:2",
                events.getFirst().getField(3).getLengthDelimitedList().getFirst().toStringUtf8());
        double now = System.currentTimeMillis() / 1000.0;
        Map<String, List<Long>> steps = new HashMap<>();
        UnknownFieldSet image = null;
        UnknownFieldSet histogram = null;
        for (UnknownFieldSet event : events.subList(1, events.size())) {
            assertTrue(Math.abs(float64(event, 1) - now) < 3600, "seconds since 1970");
            // tensorflow/core/framework/summary.proto: value = 1; in it tag = 1, simple_value = 2,
            // image = 4, histo = 5.
            UnknownFieldSet value = message(message(event, 5), 1);
            String tag = value.getField(1).getLengthDelimitedList().getFirst().toStringUtf8();
            steps.computeIfAbsent(tag, _ -> new ArrayList<>())
                    .add(event.getField(2).getVarintList().getFirst());
            if (tag.equals("filters")) {
                image = message(value, 4);
            } else if (tag.equals("weights/0.weight")) {
                histogram = message(value, 5);
            } else if (tag.equals("learning rate")) {
                assertEquals(
                        0.01f, Float.intBitsToFloat(value.getField(2).getFixed32List().getFirst()));
            }
        }
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L), steps.get("loss/step"));
        assertEquals(List.of(3L, 6L), steps.get("loss/validation"));
        assertEquals(List.of(3L, 6L), steps.get("accuracy/training"));
        assertEquals(List.of(1L, 4L), steps.get("update ratio/0.weight"));
        assertEquals(List.of(1L, 4L), steps.get("gradients/11.bias"));
        // Image: height = 1, width = 2, colorspace = 3, encoded_image_string = 4.
        byte[] png = image.getField(4).getLengthDelimitedList().getFirst().toByteArray();
        var decoded = ImageIO.read(new ByteArrayInputStream(png));
        assertEquals(decoded.getHeight(), image.getField(1).getVarintList().getFirst());
        assertEquals(decoded.getWidth(), image.getField(2).getVarintList().getFirst());
        // HistogramProto: min, max, num, sum, sum_squares, bucket_limit = 6, bucket = 7.
        assertEquals(150, float64(histogram, 3));
        double[] counts = packed(histogram, 7);
        double[] limits = packed(histogram, 6);
        assertEquals(150, java.util.stream.DoubleStream.of(counts).sum());
        assertEquals(limits.length, counts.length);
        assertEquals(float64(histogram, 2), limits[limits.length - 1]);
        for (int i = 1; i < limits.length; i++) {
            assertTrue(limits[i] > limits[i - 1]);
        }
    }

    @Test
    void twoRunsInOneFolderHaveFilesOfTheirOwn(@TempDir Path folder) throws Exception {
        train(lenet(), 1, TensorBoard.to(folder), TensorBoard.to(folder));
        try (var files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void everythingBeforeACutIsRead(@TempDir Path folder) throws Exception {
        train(lenet(), 1, TensorBoard.to(folder).every(1));
        byte[] content = Files.readAllBytes(only(folder));
        int whole = events(content).size();
        byte[] cut = java.util.Arrays.copyOf(content, content.length - 5);
        assertEquals(whole - 1, events(cut).size());
    }

    @Test
    void recordsAreOnTheirWayBeforeTheEnd(@TempDir Path folder) throws Exception {
        // As a reader, or after kill -9, sees the file in the midst of training.
        List<Integer> seen = new ArrayList<>();
        train(
                lenet(),
                1,
                TensorBoard.to(folder).every(1),
                new TrainingListener() {
                    @Override
                    public void stepTaken(Run run, Step step) {
                        try {
                            seen.add(events(Files.readAllBytes(only(folder))).size());
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                });
        assertEquals(List.of(3, 5, 7), seen); // the version, then two scalars for each step
    }

    @Test
    void knownSums() {
        // RFC 3720, B.4: 32 bytes of zeros, and of ones.
        assertEquals(0x8a9136aa, crc(new byte[32]));
        byte[] ones = new byte[32];
        java.util.Arrays.fill(ones, (byte) 0xff);
        assertEquals(0x62a8ab43, crc(ones));
        assertEquals(masked(ones), EventFile.maskedCrc(ones, 0, 32));
    }

    /* ------------------------------------------------------------ CSV */

    @Test
    void csvHasAHeaderOnceAndALineForEachEpoch(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("log.csv");
        train(lenet(), 2, CsvLog.to(file));
        train(lenet(), 1, CsvLog.to(file));
        List<String> lines = Files.readAllLines(file);
        assertEquals(
                "time,epoch,step,loss,accuracy,validation_loss,validation_accuracy,learning_rate,"
                        + "seconds,samples_per_second",
                lines.getFirst());
        assertEquals(4, lines.size(), lines.toString());
        assertTrue(lines.get(2).matches("[^,]+Z,2,6,[0-9.]+,[0-9.]+,.*"), lines.get(2));
        assertEquals(10, lines.get(3).split(",").length);
        assertEquals("0.01", lines.get(3).split(",")[7]);
    }

    @Test
    void csvGoesOnBehindACutLineAndRefusesOtherColumns(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("log.csv");
        train(lenet(), 1, CsvLog.to(file));
        Files.writeString(file, "2026-11-21T00", StandardOpenOption.APPEND);
        train(lenet(), 1, CsvLog.to(file));
        List<String> lines = Files.readAllLines(file);
        assertEquals(4, lines.size(), lines.toString());
        assertEquals("2026-11-21T00", lines.get(2));
        Path other = folder.resolve("other.csv");
        Files.writeString(other, "a,b\n1,2\n");
        String message =
                assertThrows(UncheckedIOException.class, () -> train(lenet(), 1, CsvLog.to(other)))
                        .getMessage();
        assertTrue(message.contains("its columns are \"a,b\""), message);
        assertEquals("a,b\n1,2\n", Files.readString(other));
    }

    @Test
    void aMissingFolderIsSaidBeforeTraining(@TempDir Path folder) {
        Path file = folder.resolve("no/log.csv");
        Layer model = lenet();
        float[] before = Values.of(model.parameters().getFirst());
        String message =
                assertThrows(UncheckedIOException.class, () -> train(model, 1, CsvLog.to(file)))
                        .getMessage();
        assertTrue(message.contains(file.toString()), message);
        assertThrows(UncheckedIOException.class, () -> train(model, 1, JsonLinesLog.to(file)));
        org.junit.jupiter.api.Assertions.assertArrayEquals(
                before, Values.of(model.parameters().getFirst()));
    }

    /* ------------------------------------------------------------ JSON lines */

    @Test
    void jsonLinesAreObjects(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("log.jsonl");
        Files.writeString(file, "{\"event\":\"cut", StandardCharsets.UTF_8);
        train(lenet(), 1, JsonLinesLog.to(file).every(2));
        List<String> lines = Files.readAllLines(file);
        assertEquals(5, lines.size(), lines.toString()); // the cut one, start, step 2, epoch, end
        Set<String> names = new HashSet<>();
        for (String line : lines.subList(1, 5)) {
            try (JsonParser parser = new JsonFactory().createParser(line)) {
                assertEquals(JsonToken.START_OBJECT, parser.nextToken());
                while (parser.nextToken() != null) {
                    if (parser.currentToken() == JsonToken.FIELD_NAME) {
                        names.add(parser.currentName());
                    }
                }
            }
        }
        assertTrue(
                names.containsAll(
                        List.of("event", "validationLoss", "accuracy", "rate", "waited", "step")),
                names.toString());
        assertTrue(
                lines.get(2).contains("\"event\":\"step\"") && lines.get(2).contains("\"step\":2"));
    }

    @Test
    void numbersThatAreNoneAreNull() {
        assertEquals(
                "{\"a\":null,\"b\":[1,null,0.5]}",
                Json.object(json -> {
                    json.number("a", Double.NaN);
                    json.numbers("b", new double[] {1, Double.POSITIVE_INFINITY, 0.5});
                }));
    }
}
