/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.examples.bench.Measurement.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One job given to this library and to others: alternating, after a look at whether they agree. */
public final class Comparing {
    private Comparing() {}

    /**
     * Measures this library alone, in this process.
     *
     * @param seconds how long
     */
    public static List<Measurement> alone(Job job, double seconds) {
        Workload workload =
                new GatunProvider()
                        .create(job)
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "gatun has no benchmark " + job.bench().name()));
        try (Runner runner = new LocalRunner(workload)) {
            return Alternating.run(List.of(runner), Alternating.Options.of(seconds)).stream()
                    .map(result -> Measurement.of(result, null))
                    .toList();
        }
    }

    /**
     * Measures libraries against each other, each in a process of its own.
     *
     * @param providers the libraries, this one first
     * @param seconds how long, for each
     * @param excluded is told of each library that has no such benchmark, or does not compute what
     *     this one does: it is not measured
     * @return a measurement for each of the others
     */
    public static List<Measurement> together(
            Job job, List<PeerProvider> providers, double seconds, Consumer<Excluded> excluded) {
        List<ChildRunner> started = new ArrayList<>();
        try {
            for (PeerProvider provider : providers) {
                started.add(ChildRunner.start(job, provider));
            }
            List<Runner> ready = new ArrayList<>();
            for (int i = 0; i < started.size(); i++) {
                if (started.get(i).isReady()) {
                    ready.add(started.get(i));
                } else {
                    String reason = "has no benchmark " + job.bench().name();
                    excluded.accept(new Excluded(job, providers.get(i).name(), false, reason));
                }
            }
            return ready.isEmpty() ? List.of() : measure(job, ready, seconds, excluded);
        } finally {
            started.forEach(Runner::close);
        }
    }

    private static List<Measurement> measure(
            Job job, List<Runner> ready, double seconds, Consumer<Excluded> excluded) {
        List<Runner> runners = new ArrayList<>(List.of(ready.getFirst()));
        List<Double> errors = new ArrayList<>(List.of(0.0));
        boolean comparable = ready.getFirst().peer().equals(GatunProvider.NAME);
        float[] outputs = comparable ? Agreement.outputs(ready.getFirst()) : new float[0];
        for (Runner other : ready.subList(1, ready.size())) {
            double error = 0;
            if (comparable) {
                float[] theirs = Agreement.outputs(other);
                error = Agreement.error(outputs, theirs);
                if (!Agreement.explains(job, error)) {
                    String reason = Agreement.difference(error, outputs, theirs);
                    excluded.accept(new Excluded(job, other.peer(), true, reason));
                    continue;
                }
            }
            runners.add(other);
            errors.add(error);
        }
        List<Alternating.Result> results =
                Alternating.run(runners, Alternating.Options.of(seconds * runners.size()));
        List<Measurement> measurements = new ArrayList<>();
        Alternating.Result ours = results.getFirst();
        for (int i = 0; i < results.size(); i++) {
            Alternating.Result other = results.get(i);
            Comparison comparison =
                    comparable && i > 0
                            ? new Comparison(
                                    ours.speedOver(other),
                                    ours.speedOver(other, 10),
                                    ours.speedOver(other, 90),
                                    errors.get(i))
                            : null;
            measurements.add(Measurement.of(other, comparison));
        }
        return measurements;
    }
}
