/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C (or a plain kill) end training after the current step, with a last checkpoint where
 * there are {@link Checkpoints}. The virtual machine waits with its exit until {@link #close}, by
 * when all that is to be kept is on the disk, but for a minute at most; its exit code is then that
 * of the signal.
 *
 * <pre>{@code
 * try (GracefulStop stop = GracefulStop.install()) {
 *     Trainer.of(model, optimizer, loss)
 *         .listeners(stop, Checkpoints.in(folder))
 *         .resumeIfPresent(folder)
 *         .fit(training, validation, 90);
 * }
 * }</pre>
 */
public final class GracefulStop implements TrainingListener, AutoCloseable {
    /** Longer than any step or validation should take; after it the process ends in any case. */
    private static final long MOST_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::askAndWait, "stop-training");
    private volatile boolean asked;

    private GracefulStop() {}

    /**
     * Begins to listen for signals.
     *
     * @return the listener, to be closed when the program is ready to end
     */
    public static GracefulStop install() {
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

    /**
     * Whether the process has been asked to end.
     *
     * @return true from the signal on
     */
    public boolean asked() {
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
