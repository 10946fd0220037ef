/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs for a JVM of their own: what depends on settings of the whole process, or could end it.
 */
final class ChildJvm {
    private ChildJvm() {}

    /** Runs a program of this class with the JVM options given, and returns what it printed. */
    static String run(String program, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:TieredStopAtLevel=1");
        String kernels = System.getProperty("gatun.kernels");
        if (kernels != null) {
            command.add("-Dgatun.kernels=" + kernels);
        }
        command.addAll(List.of(options)); // of two settings the later one counts
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(ChildJvm.class.getName(), program));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new AssertionError(program + " ended with " + status + ":\n" + output);
        }
        return output;
    }

    /** The entry point in the child. */
    public static void main(String[] args) {
        switch (args[0]) {
            case "limit" -> limit();
            case "unscoped" -> unscoped();
            case "unscoped-interrupted" -> {
                Thread.currentThread().interrupt();
                unscoped();
                System.out.println("INTERRUPTED " + Thread.interrupted());
            }
            case "origins" -> origins();
            case "kernels" -> kernels();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Asks for more than the limit: at once, and bit by bit. */
    private static void limit() {
        List<Tensor> held = new ArrayList<>();
        try {
            Tensor.zeros(Shape.of(100, 1 << 20));
        } catch (NativeMemoryException e) {
            System.out.println("AT ONCE " + e.getMessage());
        }
        try {
            while (true) {
                held.add(Tensor.ones(Shape.of(1 << 20)));
            }
        } catch (NativeMemoryException e) {
            System.out.println("BIT BY BIT " + held.size() + " " + e.getMessage());
        }
        held.clear();
        // Once the tensors are unreachable there is room again.
        System.out.println("AFTERWARDS " + Tensor.ones(Shape.of(10 << 20)).sum().item());
    }

    /** 4 GB of tensors that nobody closes, in all. */
    private static void unscoped() {
        float sum = 0;
        for (int i = 0; i < 4096; i++) {
            sum += Tensor.full(Shape.of(1 << 18), 1).slice(0, i, i + 1).item();
        }
        Memory.Report report = Memory.report();
        System.out.println("SUM " + sum);
        System.out.println("PEAK " + (report.peakLiveBytes() >> 20));
        System.out.println("ALLOCATED " + (report.allocatedBytes() >> 20));
    }

    private static void origins() {
        Tensor held = madeHere();
        try (Scope _ = Scope.open()) {
            Tensor.ones(Shape.of(33));
            System.out.println("INSIDE " + Memory.report().liveOrigins());
        }
        System.out.println("OUTSIDE " + Memory.report().liveOrigins());
        System.out.println(held.shape());
    }

    private static Tensor madeHere() {
        return Tensor.ones(Shape.of(77));
    }

    /**
     * The first uses of tensors where kernels cannot be had: the same clear exception each time.
     */
    private static void kernels() {
        for (int i = 0; i < 2; i++) {
            try {
                Tensor.ones(Shape.of(2)).sum();
                System.out.println("NO EXCEPTION");
            } catch (RuntimeException e) {
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }
}
