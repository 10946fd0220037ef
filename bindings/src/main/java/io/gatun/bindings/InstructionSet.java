/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import io.gatun.bindings.NativeLoadException.Reason;
import io.gatun.bindings.gatun.Gatun;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The instruction sets that the property {@code gatun.isa} can ask for. */
enum InstructionSet {
    AUTO(Gatun.GATUN_ISA_AUTO(), null),
    BASELINE(Gatun.GATUN_ISA_BASELINE(), "Prescott"),
    AVX2(Gatun.GATUN_ISA_AVX2(), "Haswell"),
    AVX512(Gatun.GATUN_ISA_AVX512(), null),
    NEON(Gatun.GATUN_ISA_NEON(), null);

    static final String PROPERTY = "gatun.isa";

    private final int code;
    private final @Nullable String openBlasCore;

    InstructionSet(int code, @Nullable String openBlasCore) {
        this.code = code;
        this.openBlasCore = openBlasCore;
    }

    /** The constant of {@code gatun.h}. */
    int code() {
        return code;
    }

    /** The kernels of OpenBLAS on x86-64 that keep to this set, or null for its own choice. */
    @Nullable String openBlasCore() {
        return openBlasCore;
    }

    /** The name in the property. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static InstructionSet requested() {
        String label = System.getProperty(PROPERTY, AUTO.label());
        for (InstructionSet set : values()) {
            if (set.label().equals(label)) {
                return set;
            }
        }
        throw new NativeLoadException(
                Reason.BAD_SETTING,
                "-D%s=%s names no instruction set: use one of %s"
                        .formatted(PROPERTY, label, labels()));
    }

    static InstructionSet of(int code) {
        for (InstructionSet set : values()) {
            if (set.code == code) {
                return set;
            }
        }
        throw new IllegalArgumentException("no instruction set has the code " + code);
    }

    private static String labels() {
        return Arrays.stream(values()).map(InstructionSet::label).collect(Collectors.joining(", "));
    }
}
