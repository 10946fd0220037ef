/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.bindings.NativeLoadException.Reason;
import io.gatun.bindings.cblas.Cblas;
import io.gatun.bindings.gatun.Gatun;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class NativeLibrariesTest {
    private final NativeLibraries libraries = NativeLibraries.load();

    @Test
    void loadsOnce() {
        assertSame(libraries, NativeLibraries.load());
    }

    @Test
    void tellsWhatIsInUse() {
        assertTrue(libraries.gatunVersion().matches("\\d+\\.\\d+\\.\\d+.*"));
        assertTrue(libraries.openBlasConfig().startsWith("OpenBLAS 0.3."));
        assertTrue(!libraries.openBlasCore().isEmpty());
        assertTrue(Files.isDirectory(libraries.origin()));
        assertTrue(libraries.workers() >= 0);
        assertEquals(1, Cblas.openblas_get_num_threads());
    }

    @Test
    void switchesTheInstructionSet() {
        int before = libraries.isa();
        try {
            libraries.forceInstructionSet(Gatun.GATUN_ISA_BASELINE());
            assertEquals(Gatun.GATUN_ISA_BASELINE(), libraries.isa());
            assertEquals("baseline", libraries.isaName());
        } finally {
            libraries.forceInstructionSet(before);
        }
        assertEquals(before, libraries.isa());
    }

    @Test
    void refusesAnInstructionSetOfOtherProcessors() {
        int other = Platform.current().isX86() ? Gatun.GATUN_ISA_NEON() : Gatun.GATUN_ISA_AVX2();
        NativeLoadException e =
                assertThrows(NativeLoadException.class, () -> libraries.forceInstructionSet(other));
        assertEquals(Reason.BAD_SETTING, e.reason());
        assertThrows(IllegalArgumentException.class, () -> libraries.forceInstructionSet(77));
    }

    @Test
    void multipliesMatrices() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4);
            MemorySegment b = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 5, 6, 7, 8);
            MemorySegment c = arena.allocate(ValueLayout.JAVA_FLOAT, 4);
            int rows = Cblas.CblasRowMajor();
            int plain = Cblas.CblasNoTrans();
            int transposed = Cblas.CblasTrans();
            Cblas.cblas_sgemm(rows, plain, transposed, 2, 2, 2, 1f, a, 2, b, 2, 0f, c, 2);
            assertEquals(17f, c.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
            assertEquals(53f, c.getAtIndex(ValueLayout.JAVA_FLOAT, 3));
        }
    }

    @Test
    void givesASegmentTheLifeOfAnArena() {
        try (Arena owner = Arena.ofConfined()) {
            MemorySegment segment = owner.allocate(64);
            boolean[] cleaned = new boolean[1];
            MemorySegment view;
            try (Arena arena = Arena.ofConfined()) {
                view = NativeMemory.reinterpret(segment, arena, s -> cleaned[0] = true);
                assertEquals(64, view.byteSize());
            }
            assertTrue(cleaned[0]);
            assertThrows(IllegalStateException.class, () -> view.get(ValueLayout.JAVA_BYTE, 0));
        }
    }
}
