/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Turns diagnostics into sentences. The rule for updates is that of Stanford's course CS231n: "a
 * rough heuristic is that this ratio should be somewhere around 1e-3".
 */
final class Advice {
    /** Ten times off the rule of thumb, to either side. */
    private static final double LOW = 1e-4;

    private static final double HIGH = 1e-2;

    /** A share of dead units above which it is worth a sentence. */
    private static final double DEAD = 0.1;

    /** A gradient so much smaller, beside its weights, than another's does not teach much. */
    private static final double VANISHED = 1e-4;

    private Advice() {}

    static List<String> of(List<Diagnostics.Sample> samples) {
        List<String> advice = new ArrayList<>();
        if (samples.isEmpty()) {
            return List.of("No step has been looked at yet.");
        }
        gradients(samples, advice);
        deadUnits(samples.getLast(), advice);
        updates(samples, advice);
        if (advice.isEmpty()) {
            advice.add("Nothing stands out.");
        }
        return List.copyOf(advice);
    }

    private static void gradients(List<Diagnostics.Sample> samples, List<String> advice) {
        Diagnostics.Sample last = samples.getLast();
        if (!Double.isFinite(last.gradientNorm())) {
            advice.add(
                    "The gradients of step "
                            + last.step()
                            + " are not finite: lower the learning rate, or clip gradients.");
            return;
        }
        double usual =
                median(samples.stream().mapToDouble(Diagnostics.Sample::gradientNorm).toArray());
        if (last.gradientNorm() > 100 * usual) {
            advice.add(
                    String.format(
                            Locale.ROOT,
                            "The gradients explode: their norm is %s at step %,d, and usually %s."
                                    + " Clip them, or lower the learning rate.",
                            PlainNumbers.text(last.gradientNorm()),
                            last.step(),
                            PlainNumbers.text(usual)));
        }
        Diagnostics.ParameterState smallest = null;
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (Diagnostics.ParameterState parameter : last.parameters()) {
            if (isWeight(parameter)) {
                double relative = parameter.gradientNorm() / parameter.weightNorm();
                most = Math.max(most, relative);
                if (relative < least) {
                    least = relative;
                    smallest = parameter;
                }
            }
        }
        if (smallest != null && least < VANISHED * most) {
            advice.add(
                    String.format(
                            Locale.ROOT,
                            "The gradient of %s vanishes: beside its weights it is %s times that of"
                                    + " the liveliest layer. Normalise between layers, lead a"
                                    + " shortcut around some (Residual), or change the initializer.",
                            smallest.name(),
                            PlainNumbers.text(least / most)));
        }
    }

    private static void deadUnits(Diagnostics.Sample last, List<String> advice) {
        for (Diagnostics.LayerState layer : last.layers()) {
            if (layer.dead() > DEAD) {
                advice.add(
                        String.format(
                                Locale.ROOT,
                                "%.0f %% of the units of the ReLU at %s are dead: 0 for every sample"
                                        + " of the probe, so that they learn nothing. Lower the"
                                        + " learning rate, or use a leaky ReLU.",
                                100 * layer.dead(),
                                layer.path().isEmpty() ? "the root" : layer.path()));
            }
        }
    }

    private static void updates(List<Diagnostics.Sample> samples, List<String> advice) {
        double highest = samples.stream().mapToDouble(Diagnostics.Sample::rate).max().orElse(0);
        // A schedule's tail takes small steps on purpose.
        double[] ratios =
                samples.stream()
                        .filter(sample -> sample.rate() >= highest / 2)
                        .flatMap(sample -> sample.parameters().stream())
                        .filter(Advice::isWeight)
                        .mapToDouble(Diagnostics.ParameterState::updateRatio)
                        .filter(Double::isFinite)
                        .toArray();
        if (ratios.length == 0) {
            return;
        }
        double middle = median(ratios);
        String found = "A step changes weights by " + PlainNumbers.text(middle) + " of their size";
        if (middle < LOW) {
            advice.add(
                    found
                            + " (median); about 0.001 is usual. The learning rate may be too low: try"
                            + " up to "
                            + PlainNumbers.text(round(1e-3 / middle))
                            + " times as much.");
        } else if (middle > HIGH) {
            advice.add(
                    found
                            + " (median); about 0.001 is usual. The learning rate may be too high: try"
                            + " a "
                            + PlainNumbers.text(round(middle / 1e-3))
                            + "th of it.");
        } else {
            advice.add(found + " (median), as it should be: about 0.001 is usual.");
        }
    }

    private static double round(double factor) {
        return factor >= 10 ? 10 * Math.rint(factor / 10) : Math.rint(factor);
    }

    /** Biases begin at 0, and say nothing by their ratio. */
    static boolean isWeight(Diagnostics.ParameterState parameter) {
        return parameter.name().endsWith("weight") && parameter.weightNorm() > 0;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
