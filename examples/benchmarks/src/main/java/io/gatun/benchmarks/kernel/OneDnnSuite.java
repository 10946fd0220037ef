/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.examples.JsonLines;
import io.gatun.kernel.Kernels;
import io.gatun.kernel.NativeKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Measures convolutions beside oneDNN's, in short turns, so that whatever the machine does
 * meanwhile meets both, and tells each figure as one line of JSON.
 */
public final class OneDnnSuite {
    private static final int TURNS = 11;
    private static final long TURN_NANOS = 20_000_000;
    private static final int FEWEST_CALLS = 3;

    /** OpenMP's threads spin for some milliseconds after their last work. */
    private static final long PAUSE_NANOS = 10_000_000;

    private static final long WARM_UP_NANOS = 100_000_000;

    private OneDnnSuite() {}

    /**
     * Measures all layers in this process.
     *
     * @param args the number of threads; 2 by default
     */
    public static void main(String[] args) {
        run(args.length == 0 ? 2 : Integer.parseInt(args[0]), System.out::println);
    }

    /** Measures all layers in about a minute, or says why oneDNN is not there. */
    public static void run(int threads, Consumer<String> lines) {
        OneDnn oneDnn;
        try {
            oneDnn = OneDnn.load(threads);
        } catch (IllegalStateException e) {
            System.err.println("Left out the layers beside oneDNN: " + e.getMessage());
            return;
        }
        String version = oneDnn.version();
        Kernels kernels = new NativeKernels();
        for (OneDnnCase each : OneDnnCase.all()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("layer", each.name());
            line.put("pass", each.passName());
            line.put("threads", threads);
            line.put("oneDnn", version);
            line.putAll(measure(each, oneDnn, kernels, threads));
            line.put("best", each.best());
            lines.accept(JsonLines.toJson(line));
        }
    }

    private static Map<String, Double> measure(
            OneDnnCase each, OneDnn oneDnn, Kernels kernels, int threads) {
        try (Buffers buffers = new Buffers(kernels);
                OneDnnConvolution peer =
                        new OneDnnConvolution(oneDnn, buffers, each.conv(), each.pass())) {
            MemorySegment x = buffers.floats(ConvolutionCases.sizeX(each.conv()));
            MemorySegment w = buffers.floats(ConvolutionCases.sizeW(each.conv()));
            MemorySegment y = buffers.floats(ConvolutionCases.sizeY(each.conv()));
            peer.load(x, w, y);
            return alternate(peer::run, each.ours(kernels, buffers, threads, x, w, y));
        }
    }

    private static Map<String, Double> alternate(Runnable peer, Runnable ours) {
        int peerCalls = warmUp(peer);
        int calls = warmUp(ours);
        double[] theirs = new double[TURNS];
        double[] own = new double[TURNS];
        double[] ratios = new double[TURNS];
        for (int turn = 0; turn < TURNS; turn++) {
            theirs[turn] = turn(peer, peerCalls);
            own[turn] = turn(ours, calls);
            ratios[turn] = theirs[turn] / own[turn];
        }
        Arrays.sort(ratios);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("oneDnnMicros", InTurns.median(theirs));
        figures.put("micros", InTurns.median(own));
        figures.put("ratio", InTurns.median(ratios));
        figures.put("ratioLow", ratios[1]); // four of five turns are between these
        figures.put("ratioHigh", ratios[TURNS - 2]);
        return figures;
    }

    /** Returns how many calls make a turn. */
    private static int warmUp(Runnable call) {
        long begin = System.nanoTime();
        long elapsed;
        int calls = 0;
        do {
            call.run();
            calls++;
            elapsed = System.nanoTime() - begin;
        } while (elapsed < WARM_UP_NANOS);
        return (int) Math.max(TURN_NANOS * calls / elapsed, FEWEST_CALLS);
    }

    /**
     * The median of the calls in microseconds. The first brings threads and caches back, and does
     * not count.
     */
    private static double turn(Runnable call, int calls) {
        LockSupport.parkNanos(PAUSE_NANOS);
        call.run();
        double[] micros = new double[calls];
        for (int i = 0; i < calls; i++) {
            long begin = System.nanoTime();
            call.run();
            micros[i] = (System.nanoTime() - begin) / 1e3;
        }
        return InTurns.median(micros);
    }
}
