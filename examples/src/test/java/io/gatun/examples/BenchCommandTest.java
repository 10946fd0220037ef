/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the benchmarks print. */
class BenchCommandTest {
    @Test
    void oneLineOfJsonPerFigure() throws IOException {
        Cli cli = Cli.run("bench", "infer-lenet5", "--json", "--threads", "1", "--seconds", "0.2");
        assertEquals(0, cli.exit(), cli.err());
        List<String> lines = cli.out().lines().toList();
        assertEquals(2, lines.size(), cli.out());
        for (int i = 0; i < 2; i++) {
            Map<String, Object> line = Json.object(lines.get(i));
            assertEquals(
                    Set.of(
                            "bench",
                            "peer",
                            "mode",
                            "batch",
                            "threads",
                            "msMedian",
                            "msP99",
                            "samplesPerSecond",
                            "gflops",
                            "peakNativeBytes",
                            "rssBytes"),
                    line.keySet());
            assertEquals("infer-lenet5", line.get("bench"));
            assertEquals("gatun", line.get("peer"));
            assertEquals(i == 0 ? 1 : 256, Json.number(line, "batch"));
            assertTrue(Json.number(line, "msMedian") > 0);
        }
    }

    @Test
    void aTableForPeople() {
        Cli cli = Cli.run("bench", "mlp", "--threads", "2", "--seconds", "0.2");
        assertEquals(0, cli.exit(), cli.err());
        assertEquals(3, cli.out().lines().count(), cli.out());
        assertTrue(cli.out().contains("2 threads"), cli.out());
    }
}
