/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Memory;
import io.gatun.nn.History;
import io.gatun.nn.TrainingListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes down a training run: the loss of each step, the epochs, and the native memory that steps
 * allocate.
 *
 * <p>The first steps fill the pool of native memory, and so does the first step of another batch
 * size, which is the last one of the first epoch. Both are warm-up, and so is validation, which is
 * no step.
 */
final class RunRecord implements TrainingListener {
    private static final int WARM_UP_STEPS = 100;

    private final List<History.Epoch> epochs = new ArrayList<>();
    private float[] losses = new float[1024];
    private int steps;
    private long batch;
    private boolean measuring;
    private int stepsBefore;
    private long bytesBefore;
    private long measuredSteps;
    private long measuredBytes;

    @Override
    public void trainingStarted(Run run) {
        Memory.resetPeak();
        epochs.addAll(run.history()); // of a run that goes on
    }

    @Override
    public void epochStarted(Run run, int epoch) {
        if (epoch > 1 && steps >= WARM_UP_STEPS) {
            begin();
        }
    }

    @Override
    public void stepTaken(Run run, Step step) {
        if (steps == losses.length) {
            losses = Arrays.copyOf(losses, 2 * steps);
        }
        if (steps == 0) {
            batch = step.samples();
        }
        losses[steps++] = (float) step.loss();
        long left = run.samplesPerEpoch() - step.samples();
        if (measuring && left < (epochs.isEmpty() ? batch : 1)) {
            measuring = false;
            measuredSteps += steps - stepsBefore;
            measuredBytes += Memory.report().allocatedBytes() - bytesBefore;
        } else if (steps == WARM_UP_STEPS && left >= batch) {
            begin();
        }
    }

    private void begin() {
        measuring = true;
        stepsBefore = steps;
        bytesBefore = Memory.report().allocatedBytes();
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        epochs.add(epoch);
    }

    /** The finished epochs. */
    List<History.Epoch> epochs() {
        return epochs;
    }

    /** The loss of each step. */
    float[] losses() {
        return Arrays.copyOf(losses, steps);
    }

    /**
     * Native memory asked from the system per step after warm-up, validation apart; NaN for a run
     * shorter than that.
     */
    double nativeBytesPerStep() {
        return measuredSteps == 0 ? Double.NaN : measuredBytes / (double) measuredSteps;
    }

    /** Time of all training steps. */
    double seconds() {
        return epochs.stream().mapToDouble(History.Epoch::seconds).sum();
    }

    /** Samples per second in training. */
    double samplesPerSecond() {
        return epochs.stream().mapToLong(History.Epoch::samples).sum() / seconds();
    }
}
