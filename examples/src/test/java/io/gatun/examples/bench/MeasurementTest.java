/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
                            "lenet5", "py\"t\\", "train", 64, 2, 2.75, 5.5, 23272.7, 52.5, -1,
                            4096);
            assertEquals(
                    "{\"bench\":\"lenet5\",\"peer\":\"py\\\"t\\\\\",\"mode\":\"train\",\"batch\":64,\"threads\":2,"
                            + "\"msMedian\":2.750000,\"msP99\":5.500000,\"samplesPerSecond\":23272.7,"
                            + "\"gflops\":52.500,\"peakNativeBytes\":-1,\"rssBytes\":4096}",
                    measurement.toJson());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void jsonHasNoInfinity() {
        String json =
                new Measurement("b", "p", "infer", 1, 1, 0, 0, 1 / 0.0, 0.0 / 0, -1, -1).toJson();
        assertTrue(json.contains("\"samplesPerSecond\":null,\"gflops\":null"), json);
    }

    @Test
    void residentMemoryIsReadFromTheStatus() {
        assertEquals(
                12_345 * 1024L,
                Measurement.residentBytes(
                        "VmPeak:\t 99999 kB\nVmRSS:\t   12345 kB\nThreads:\t3\n"));
        assertEquals(-1, Measurement.residentBytes("Threads:\t3\n"));
        boolean known = Files.isReadable(Path.of("/proc/self/status"));
        assertEquals(known, Measurement.residentBytes() > 0);
    }

    @Test
    void flopsOfTheModels() {
        assertEquals(833_040, ModelFlops.lenet5Inference(1));
        assertEquals(2_263_920.0 * 64, ModelFlops.lenet5Training(64));
        assertEquals(410.78e6, ModelFlops.mlpTraining(128), 0.01e6);
    }
}
