/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs one library in a process of its own: the threads of two native libraries would get into each
 * other's way, and each library gets the environment with which it is at its best.
 */
public final class ChildRunner implements Runner {
    /**
     * Before each round, so that whatever spins in the process that had the last one has gone to
     * sleep.
     */
    private static final long PAUSE_MILLIS = 15;

    private record Idle(long nanos, long busyNanos) {}

    private final Job job;
    private final String peer;
    private final Path log;
    private final Process process;
    private final BufferedReader in;
    private final Writer out;
    private long idleSince;
    private long busySince;
    private final List<Idle> idle = new ArrayList<>();
    private String version = "";

    private ChildRunner(Job job, PeerProvider provider) throws IOException {
        this.job = job;
        this.peer = provider.name();
        this.log = Files.createTempFile("gatun-bench-", ".log");
        ProcessBuilder builder = new ProcessBuilder(command(job, provider));
        builder.environment().putAll(provider.environment());
        builder.redirectError(log.toFile());
        this.process = builder.start();
        this.in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.out = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts the process, which goes on to make the workload there.
     *
     * @return the runner, to be waited for with {@link #isReady}
     */
    public static ChildRunner start(Job job, PeerProvider provider) {
        try {
            return new ChildRunner(job, provider);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for the workload; called once.
     *
     * @return whether the library has such a benchmark
     * @throws IllegalStateException if the library does not start; the message says why
     */
    public boolean isReady() {
        List<String> words = answer();
        version = String.join(" ", words.subList(1, words.size()));
        return words.getFirst().equals("ready");
    }

    @Override
    public String version() {
        return version;
    }

    private static List<String> command(Job job, PeerProvider provider) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-javaagent") && !option.startsWith("-agentlib")) {
                command.add(option);
            }
        }
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("gatun.") || name.equals("DJL_CACHE_DIR")) {
                command.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        command.addAll(provider.options());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(
                List.of(
                        ChildMain.class.getName(),
                        provider.name(),
                        job.bench().name(),
                        Integer.toString(job.batch()),
                        Integer.toString(job.threads()),
                        Integer.toString(job.callers())));
        return command;
    }

    @Override
    public Job job() {
        return job;
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public Round round(double settleMillis, double roundMillis) {
        pause();
        long now = System.nanoTime();
        List<String> words = ask("round " + settleMillis + " " + roundMillis);
        if (idleSince != 0) {
            idle.add(new Idle(now - idleSince, Long.parseLong(words.get(1)) - busySince));
        }
        idleSince = System.nanoTime();
        busySince = Long.parseLong(words.get(2));
        long[] nanos = words.subList(4, words.size()).stream().mapToLong(Long::parseLong).toArray();
        return new Round(StepTimes.of(nanos), Double.parseDouble(words.get(3)));
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two rounds", e);
        }
    }

    /**
     * The share of a processor that the process took between its rounds, when another one was
     * measured: should be next to nothing. The first half is left out, in which the virtual machine
     * compiles.
     */
    public double idleShare() {
        long time = 0;
        long busy = 0;
        for (Idle each : idle.subList(idle.size() / 2, idle.size())) {
            time += each.nanos();
            busy += each.busyNanos();
        }
        return time == 0 ? 0 : Math.max((double) busy / time, 0);
    }

    @Override
    public long compilerMillis() {
        return Long.parseLong(ask("compiler").get(1));
    }

    @Override
    public float[] outputs(int steps) {
        List<String> words = ask("outputs " + steps);
        float[] values = new float[words.size() - 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(words.get(i + 1));
        }
        return values;
    }

    @Override
    public MemoryFigures memory() {
        List<String> words = ask("memory");
        return new MemoryFigures(
                Long.parseLong(words.get(1)),
                Long.parseLong(words.get(2)),
                Long.parseLong(words.get(3)));
    }

    private List<String> ask(String command) {
        try {
            out.write(command + "\n");
            out.flush();
        } catch (IOException e) {
            throw ended();
        }
        return answer();
    }

    private List<String> answer() {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(ChildMain.ANSWER)) {
                    String answer = line.substring(ChildMain.ANSWER.length());
                    if (answer.startsWith("failed ")) {
                        throw new IllegalStateException(
                                peer + ": " + answer.substring("failed ".length()));
                    }
                    return List.of(answer.split(" "));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw ended();
    }

    private IllegalStateException ended() {
        String said;
        try {
            List<String> lines = Files.readAllLines(log);
            said = String.join("\n", lines.subList(Math.max(lines.size() - 8, 0), lines.size()));
        } catch (IOException e) {
            said = e.toString();
        }
        return new IllegalStateException("the process of " + peer + " ended: " + said);
    }

    /** Closes its input, at which it ends. */
    @Override
    public void close() {
        try (in;
                out) {
            out.close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(log);
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
