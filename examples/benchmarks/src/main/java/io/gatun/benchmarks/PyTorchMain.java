/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.Alternating;
import io.gatun.examples.bench.PeerProvider;
import io.gatun.examples.bench.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Measures PyTorch alone and prints one line of JSON per workload and number of threads. Arguments:
 * the seconds per workload (default 5), then the numbers of threads (default 1 2). Each number gets
 * a process of its own.
 */
public final class PyTorchMain {

    /** Marks the process that measures; the number of threads follows. */
    private static final String CHILD = "--child";

    private record Job(String bench, int batch) {}

    private static final List<Job> JOBS =
            List.of(
                    new Job("lenet5", 64),
                    new Job("lenet5", 256),
                    new Job("mlp", 128),
                    new Job("infer-lenet5", 1),
                    new Job("infer-lenet5", 256));

    private PyTorchMain() {}

    /** Runs the measurements. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length == 3 && args[0].equals(CHILD)) {
            measure(Double.parseDouble(args[1]), Integer.parseInt(args[2]));
            return;
        }
        String seconds = args.length > 0 ? args[0] : "5";
        List<String> threads =
                args.length > 1 ? Arrays.asList(args).subList(1, args.length) : List.of("1", "2");
        for (String count : threads) {
            int status = start(seconds, count);
            if (status != 0) {
                System.exit(status);
            }
        }
    }

    private static void measure(double seconds, int threads) {
        PeerProvider provider = new PyTorchProvider();
        for (Job job : JOBS) {
            try (Workload workload =
                    provider.create(job.bench(), job.batch(), threads).orElseThrow()) {
                Alternating.run(List.of(workload), Alternating.Options.of(seconds))
                        .forEach(result -> System.out.println(result.measurement().toJson()));
            }
        }
    }

    private static int start(String seconds, String threads)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path")));
        String cache = System.getProperty("DJL_CACHE_DIR");
        if (cache != null) {
            command.add("-DDJL_CACHE_DIR=" + cache);
        }
        command.addAll(List.of(PyTorchMain.class.getName(), CHILD, seconds, threads));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        Map<String, String> environment = builder.environment();
        for (int i = 0; i < PyTorchEngine.ALLOCATOR.length; i += 2) {
            environment.putIfAbsent(PyTorchEngine.ALLOCATOR[i], PyTorchEngine.ALLOCATOR[i + 1]);
        }
        return builder.start().waitFor();
    }
}
