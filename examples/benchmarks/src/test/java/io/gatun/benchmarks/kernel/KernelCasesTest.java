/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.NativeKernels;
import io.gatun.kernel.ReferenceKernels;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelCasesTest {
    /** Larger ones work alike and take their time. */
    private static final double LARGE = 20e6;

    private final List<KernelCase> cases = KernelCases.all();

    @Test
    void keysTellCasesApart() {
        Set<String> keys = new HashSet<>();
        for (KernelCase each : cases) {
            assertTrue(keys.add(each.key()), each::key);
            assertEquals(each.key(), KernelCases.find(each.key()).key());
        }
        assertThrows(IllegalArgumentException.class, () -> KernelCases.find("nothing"));
        for (OneDnnCase each : OneDnnCase.all()) {
            assertTrue(keys.add(each.name() + ", " + each.passName()), each::name);
        }
    }

    @Test
    void eachRunsNatively() {
        Kernels kernels = new NativeKernels();
        for (KernelCase each : cases) {
            if (each.bytes() < LARGE) {
                runs(each, kernels, 2);
            }
        }
    }

    @Test
    void someRunInJava() {
        Kernels kernels = new ReferenceKernels();
        long count = 0;
        for (KernelCase each : cases) {
            if (each.inJava()) {
                runs(each, kernels, 1);
                count++;
            }
        }
        assertTrue(count > 20);
    }

    private static void runs(KernelCase each, Kernels kernels, int threads) {
        try (Buffers buffers = new Buffers(kernels)) {
            Runnable call = each.maker().make(kernels, buffers, threads);
            assertDoesNotThrow(call::run, each::key);
        }
    }

    @Test
    void eachTakesTurns() {
        List<KernelCase> images = GrowthCases.groups().getFirst().subList(0, 2);
        double[] micros = InTurns.medians(new NativeKernels(), images, 1);
        assertEquals(2, micros.length);
        assertTrue(micros[0] > 0 && micros[1] > 0);
    }

    @Test
    void convolutionsCountAsPublished() {
        KernelCase layer = KernelCases.find("convolution/ResNet-18 64, 56x56, 3x3");
        assertEquals(2.0 * 56 * 56 * 64 * 64 * 9, layer.flops());
        assertEquals(4.0 * (2 * 56 * 56 * 64 + 64 * 64 * 9), layer.bytes());
    }
}
