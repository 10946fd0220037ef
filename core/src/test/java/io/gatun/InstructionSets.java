/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.bindings.NativeLibraries;
import io.gatun.bindings.gatun.Gatun;
import java.util.ArrayList;
import java.util.List;

/**
 * The instruction sets that tests go through: all that this processor has, or the pure-Java
 * kernels.
 */
public final class InstructionSets {
    private InstructionSets() {}

    private static boolean java() {
        return Backend.describe().kernels().equals("java");
    }

    /** Codes of {@code gatun.h}; the first element is the lowest. */
    public static List<Integer> all() {
        if (java()) {
            return List.of(Gatun.GATUN_ISA_AUTO());
        }
        List<Integer> found = new ArrayList<>();
        for (int isa = Gatun.GATUN_ISA_BASELINE(); isa <= Gatun.GATUN_ISA_NEON(); isa++) {
            if (NativeLibraries.load().supports(isa)) {
                found.add(isa);
            }
        }
        return found;
    }

    /** What runs for each instruction set. */
    public interface Action {
        void with(String isa);
    }

    /** Runs an action with each instruction set in turn, and puts the one in use back. */
    public static void forEach(Action action) {
        if (java()) {
            action.with("java");
            return;
        }
        NativeLibraries libraries = NativeLibraries.load();
        int before = libraries.isa();
        try {
            for (int isa : all()) {
                libraries.forceInstructionSet(isa);
                action.with(libraries.isaName());
            }
        } finally {
            libraries.forceInstructionSet(before);
        }
    }
}
