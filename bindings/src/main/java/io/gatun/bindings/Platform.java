/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import io.gatun.bindings.NativeLoadException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * An operating system and processor, and what the native libraries are called there.
 *
 * @param os the first half of the artifacts' classifiers
 * @param cpu the second half
 * @param libc the C library where it matters, else empty
 * @param gatun file name of our own library
 * @param openBlas file name of OpenBLAS
 * @param fortran what OpenBLAS needs, in the order of loading
 * @param compiler the compiler's own run-time library, which {@code fortran} needs in turn
 */
record Platform(
        String os,
        String cpu,
        String libc,
        String gatun,
        String openBlas,
        List<String> fortran,
        String compiler) {
    private static final String SUPPORTED = "Linux with glibc and macOS, on x86-64 and 64-bit ARM";

    /** The platform of this JVM. */
    static Platform current() {
        String os = System.getProperty("os.name", "an unknown system");
        String libc = os.equals("Linux") && runsOnMusl() ? "musl" : "";
        return of(os, System.getProperty("os.arch", "an unknown processor"), libc);
    }

    static Platform of(String os, String arch, String libc) {
        String cpu =
                switch (arch.toLowerCase(Locale.ROOT)) {
                    case "amd64", "x86_64", "x86-64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> arch;
                };
        if (os.equals("Linux")) {
            return new Platform(
                    "linux",
                    cpu,
                    libc,
                    "libgatun.so",
                    "libopenblas.so.0",
                    cpu.equals("x86_64") // elsewhere long double itself has 128 bits
                            ? List.of("libquadmath.so.0", "libgfortran.so.5")
                            : List.of("libgfortran.so.5"),
                    "libgcc_s.so.1");
        }
        if (os.startsWith("Mac")) {
            return new Platform(
                    "macosx",
                    cpu,
                    libc,
                    "libgatun.dylib",
                    "libopenblas.0.dylib",
                    List.of("libquadmath.0.dylib", "libgfortran.5.dylib"),
                    "libgcc_s.1.1.dylib");
        }
        // Elsewhere C's long may have 32 bits, which the generated bindings do not know.
        throw new NativeLoadException(
                Reason.UNSUPPORTED_PLATFORM,
                "Gatun's native libraries do not run on %s (%s); they run on %s"
                        .formatted(os, arch, SUPPORTED));
    }

    /** Refuses a platform for which no artifacts are made. */
    void requireArtifacts() {
        boolean known = cpu.equals("x86_64") || cpu.equals("arm64");
        if (!known || libc.equals("musl")) {
            throw new NativeLoadException(
                    Reason.UNSUPPORTED_PLATFORM,
                    ("There are no native libraries of Gatun for %s on %s%s; there are for %s."
                                    + " Build %s and %s yourself and pass -D%s=<their folder>")
                            .formatted(
                                    os,
                                    cpu,
                                    libc.isEmpty() ? "" : " with " + libc,
                                    SUPPORTED,
                                    gatun,
                                    openBlas,
                                    LibraryFolder.PATH_PROPERTY));
        }
    }

    /** The classifier of the artifacts. */
    String classifier() {
        return os + "-" + cpu;
    }

    boolean isX86() {
        return cpu.equals("x86_64");
    }

    // A JVM on musl has musl's loader mapped; whether some musl is installed says nothing.
    private static boolean runsOnMusl() {
        try {
            return Files.readString(Path.of("/proc/self/maps")).contains("/ld-musl-");
        } catch (IOException e) {
            return false; // without /proc the linker's own error has to do
        }
    }
}
