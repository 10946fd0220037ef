/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.TrainingListener;
import java.util.ArrayList;
import java.util.List;

/**
 * Loss, learning rate and speed over the steps of a run, in a bounded number of points: when there
 * get too many, each two become one. Not thread-safe.
 */
final class RunCurves {
    private static final int MOST = 1000;

    /** The mean over some steps that follow each other. */
    record Point(double step, double loss, double rate, double samplesPerSecond) {}

    private final List<Point> points = new ArrayList<>();
    private int stepsPerPoint = 1;
    private int steps;
    private double step;
    private double loss;
    private double rate;
    private double seconds;
    private double samples;
    private long lastSamples;
    private int lastEpoch;

    void add(TrainingListener.Step taken) {
        long before = taken.epoch() == lastEpoch ? lastSamples : 0;
        lastEpoch = taken.epoch();
        lastSamples = taken.samples();
        steps++;
        step += taken.number();
        loss += taken.loss();
        rate += taken.rate();
        seconds += taken.seconds();
        samples += taken.samples() - before;
        if (steps < stepsPerPoint) {
            return;
        }
        points.add(new Point(step / steps, loss / steps, rate / steps, samples / seconds));
        steps = 0;
        step = 0;
        loss = 0;
        rate = 0;
        seconds = 0;
        samples = 0;
        if (points.size() > MOST) {
            List<Point> merged = new ArrayList<>();
            for (int i = 0; i + 1 < points.size(); i += 2) {
                Point a = points.get(i);
                Point b = points.get(i + 1);
                merged.add(
                        new Point(
                                (a.step + b.step) / 2,
                                (a.loss + b.loss) / 2,
                                (a.rate + b.rate) / 2,
                                2 / (1 / a.samplesPerSecond + 1 / b.samplesPerSecond)));
            }
            points.clear();
            points.addAll(merged);
            stepsPerPoint *= 2;
        }
    }

    List<Point> points() {
        return List.copyOf(points);
    }
}
