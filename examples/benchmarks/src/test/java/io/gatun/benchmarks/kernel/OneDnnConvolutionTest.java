/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.Conv2d;
import io.gatun.kernel.Kernels.ConvPass;
import io.gatun.kernel.NativeKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneDnnConvolutionTest {
    private static final int THREADS = 2;
    private static final float TOLERANCE = 1e-4f;

    private static OneDnn oneDnn;

    private final Kernels kernels = new NativeKernels();

    @BeforeAll
    static void load() {
        try {
            oneDnn = OneDnn.load(THREADS);
        } catch (IllegalStateException e) {
            abort(e.getMessage());
        }
    }

    /** Batch, input channels, size, output channels, kernel, stride, padding. */
    @ParameterizedTest
    @CsvSource({
        "1,16,8,32,3,1,1,FORWARD",
        "1,3,20,16,7,2,3,FORWARD",
        "2,16,8,32,3,1,1,FORWARD",
        "2,16,8,32,3,1,1,BACKWARD_INPUT",
        "2,16,8,32,3,1,1,BACKWARD_WEIGHT",
        "2,16,9,32,3,2,1,FORWARD",
        "2,16,9,32,3,2,1,BACKWARD_INPUT",
        "2,16,9,32,3,2,1,BACKWARD_WEIGHT",
        "2,3,8,16,3,1,1,BACKWARD_WEIGHT"
    })
    void bothComputeTheSame(
            int batch,
            int in,
            int size,
            int out,
            int kernel,
            int stride,
            int padding,
            ConvPass pass) {
        Conv2d conv =
                new ConvolutionCases.Layer(batch, in, size, out, kernel, stride, padding).conv();
        try (Buffers buffers = new Buffers(kernels);
                OneDnnConvolution peer = new OneDnnConvolution(oneDnn, buffers, conv, pass)) {
            MemorySegment x = buffers.floats(ConvolutionCases.sizeX(conv));
            MemorySegment w = buffers.floats(ConvolutionCases.sizeW(conv));
            MemorySegment y = buffers.floats(ConvolutionCases.sizeY(conv));
            peer.load(x, w, y);
            peer.run();
            new OneDnnCase("", conv, pass, 1).ours(kernels, buffers, THREADS, x, w, y).run();
            MemorySegment ours =
                    switch (pass) {
                        case FORWARD -> y;
                        case BACKWARD_INPUT -> x;
                        case BACKWARD_WEIGHT -> w;
                    };
            MemorySegment theirs = buffers.floats(ours.byteSize() / Float.BYTES);
            peer.store(theirs);
            assertClose(theirs, ours);
        }
    }

    /** Relative to the largest. */
    private static void assertClose(MemorySegment expected, MemorySegment found) {
        float[] theirs = expected.toArray(ValueLayout.JAVA_FLOAT);
        float[] ours = found.toArray(ValueLayout.JAVA_FLOAT);
        float largest = 0;
        for (float each : theirs) {
            largest = Math.max(largest, Math.abs(each));
        }
        assertTrue(largest > 1, "the result is not empty");
        for (int i = 0; i < theirs.length; i++) {
            assertEquals(theirs[i], ours[i], TOLERANCE * largest, "at " + i);
        }
    }
}
