/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.bindings.NativeLibraries;
import io.gatun.bindings.NativeLoadException;
import io.gatun.kernel.Kernels;
import io.gatun.kernel.NativeKernels;
import io.gatun.kernel.ReferenceKernels;
import org.jspecify.annotations.Nullable;

/**
 * Which kernels do the arithmetic: the native ones, or plain Java where this platform has no native
 * library. Chosen once, at first use.
 *
 * <p>System property {@code gatun.kernels}: {@code auto} (the default), {@code native} (an
 * unsupported platform is an error too) or {@code java}. A supported platform whose library cannot
 * be loaded is always an error: nobody should train a hundred times slower by accident.
 */
public final class Backend {
    private Backend() {}

    private static final class Holder {
        static final @Nullable Kernels KERNELS = chooseOrNull();

        private static @Nullable Kernels chooseOrNull() {
            try {
                return choose();
            } catch (RuntimeException e) {
                return null; // thrown anew where kernels are asked for, not as an initialiser's
                // error
            }
        }
    }

    /**
     * What does the arithmetic.
     *
     * @param kernels {@code native} or {@code java}
     * @param instructionSet such as {@code avx512}; {@code java} for the pure-Java kernels
     * @param version version of the native library
     * @param openBlas OpenBLAS's version and build options
     * @param openBlasCore the processor that OpenBLAS chose its kernels for
     * @param origin where the native libraries were loaded from
     */
    public record Description(
            String kernels,
            String instructionSet,
            String version,
            String openBlas,
            String openBlasCore,
            String origin) {}

    /** The kernels; if they could not be loaded, an exception that says why, each time. */
    static Kernels kernels() {
        Kernels kernels = Holder.KERNELS;
        return kernels != null ? kernels : choose();
    }

    /**
     * Says what does the arithmetic; loads the native libraries if that has not happened yet.
     *
     * @return the description
     * @throws RuntimeException with a message that says why and what to do, if the native libraries
     *     cannot be loaded
     */
    public static Description describe() {
        Kernels kernels = kernels();
        if (!kernels.name().equals("native")) {
            return new Description("java", "java", "-", "-", "-", "-");
        }
        NativeLibraries libraries = NativeLibraries.load();
        return new Description(
                "native",
                libraries.isaName(),
                libraries.gatunVersion(),
                libraries.openBlasConfig(),
                libraries.openBlasCore(),
                libraries.origin().toString());
    }

    private static Kernels choose() {
        String wanted = System.getProperty("gatun.kernels", "auto");
        return switch (wanted) {
            case "java" -> new ReferenceKernels();
            case "native" -> new NativeKernels();
            case "auto" -> {
                try {
                    yield new NativeKernels();
                } catch (NativeLoadException e) {
                    if (e.reason() != NativeLoadException.Reason.UNSUPPORTED_PLATFORM) {
                        throw e;
                    }
                    System.getLogger("io.gatun")
                            .log(
                                    System.Logger.Level.WARNING,
                                    "Gatun computes in plain Java, many times slower than native code: "
                                            + e.getMessage());
                    yield new ReferenceKernels();
                }
            }
            default ->
                    throw new IllegalArgumentException(
                            "property gatun.kernels is \""
                                    + wanted
                                    + "\": give auto, native or java");
        };
    }
}
