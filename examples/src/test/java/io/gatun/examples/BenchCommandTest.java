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
                            "version",
                            "mode",
                            "batch",
                            "threads",
                            "callers",
                            "msMedian",
                            "msP99",
                            "samplesPerSecond",
                            "gflops",
                            "turns",
                            "peakNativeBytes",
                            "rssBytes",
                            "rssGrowthBytes",
                            "idleShare"),
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

    @Test
    void peersRunInProcessesOfTheirOwn() throws IOException {
        Cli cli =
                Cli.run(
                        "bench",
                        "infer-lenet5",
                        "--json",
                        "--threads",
                        "1",
                        "--seconds",
                        "0.2",
                        "--batch",
                        "2",
                        "--peer",
                        "java");
        assertEquals(0, cli.exit(), cli.err());
        List<String> lines = cli.out().lines().toList();
        assertEquals(2, lines.size(), cli.out());
        Map<String, Object> ours = Json.object(lines.get(0));
        Map<String, Object> theirs = Json.object(lines.get(1));
        assertEquals("gatun", ours.get("peer"));
        assertEquals("java", theirs.get("peer"));
        assertTrue(Json.number(theirs, "gatunSpeed") > 1, cli.out());
        assertTrue(Json.number(theirs, "maxError") < 1e-4, cli.out());
        assertTrue(Json.number(ours, "rssGrowthBytes") > 0, cli.out());
    }

    @Test
    void severalCallersShareAModel() throws IOException {
        Cli cli =
                Cli.run(
                        "bench",
                        "infer-lenet5",
                        "--json",
                        "--threads",
                        "1",
                        "--seconds",
                        "0.2",
                        "--batch",
                        "1",
                        "--callers",
                        "3");
        assertEquals(0, cli.exit(), cli.err());
        Map<String, Object> line = Json.object(cli.out().strip());
        assertEquals(3, Json.number(line, "callers"));
    }

    @Test
    void wrongArgumentsAreNamed() {
        for (String[] wrong :
                new String[][] {
                    {"bench", "lenet5", "--callers", "2"},
                    {"bench", "lenet5", "--batch", "0"},
                    {"bench", "lenet5", "--peer", "nobody"},
                    {"bench", "nothing"},
                }) {
            Cli cli = Cli.run(wrong);
            assertEquals(2, cli.exit(), cli.out());
            String word = wrong[wrong.length - 1];
            assertTrue(cli.err().contains(word), cli.err());
        }
    }
}
