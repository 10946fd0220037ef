/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how training goes: a bar with samples per second and the time left for each epoch on a
 * terminal, and one line of results after it. Where the output is no terminal (a file, a log) only
 * lines: that of the results, and one every 30 s within an epoch.
 */
public final class ProgressBar implements TrainingListener {
    private final PrintStream out;
    private final boolean interactive;
    private final LongSupplier nanos;
    private long epochStart;
    private long lastLine;
    private me.tongfei.progressbar.@Nullable ProgressBar bar;

    /** Time between lines within an epoch. */
    private static final long LINE_NANOS = 30_000_000_000L;

    ProgressBar(PrintStream out, boolean interactive, LongSupplier nanos) {
        this.out = out;
        this.interactive = interactive;
        this.nanos = nanos;
    }

    /**
     * Progress on standard error.
     *
     * @return the listener
     */
    @SuppressWarnings("SystemConsoleNull") // some consoles are null, some are no terminal
    public static ProgressBar console() {
        var console = System.console();
        return new ProgressBar(
                System.err, console != null && console.isTerminal(), System::nanoTime);
    }

    /**
     * Lines only: one per epoch, and one every 30 s within a longer one; no control characters.
     *
     * @param out where to print
     * @return the listener
     */
    public static ProgressBar lines(PrintStream out) {
        return new ProgressBar(out, false, System::nanoTime);
    }

    @Override
    public void epochStarted(Run run, int epoch) {
        epochStart = nanos.getAsLong();
        lastLine = epochStart;
        if (interactive) {
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(
                                    String.format(Locale.ROOT, "epoch %d/%d", epoch, run.epochs()))
                            .setInitialMax(run.samplesPerEpoch())
                            .setStyle(ProgressBarStyle.ASCII)
                            .setUpdateIntervalMillis(200)
                            .showSpeed()
                            .clearDisplayOnFinish()
                            .continuousUpdate()
                            .build();
        }
    }

    @Override
    public void stepTaken(Run run, Step step) {
        var shown = bar;
        if (shown != null) {
            shown.stepTo(step.samples());
            if (shown.getCurrent() % 64 == 0) {
                shown.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", step.loss()));
            }
        } else if (!interactive) {
            long now = nanos.getAsLong();
            if (now - lastLine >= LINE_NANOS) {
                lastLine = now;
                out.println(
                        String.format(
                                Locale.ROOT,
                                "epoch %d/%d: %d %%, loss %.4f, %.0f samples/s",
                                step.epoch(),
                                run.epochs(),
                                100 * step.samples() / Math.max(1, run.samplesPerEpoch()),
                                step.loss(),
                                step.samples() * 1e9 / (now - epochStart)));
            }
        }
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        close();
        out.println(epoch.toString().replaceFirst("epoch \\d+", "$0/" + run.epochs()));
    }

    @Override
    public void trainingEnded(Run run) {
        close();
    }

    private void close() {
        var shown = bar;
        if (shown != null) {
            shown.close();
            bar = null;
        }
    }
}
