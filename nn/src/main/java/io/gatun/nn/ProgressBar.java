/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how training goes: a bar with samples per second and the time left for each epoch on a
 * terminal, and one line of results after it. Where the output is no terminal (a file, a log) only
 * the lines.
 */
public final class ProgressBar implements TrainingListener {
    private final PrintStream out;
    private final boolean interactive;
    private me.tongfei.progressbar.@Nullable ProgressBar bar;

    private ProgressBar(PrintStream out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    /**
     * Progress on standard error.
     *
     * @return the listener
     */
    @SuppressWarnings("SystemConsoleNull") // some consoles are null, some are no terminal
    public static ProgressBar console() {
        var console = System.console();
        return new ProgressBar(System.err, console != null && console.isTerminal());
    }

    /**
     * Lines of results only.
     *
     * @param out where to print
     * @return the listener
     */
    public static ProgressBar lines(PrintStream out) {
        return new ProgressBar(out, false);
    }

    @Override
    public void epochStarted(Run run, int epoch) {
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
