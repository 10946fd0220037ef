/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.Arrays;

/** Whether two libraries compute the same: only then is it worth asking which one is faster. */
public final class Agreement {
    /**
     * How many training steps are compared: the second loss tells whether the gradients agree, the
     * third whether the optimizer's state does.
     */
    private static final int TRAINING_STEPS = 3;

    /** Scores differ by roundings only. */
    private static final double INFERENCE_TOLERANCE = 1e-3;

    /** Three steps of Adam from the same weights, whose first steps magnify roundings. */
    private static final double TRAINING_TOLERANCE = 1e-3;

    private Agreement() {}

    /** What a runner tells before it is timed. */
    public static float[] outputs(Runner runner) {
        return runner.outputs(runner.job().bench().training() ? TRAINING_STEPS : 1);
    }

    /**
     * The largest difference, relative to the largest value.
     *
     * @param job what both computed
     * @param peer the other library's name
     * @throws IllegalStateException if that is more than roundings explain
     */
    public static double check(Job job, String peer, float[] ours, float[] theirs) {
        double error = ours.length == theirs.length ? maxError(ours, theirs) : Double.NaN;
        double tolerance = job.bench().training() ? TRAINING_TOLERANCE : INFERENCE_TOLERANCE;
        if (!(error <= tolerance)) {
            throw new IllegalStateException(
                    peer
                            + " does not compute what gatun does: "
                            + theirs.length
                            + " values, error "
                            + error
                            + ", they start with "
                            + start(theirs)
                            + " and not with "
                            + start(ours));
        }
        return error;
    }

    private static String start(float[] values) {
        return Arrays.toString(Arrays.copyOf(values, Math.min(values.length, 3)));
    }

    private static double maxError(float[] ours, float[] theirs) {
        double largest = 0;
        double error = 0;
        for (int i = 0; i < ours.length; i++) {
            largest = Math.max(largest, Math.abs(ours[i]));
            error = Math.max(error, Math.abs((double) ours[i] - theirs[i]));
        }
        return error / largest;
    }
}
