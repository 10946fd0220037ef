/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine computes with. */
public final class Processor {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Processor() {}

    /** The processor's name, as far as the system tells it. */
    public static String name() {
        String name = null;
        try {
            if (Files.isReadable(CPU_INFO)) {
                try (var lines = Files.lines(CPU_INFO, StandardCharsets.ISO_8859_1)) {
                    name =
                            lines.filter(line -> line.startsWith("model name"))
                                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                                    .findFirst()
                                    .orElse(null);
                }
            } else if (System.getProperty("os.name", "").startsWith("Mac")) {
                Process process =
                        new ProcessBuilder("sysctl", "-n", "machdep.cpu.brand_string").start();
                try (BufferedReader reader = process.inputReader()) {
                    name = reader.readLine();
                }
            }
        } catch (IOException e) {
            name = null; // beside the point of the command
        }
        return name == null || name.isBlank() ? System.getProperty("os.arch") : name;
    }
}
