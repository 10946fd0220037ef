/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The process in which one library is measured: does what its standard input says, a line at a
 * time, and answers on its standard output. Between two lines it waits in a read, so that a library
 * whose turn it is not takes no time from the others.
 */
public final class ChildMain {
    /** Starts each line that is an answer: native libraries print what they like. */
    static final String ANSWER = "@gatun ";

    /** More would take time to write, from the others: they have their turn already. */
    private static final int TIMES_PER_ROUND = 500;

    private final PrintStream out;
    private final Runner runner;
    private final MemoryMeter meter;

    private ChildMain(PrintStream out, Runner runner, MemoryMeter meter) {
        this.out = out;
        this.runner = runner;
        this.meter = meter;
    }

    /**
     * Serves until its input ends.
     *
     * @param args the library, the benchmark, the batch, the threads and the callers
     */
    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err);
        try {
            PeerProvider peer = Peers.find(args[0]).orElseThrow();
            Job job =
                    new Job(
                            Bench.find(args[1]).orElseThrow(),
                            Integer.parseInt(args[2]),
                            Integer.parseInt(args[3]),
                            Integer.parseInt(args[4]));
            peer.start(job.threads());
            MemoryMeter meter = new MemoryMeter(peer);
            Workload workload = peer.create(job).orElse(null);
            if (workload == null) {
                answer(out, "absent");
                return;
            }
            try (Runner runner = new LocalRunner(workload)) {
                answer(out, "ready " + peer.version());
                new ChildMain(out, runner, meter).serve();
            }
        } catch (RuntimeException | LinkageError e) {
            e.printStackTrace();
            answer(out, "failed " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private void serve() throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            answer(
                    out,
                    switch (words[0]) {
                        case "round" ->
                                round(Double.parseDouble(words[1]), Double.parseDouble(words[2]));
                        case "compiler" -> "compiler " + runner.compilerMillis();
                        case "outputs" -> outputs(Integer.parseInt(words[1]));
                        case "memory" -> memory();
                        default -> "failed no such command: " + line;
                    });
        }
    }

    private String round(double settleMillis, double roundMillis) {
        long before = ProcessorTime.nanos();
        Round round = runner.round(settleMillis, roundMillis);
        return "round "
                + before
                + " "
                + ProcessorTime.nanos()
                + " "
                + round.nanosPerStep()
                + " "
                + Arrays.stream(round.times().sorted(TIMES_PER_ROUND))
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(" "));
    }

    private String outputs(int steps) {
        StringBuilder text = new StringBuilder("outputs");
        for (float value : runner.outputs(steps)) {
            text.append(' ').append(value);
        }
        return text.toString();
    }

    private String memory() {
        MemoryFigures figures = meter.figures(runner);
        return String.format(
                Locale.ROOT,
                "memory %d %d %d",
                figures.peakNative(),
                figures.resident(),
                figures.residentGrowth());
    }

    private static void answer(PrintStream out, String text) {
        out.println(ANSWER + text);
        out.flush();
    }
}
