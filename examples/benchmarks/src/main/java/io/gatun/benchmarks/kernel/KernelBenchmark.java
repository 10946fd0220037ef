/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.NativeKernels;
import io.gatun.kernel.ReferenceKernels;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A kernel of {@link KernelCases}, native or in Java, on a number of threads. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class KernelBenchmark {
    /** Which one; {@link KernelSuite} gives all of them. */
    @Param("elementwise/relu of 16 Ki")
    public String kernel = "";

    /** {@code native} or {@code java}. */
    @Param("native")
    public String kernels = "";

    /** Threads of a call. */
    @Param("1")
    public int threads;

    private Buffers buffers = new Buffers(new ReferenceKernels());
    private Runnable call = () -> {};

    /** Prepares memory. */
    @Setup
    public void open() {
        Kernels chosen = kernels.equals("native") ? new NativeKernels() : new ReferenceKernels();
        buffers = new Buffers(chosen);
        call = KernelCases.find(kernel).maker().make(chosen, buffers, threads);
    }

    /** Gives it back. */
    @TearDown
    public void close() {
        call = () -> {};
        buffers.close();
    }

    /** One call. */
    @Benchmark
    public void call() {
        call.run();
    }
}
