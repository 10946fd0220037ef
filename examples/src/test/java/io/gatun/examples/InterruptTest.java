/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C during training, in a process of its own. */
@DisabledOnOs(OS.WINDOWS)
class InterruptTest {
    @TempDir Path folder;

    @Test
    void endsCleanlyWithTheLastCheckpoint() throws Exception {
        boolean deaf = interruptIsIgnored();
        Path data = TinyMnist.write(folder.resolve("data"), 3000, 20);
        Path out = folder.resolve("model.safetensors");
        Path json = folder.resolve("lines.json");
        Path log = folder.resolve("log.txt");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "train",
                                "mlp",
                                "--data",
                                data.toString(),
                                "--epochs",
                                "1000000",
                                "--threads",
                                "1",
                                "--out",
                                out.toString(),
                                "--checkpoint",
                                folder.resolve("state").toString(),
                                "--json",
                                json.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            for (int i = 0; i < 600 && process.isAlive() && !Files.exists(out); i++) {
                Thread.sleep(100);
            }
            assertTrue(process.isAlive(), Files.readString(log));
            new ProcessBuilder("kill", deaf ? "-TERM" : "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it goes on");
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(log);
        assertEquals(deaf ? 143 : 130, process.exitValue(), text);
        List<String> lines = text.lines().toList();
        assertTrue(lines.getLast().startsWith("Stopped after "), text);
        assertTrue(lines.getLast().contains(out.toString()), text);
        assertEquals(Map.of("model", "mlp"), Safetensors.read(out).metadata());
        assertEquals(ModelKind.MLP, ModelFile.load(out).kind());
        Path last = folder.resolve("state").resolve("last.safetensors");
        assertEquals(ModelKind.MLP, ModelFile.load(last).kind());
        assertEquals(
                -1,
                Arrays.mismatch(weights(out), weights(last)),
                "the checkpoint is of the last step, as the model is");
        assertEquals("interrupted", Json.object(Files.readAllLines(json).getLast()).get("event"));
        try (var files = Files.list(folder)) {
            assertEquals(5, files.count(), "nothing half-written is left");
        }
    }

    private static float[] weights(Path file) throws IOException {
        return ModelFile.load(file).model().parameters().getFirst().value().toFloatArray();
    }

    /**
     * Background jobs of a shell ignore interrupts, and so do their children: they are terminated
     * instead, which takes the same way.
     */
    private static boolean interruptIsIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.isReadable(status)
                && Files.readString(status)
                        .lines()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }
}
