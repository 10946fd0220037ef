/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.History;
import io.gatun.nn.TrainingListener;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C (or a plain kill) end training after the current step. The virtual machine waits with
 * its exit until {@link #close}, by when the last checkpoint is on the disk; its exit code is then
 * 130, by the signal.
 */
final class GracefulStop implements TrainingListener, AutoCloseable {
    /** Longer than any step or validation should take; after it the process ends in any case. */
    private static final long MOST_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::askAndWait, "stop-training");
    private volatile boolean asked;

    private GracefulStop() {}

    /** Begins to listen for signals. */
    static GracefulStop install() {
        GracefulStop stop = new GracefulStop();
        Runtime.getRuntime().addShutdownHook(stop.hook);
        return stop;
    }

    private void askAndWait() {
        asked = true;
        try {
            if (!done.await(MOST_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("Training did not stop within " + MOST_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the process has been asked to end. */
    boolean asked() {
        return asked;
    }

    @Override
    public void stepTaken(Run run, Step step) {
        if (asked) {
            run.stop("interrupted");
        }
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        if (asked) {
            run.stop("interrupted");
        }
    }

    /** Lets the process end. */
    @Override
    public void close() {
        done.countDown();
        if (!asked) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The signal came just now: there is nothing left that it could interrupt.
            }
        }
    }
}
