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
     * The largest difference, relative to the largest value; not a number if the numbers of values
     * differ, or one is not a number.
     */
    public static double error(float[] ours, float[] theirs) {
        return ours.length == theirs.length ? maxError(ours, theirs) : Double.NaN;
    }

    /** Whether roundings explain an error. */
    public static boolean explains(Job job, double error) {
        return error <= (job.bench().training() ? TRAINING_TOLERANCE : INFERENCE_TOLERANCE);
    }

    /** What to tell about a library whose error roundings do not explain. */
    public static String difference(double error, float[] ours, float[] theirs) {
        return "does not compute what gatun does: "
                + theirs.length
                + " values, error "
                + error
                + ", they start with "
                + start(theirs)
                + " and not with "
                + start(ours);
    }

    private static String start(float[] values) {
        return Arrays.toString(Arrays.copyOf(values, Math.min(values.length, 3)));
    }

    private static double maxError(float[] ours, float[] theirs) {
        double largest = 0;
        double error = 0;
        for (int i = 0; i < ours.length; i++) {
            largest = Math.max(largest, Math.abs(ours[i]));
            error = Math.max(error, Math.abs((double) ours[i] - theirs[i])); // not a number stays
        }
        return error / largest;
    }
}
