/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.nn.metrics.Metric;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Loss, its parts and metrics over a data set: a smaller last batch counts for less. */
final class Totals {
    private final List<Metric> metrics;
    private final List<Metric.Accumulator> accumulators;
    private final Map<String, Double> parts = new LinkedHashMap<>();
    private double lossSum;
    private long samples;

    Totals(List<Metric> metrics) {
        this.metrics = metrics;
        this.accumulators = metrics.stream().map(Metric::start).toList();
    }

    /** The values of a batch's loss and its parts. */
    record Values(double loss, Map<String, Double> parts) {}

    /** Takes in a batch; the objective's tensors are not needed afterwards. */
    Values add(Objective.Outcome outcome, long count) {
        double loss = outcome.loss().item();
        Map<String, Double> values = Map.of();
        if (!outcome.parts().isEmpty()) {
            values = new LinkedHashMap<>();
            for (Map.Entry<String, Tensor> part : outcome.parts().entrySet()) {
                double value = part.getValue().item();
                values.put(part.getKey(), value);
                parts.merge(part.getKey(), value * count, Double::sum);
            }
        }
        samples += count;
        lossSum += loss * count;
        if (!accumulators.isEmpty()) {
            try (Scope _ = Scope.open()) { // a metric is no part of the graph
                for (Metric.Accumulator accumulator : accumulators) {
                    accumulator.add(outcome.output(), outcome.target());
                }
            }
        }
        return new Values(loss, values);
    }

    double loss() {
        return lossSum / samples;
    }

    long samples() {
        return samples;
    }

    /** Parts of the loss, then metrics. */
    Map<String, Double> metrics() {
        Map<String, Double> values = new LinkedHashMap<>();
        parts.forEach((name, sum) -> values.put(name, sum / samples));
        for (int i = 0; i < metrics.size(); i++) {
            values.put(metrics.get(i).name(), accumulators.get(i).value());
        }
        return values;
    }

    void save(Snapshot to) {
        to.put("samples", samples);
        to.put("loss", lossSum);
        to.put("parts", String.join("\n", parts.keySet()));
        to.put("partSums", parts.values().stream().mapToDouble(Double::doubleValue).toArray());
        for (int i = 0; i < metrics.size(); i++) {
            to.put("metric " + i, metrics.get(i).name());
            to.put("metric state " + i, accumulators.get(i).state());
        }
    }

    void restore(Snapshot from) throws IOException {
        for (int i = 0; i < metrics.size(); i++) {
            String saved = from.has("metric " + i) ? from.text("metric " + i) : "none";
            if (!saved.equals(metrics.get(i).name())) {
                throw new FormatException(
                        from.file(),
                        "metric "
                                + i
                                + " of the interrupted epoch was "
                                + saved
                                + ", not "
                                + metrics.get(i).name()
                                + ": resume with the metrics that the run had");
            }
            accumulators.get(i).restore(from.numbers("metric state " + i));
        }
        samples = from.whole("samples");
        lossSum = from.number("loss");
        double[] values = from.numbers("partSums");
        String[] names = from.text("parts").split("\n", -1);
        for (int i = 0; i < values.length; i++) {
            parts.put(names[i], values[i]);
        }
    }
}
