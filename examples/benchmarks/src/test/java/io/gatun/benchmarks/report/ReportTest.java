/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final List<String> FILES =
            List.of(
                    "performance.md",
                    "images/performance-peers.svg",
                    "images/performance-roofline.svg",
                    "images/performance-java.svg",
                    "images/performance-growth.png");

    @TempDir private Path folder;

    @Test
    void theSameResultsGiveTheSameBytesWhateverTheLocale() throws IOException {
        Path first = write("first");
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            Path second = write("second");
            for (String file : FILES) {
                assertEquals(-1, Files.mismatch(first.resolve(file), second.resolve(file)), file);
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void tablesHoldWhatWasMeasured() throws IOException {
        String page = Files.readString(write("docs").resolve("performance.md"));
        for (String part :
                List.of(
                        "| train LeNet-5, batch 64 | 1 |",
                        "| infer ResNet-18, batch 1 | 2 |",
                        "| infer ResNet-20, batch 1, 2 callers | 1 each |",
                        "PyTorch 2.7.1",
                        "| ResNet-18 64, 56x56, 3x3 |",
                        "| convolution: ResNet-18 64, 56x56, 3x3 |",
                        "| images | 2 | 32 | 200 us | 6.25 us per image | 1.25 x |",
                        "| channels | 1 | 64 | 1.02 ms | 250 ns per pair of channels | 1.00 x |",
                        "| 40.0 x |")) {
            assertTrue(page.contains(part), () -> part + " in " + page);
        }
        assertFalse(page.contains("NaN"), page);
    }

    @Test
    void layersBesideOneDnnAreThereIfMeasured() throws IOException {
        String heading = "### Layers beside oneDNN";
        assertFalse(Files.readString(write("before").resolve("performance.md")).contains(heading));
        Files.writeString(
                folder.resolve("results/5-layers.jsonl"),
                """
                {"layer":"VGG 64","pass":"forward","threads":2,"oneDnn":"3.13.0","oneDnnMicros":20000.0,"micros":8000.0,"ratio":2.5,"ratioLow":2.25,"ratioHigh":2.75,"best":2.8}
                {"layer":"VGG 64","pass":"gradient of the weights","threads":2,"oneDnn":"3.13.0","oneDnnMicros":20.0,"micros":8.0,"ratio":2.5,"ratioLow":2.25,"ratioHigh":2.75,"best":null}
                """);
        String page = Files.readString(write("after").resolve("performance.md"));
        for (String part :
                List.of(
                        heading,
                        "oneDNN 3.13.0, on 2 threads,",
                        "| VGG 64 | forward | 20.0 ms | 8.00 ms | **2.50 x** (2.25 to 2.75) | 2.52 x |",
                        "| VGG 64 | gradient of the weights | 20.0 us | 8.00 us | **2.50 x** (2.25 to 2.75) | - |")) {
            assertTrue(page.contains(part), () -> part + " in " + page);
        }
    }

    @Test
    void librariesThatComputeSomethingElseAreNamed() throws IOException {
        String start = "Not measured: ";
        assertFalse(Files.readString(write("before").resolve("performance.md")).contains(start));
        Files.writeString(
                folder.resolve("results/6-excluded.jsonl"),
                """
                {"excluded":"pytorch","bench":"infer-resnet18","mode":"infer","batch":1,"threads":2,"callers":1,"reason":"does not compute what gatun does: 1000 values"}
                """);
        String page = Files.readString(write("after").resolve("performance.md"));
        String part =
                start + "infer ResNet-18, batch 1 (threads: 2) by PyTorch, which does not compute";
        assertTrue(page.contains(part), page);
    }

    @Test
    void picturesHaveBarsAndDots() throws IOException {
        Path images = write("docs").resolve("images");
        assertTrue(count(images.resolve("performance-peers.svg"), "<rect") > 8);
        assertTrue(count(images.resolve("performance-roofline.svg"), "<circle") > 10);
        assertTrue(count(images.resolve("performance-java.svg"), "<rect") > 5);
    }

    @Test
    void nothingMeasuredIsNoError() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Report.write(empty, folder.resolve("docs"));
        assertTrue(Files.exists(folder.resolve("docs/performance.md")));
    }

    @Test
    void numbersAreReadable() {
        assertEquals("1.23", Text.number(1.234));
        assertEquals("12.3", Text.number(12.34));
        assertEquals("123", Text.number(123.4));
        assertEquals("12,346", Text.number(12_345.6));
        assertEquals("10.0", Text.number(9.999));
        assertEquals("-", Text.number(Double.NaN));
        assertEquals("250 ns", Text.time(0.25));
        assertEquals("2.50 us", Text.time(2.5));
        assertEquals("2.50 ms", Text.time(2500));
        assertEquals("0.5 %", Text.percent(0.005));
        assertEquals("85 %", Text.percent(0.85));
    }

    private static long count(Path file, String what) throws IOException {
        return Files.readString(file).split(what, -1).length - 1L;
    }

    private Path write(String name) throws IOException {
        Path results = Files.createDirectories(folder.resolve("results"));
        try (InputStream sample = ReportTest.class.getResourceAsStream("sample.jsonl")) {
            Files.write(results.resolve("sample.jsonl"), sample.readAllBytes());
        }
        Path docs = folder.resolve(name);
        Report.write(results, docs);
        return docs;
    }
}
