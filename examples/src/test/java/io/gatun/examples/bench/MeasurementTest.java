/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.examples.bench.Measurement.Comparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class MeasurementTest {

    @Test
    void jsonHasTheKeysInOrderWhateverTheLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            Measurement measurement =
                    new Measurement(
                            "lenet5",
                            "py\"t\\",
                            "2.7",
                            "train",
                            64,
                            2,
                            1,
                            2.75,
                            5.5,
                            23272.7,
                            52.5,
                            31,
                            new MemoryFigures(-1, 4096, 17),
                            0.01,
                            new Comparison(2, 1.5, 2.5, 1e-6));
            assertEquals(
                    "{\"bench\":\"lenet5\",\"peer\":\"py\\\"t\\\\\",\"version\":\"2.7\",\"mode\":\"train\",\"batch\":64,\"threads\":2,"
                            + "\"callers\":1,\"msMedian\":2.750000,\"msP99\":5.500000,"
                            + "\"samplesPerSecond\":23272.7,\"gflops\":52.500,\"turns\":31,"
                            + "\"peakNativeBytes\":-1,\"rssBytes\":4096,\"rssGrowthBytes\":17,"
                            + "\"idleShare\":0.0100,\"gatunSpeed\":2.000,\"gatunSpeedLow\":1.500,"
                            + "\"gatunSpeedHigh\":2.500,\"maxError\":0.00000100}",
                    measurement.toJson());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void jsonHasNoInfinity() {
        String json =
                new Measurement(
                                "b",
                                "p",
                                "",
                                "infer",
                                1,
                                1,
                                1,
                                0,
                                0,
                                1 / 0.0,
                                0.0 / 0,
                                3,
                                new MemoryFigures(-1, -1, -1),
                                0,
                                null)
                        .toJson();
        assertTrue(json.contains("\"samplesPerSecond\":null,\"gflops\":null"), json);
    }

    @Test
    void residentMemoryIsReadFromTheStatus() {
        assertEquals(
                12_345 * 1024L,
                MemoryFigures.ofStatus(
                        "VmPeak:\t 99999 kB\nVmRSS:\t   12345 kB\nThreads:\t3\n", "VmRSS:"));
        assertEquals(-1, MemoryFigures.ofStatus("Threads:\t3\n", "VmRSS:"));
        boolean known = Files.isReadable(Path.of("/proc/self/status"));
        assertEquals(known, MemoryFigures.residentNow() > 0);
        assertEquals(known, MemoryFigures.residentPeak() > 0);
    }
}
