/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Input that makes no sense gives a usage line and exit code 2; what fails later gives one line and
 * exit code 1.
 */
class CommandLineTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "frobnicate",
                "--frobnicate",
                "train",
                "train resnet",
                "train lenet5 mlp",
                "train lenet5 --epochs 0",
                "train lenet5 --epochs -3",
                "train lenet5 --epochs many",
                "train lenet5 --epochs",
                "train lenet5 --batch 0",
                "train lenet5 --batch 99999999999",
                "train lenet5 --threads 0",
                "train lenet5 --threads 257",
                "train lenet5 --seed x",
                "train lenet5 --schedule steep",
                "train lenet5 --data no/such/folder",
                "train lenet5 --out .",
                "train lenet5 --json .",
                "train lenet5 --epoch 1",
                "predict",
                "predict --model pom.xml",
                "predict --model no/such/file image.png",
                "predict --model pom.xml no/such/image.png",
                "predict image.png",
                "bench",
                "bench resnet",
                "bench mlp --threads 0",
                "bench mlp --seconds 0",
                "bench mlp --seconds NaN",
                "bench mlp --peer nobody",
                "info now",
                "info --conv 1x2x3",
                "info --conv 1x2x3x3:4x9x9:p0",
                "info --conv 1x3x3x3:4x1x1:g2",
            })
    void badInput(String line) {
        Cli cli = Cli.run(line.isEmpty() ? new String[0] : line.split(" "));
        assertEquals(2, cli.exit(), cli.err());
        assertTrue(cli.err().contains("Usage: examples/run"), cli.err());
        assertFalse(cli.err().contains("Exception"), cli.err());
        assertEquals("", cli.out());
        assertTrue(cli.err().lines().count() <= 6, cli.err());
    }

    @Test
    void badInputIsNamed() {
        assertTrue(
                Cli.run("train", "resnet")
                        .err()
                        .contains("'resnet' is none of lenet5, mlp and resnet20"));
        assertTrue(
                Cli.run("train", "mlp", "--threads", "300")
                        .err()
                        .startsWith("--threads 300: give a number from 1 to 256"));
        assertTrue(
                Cli.run("train", "mlp", "--epochs", "0")
                        .err()
                        .startsWith("--epochs 0: give a number of at least 1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "train --help", "predict --help", "bench --help", "info --help"})
    void help(String line) {
        Cli cli = Cli.run(line.split(" "));
        assertEquals(0, cli.exit(), cli.err());
        assertTrue(cli.out().startsWith("Usage: examples/run"), cli.out());
    }

    @Test
    void theJsonFileIsCheckedBeforeTraining() throws IOException {
        Path data = TinyMnist.write(folder.resolve("data"), 10, 10);
        Path file = folder.resolve("file");
        Files.writeString(file, "x");
        Cli cli =
                Cli.run(
                        "train",
                        "mlp",
                        "--data",
                        data.toString(),
                        "--json",
                        file.resolve("lines.json").toString());
        assertEquals(2, cli.exit(), cli.err());
        assertTrue(cli.err().startsWith("--json"), cli.err());
    }

    @Test
    void corruptDataIsOneLine() throws IOException {
        Path data = TinyMnist.write(folder, 10, 10);
        Files.write(data.resolve("train-images-idx3-ubyte.gz"), new byte[] {1, 2, 3});
        Cli cli = Cli.run("train", "mlp", "--data", data.toString());
        assertEquals(1, cli.exit(), cli.err());
        assertEquals(1, cli.err().lines().count(), cli.err());
        assertTrue(cli.err().startsWith("Failed: "), cli.err());
        assertTrue(cli.err().contains("train-images-idx3-ubyte.gz"), cli.err());
    }

    @Test
    void incompleteDataNamesTheMissingFile() throws IOException {
        Path data = TinyMnist.write(folder, 10, 10);
        Files.delete(data.resolve("t10k-labels-idx1-ubyte.gz"));
        Cli cli = Cli.run("train", "mlp", "--data", data.toString());
        assertEquals(1, cli.exit(), cli.err());
        assertTrue(cli.err().contains("t10k-labels-idx1"), cli.err());
    }

    @Test
    void info() {
        Cli cli = Cli.run("info");
        assertEquals(0, cli.exit(), cli.err());
        for (String key :
                new String[] {
                    "version",
                    "cpu",
                    "instruction set",
                    "OpenBLAS core",
                    "threads",
                    "natives from",
                    "Java"
                }) {
            assertTrue(cli.out().contains("\n" + key) || cli.out().startsWith(key), cli.out());
        }
        assertFalse(cli.out().contains("unknown"), cli.out());
    }

    @Test
    void infoConvolution() {
        Cli cli = Cli.run("info", "--conv", "1x16x8x8:16x3x3:s2:p1", "--threads", "1");
        assertEquals(0, cli.exit(), cli.err());
        assertTrue(cli.out().contains("im2col"), cli.out());
        assertEquals(3, cli.out().lines().filter(l -> l.endsWith("<- chosen")).count(), cli.out());
    }
}
