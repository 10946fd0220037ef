/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.gatun.InstructionSets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Assertions;

/**
 * What the tests of kernels share: buffers with guards around them, and comparisons of the kernels
 * under test with the reference for each instruction set and several numbers of threads.
 */
final class KernelBench implements AutoCloseable {
    static final Kernels REFERENCE = new ReferenceKernels();
    static final Kernels KERNELS =
            "java".equals(System.getProperty("gatun.kernels"))
                    ? new ReferenceKernels()
                    : new NativeKernels();

    static final int[] SIZES = {1, 3, 7, 13, 16, 17, 31, 33, 64, 100, 257};

    /** Large enough to be divided among threads. */
    static final int LARGE = 150_001;

    /** Half a unit in the last place of a float near 1. */
    static final double U = 0x1p-24;

    private static final int GUARD = 16;
    private static final int PATTERN = 0x7fc0beef; // a NaN: what it touches shows

    private record Guarded(MemorySegment all, long from, long to) {}

    final SplittableRandom random;
    private final Arena arena = Arena.ofConfined();
    private final List<Guarded> guarded = new ArrayList<>();
    private int made;

    KernelBench(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** What is tried with each instruction set and number of threads. */
    interface Trial {
        void run(int threads, String where);
    }

    static void everywhere(Trial trial) {
        InstructionSets.forEach(isa -> {
            for (int threads = 1; threads <= 3; threads++) {
                trial.run(threads, isa + ", " + threads + " threads: ");
            }
        });
    }

    /** Floats of the pattern, at addresses of all alignments that floats may have. */
    MemorySegment buffer(long n) {
        return buffer(n * Float.BYTES, made++ % 4 * Float.BYTES);
    }

    /** Scratch memory of so many bytes, on a cache line. */
    MemorySegment workspace(long bytes) {
        return bytes == 0 ? MemorySegment.NULL : buffer(bytes, 0);
    }

    MemorySegment bytes(long n) {
        return buffer(n, made++ % 4);
    }

    private MemorySegment buffer(long bytes, int shift) {
        long from = (long) GUARD * Float.BYTES + shift;
        MemorySegment all = arena.allocate((from + bytes + 3) / 4 * 4 + GUARD * Float.BYTES, 64);
        for (long i = 0; i < all.byteSize() / 4; i++) {
            all.setAtIndex(JAVA_INT, i, PATTERN);
        }
        guarded.add(new Guarded(all, from, from + bytes));
        return all.asSlice(from, bytes);
    }

    MemorySegment uniform(long n, double low, double high) {
        MemorySegment s = buffer(n);
        for (long i = 0; i < n; i++) {
            s.setAtIndex(JAVA_FLOAT, i, (float) (low + (high - low) * random.nextDouble()));
        }
        return s;
    }

    MemorySegment copy(MemorySegment of) {
        MemorySegment s = buffer(of.byteSize() / 4);
        s.copyFrom(of);
        return s;
    }

    MemorySegment absolute(MemorySegment of) {
        MemorySegment s = buffer(of.byteSize() / 4);
        for (long i = 0; i < of.byteSize() / 4; i++) {
            s.setAtIndex(JAVA_FLOAT, i, Math.abs(at(of, i)));
        }
        return s;
    }

    static float at(MemorySegment s, long i) {
        return s.getAtIndex(JAVA_FLOAT, i);
    }

    /** Fails if a byte around any buffer has changed. */
    void checkGuards(String where) {
        for (Guarded g : guarded) {
            for (long i = 0; i < g.all.byteSize(); i++) {
                byte is = g.all.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i);
                byte was = (byte) (PATTERN >>> (8 * (i % 4)));
                if (is != was && (i < g.from || i >= g.to)) {
                    Assertions.fail(where + "wrote outside of its buffer, at " + (i - g.from));
                }
                if (i == g.from - 1) {
                    i = g.to - 1;
                }
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Bit for bit, but that all NaN are the same and so are the zeros. */
    static void assertSame(String where, MemorySegment want, MemorySegment got) {
        for (long i = 0; i < want.byteSize() / 4; i++) {
            float w = at(want, i);
            float g = at(got, i);
            if (!(w == g || (Float.isNaN(w) && Float.isNaN(g)))) {
                Assertions.fail(where + "at " + i + ": " + g + " instead of " + w);
            }
        }
    }

    static void assertSameBits(String where, MemorySegment want, MemorySegment got) {
        long at = want.mismatch(got);
        if (at >= 0) {
            Assertions.fail(where + "the same call gave other bits at byte " + at);
        }
    }

    static void assertClose(
            String where, MemorySegment want, MemorySegment got, IntToDoubleFunction tolerance) {
        for (int i = 0; i < want.byteSize() / 4; i++) {
            float w = at(want, i);
            float g = at(got, i);
            if (w == g || (Float.isNaN(w) && Float.isNaN(g))) {
                continue;
            }
            double t = tolerance.applyAsDouble(i);
            if (!(Math.abs((double) g - w) <= t)) {
                Assertions.fail(
                        where + "at " + i + ": " + g + " instead of " + w + ", tolerance " + t);
            }
        }
    }

    /* ---------------------------------------------------------------- iteration spaces */

    /** An iteration space of random rank, sizes and strides; inputs may repeat elements. */
    Nd space() {
        int rank = random.nextInt(Nd.MAX_RANK + 1);
        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++) {
            shape[i] = 1 + random.nextLong(rank > 4 ? 3 : rank > 2 ? 7 : 40);
        }
        return new Nd(shape, strides(shape, 0.25), strides(shape, 0.25), strides(shape, 0));
    }

    /** Strides of memory with gaps, nested in a random order. */
    long[] strides(long[] shape, double repeated) {
        int rank = shape.length;
        int[] order = new int[rank];
        for (int i = 0; i < rank; i++) {
            int j = random.nextInt(3) == 0 ? random.nextInt(i + 1) : i;
            order[i] = order[j];
            order[j] = i;
        }
        long[] strides = new long[rank];
        long stride = random.nextInt(3) == 0 ? 2 : 1;
        for (int i = rank - 1; i >= 0; i--) {
            strides[order[i]] = stride;
            stride = stride * shape[order[i]] + (random.nextInt(4) == 0 ? random.nextInt(5) : 0);
        }
        for (int i = 0; i < rank; i++) {
            strides[i] = random.nextDouble() < repeated ? 0 : strides[i];
        }
        return strides;
    }

    /** Elements that a buffer for these strides has. */
    static long reach(long[] shape, long... strides) {
        long last = 0;
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] == 0) {
                return 0;
            }
            last += (shape[i] - 1) * strides[i];
        }
        return last + 1;
    }
}
