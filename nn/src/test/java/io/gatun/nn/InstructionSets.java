/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Backend;
import io.gatun.bindings.NativeLibraries;
import io.gatun.bindings.gatun.Gatun;

/** Runs a test with each instruction set of the processor, or once with the pure-Java kernels. */
final class InstructionSets {
    private InstructionSets() {}

    static void forEach(Runnable action) {
        if (Backend.describe().kernels().equals("java")) {
            action.run();
            return;
        }
        NativeLibraries libraries = NativeLibraries.load();
        int before = libraries.isa();
        try {
            for (int isa = Gatun.GATUN_ISA_BASELINE(); isa <= Gatun.GATUN_ISA_NEON(); isa++) {
                if (libraries.supports(isa)) {
                    libraries.forceInstructionSet(isa);
                    action.run();
                }
            }
        } finally {
            libraries.forceInstructionSet(before);
        }
    }
}
