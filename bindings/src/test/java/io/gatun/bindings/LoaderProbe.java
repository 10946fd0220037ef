/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Loads the native libraries in a JVM of its own and prints what came of it in one line. */
final class LoaderProbe {
    private LoaderProbe() {}

    public static void main(String[] args) {
        try {
            if (args.length > 0) {
                try (Arena arena = Arena.ofConfined()) {
                    NativeMemory.reinterpret(arena.allocate(8), arena, null);
                }
            }
            NativeLibraries libraries = NativeLibraries.load();
            System.out.printf(
                    "LOADED %s %s %s%n",
                    libraries.isaName(), libraries.openBlasCore(), libraries.origin());
        } catch (NativeLoadException e) {
            System.out.printf("FAILED %s %s%n", e.reason(), e.getMessage());
        }
    }

    /** Starts a probe with options for its JVM. */
    static Process start(List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(LoaderProbe.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OPENBLAS_CORETYPE", "Nehalem"); // ours must not follow it
        return builder.start();
    }

    /** The line that a probe printed; it must not have crashed. */
    static String answer(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("exit " + process.exitValue() + ": " + output);
        }
        return output.lines()
                .filter(line -> line.startsWith("LOADED") || line.startsWith("FAILED"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(output));
    }

    static String run(List<String> options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED"));
        all.addAll(options);
        return answer(start(all));
    }

    /** The only folder in a cache. */
    static Path folderIn(Path cache) throws IOException {
        try (var folders = Files.list(cache)) {
            List<Path> all = folders.toList();
            if (all.size() != 1) {
                throw new AssertionError(all.toString());
            }
            return all.getFirst();
        }
    }
}
