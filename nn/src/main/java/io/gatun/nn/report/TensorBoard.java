/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.History;
import io.gatun.nn.Parameter;
import io.gatun.nn.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a run as TensorBoard's event files: loss and learning rate of steps, loss and metrics of
 * epochs, the filters of the first convolution as images, and with {@link #diagnostics} update
 * ratios and histograms of weights and gradients. Every run begins a file of its own; {@code
 * tensorboard --logdir FOLDER} shows those of a folder, and of folders in it, together.
 *
 * <p>A process that is killed loses one record at most. After each epoch, all is on the disk.
 */
public final class TensorBoard implements TrainingListener {
    private static final int STEPS = 10;

    private final Path folder;
    private final int every;
    private final @Nullable Diagnostics diagnostics;
    private @Nullable EventFile file;
    private long lastSample;

    private TensorBoard(Path folder, int every, @Nullable Diagnostics diagnostics) {
        this.folder = folder;
        this.every = every;
        this.diagnostics = diagnostics;
    }

    /**
     * A writer of every {@value #STEPS}th step and every epoch.
     *
     * @param folder made if it does not exist
     * @return the listener
     */
    public static TensorBoard to(Path folder) {
        return new TensorBoard(folder, STEPS, null);
    }

    /**
     * The same for every n-th step.
     *
     * @param steps n
     * @return a new listener
     * @throws IllegalArgumentException if less than 1
     */
    public TensorBoard every(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(
                    "TensorBoard.every: steps = " + steps + ": give at least 1");
        }
        return new TensorBoard(folder, steps, diagnostics);
    }

    /**
     * The same with what diagnostics find.
     *
     * @param diagnostics a listener before this one
     * @return a new listener
     */
    public TensorBoard diagnostics(Diagnostics diagnostics) {
        return new TensorBoard(folder, every, diagnostics);
    }

    /** What is written, and may fail. */
    private interface Writing {
        void to(EventFile file) throws IOException;
    }

    private void write(Writing writing) {
        EventFile open = file;
        if (open == null) {
            return;
        }
        try {
            writing.to(open);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException(
                "TensorBoard: cannot write to the folder " + folder + ": " + e.getMessage(), e);
    }

    @Override
    public void trainingStarted(Run run) {
        try {
            file = EventFile.create(folder, Clock.systemUTC());
        } catch (IOException e) {
            throw failed(e);
        }
        lastSample = 0;
    }

    @Override
    public void stepTaken(Run run, Step step) {
        write(to -> {
            if (step.number() % every == 0 || step.number() == 1) {
                to.scalar("loss/step", step.number(), step.loss());
                to.scalar("learning rate", step.number(), step.rate());
                for (Map.Entry<String, Double> part : step.parts().entrySet()) {
                    to.scalar("loss/" + part.getKey(), step.number(), part.getValue());
                }
            }
            Diagnostics.Sample sample = diagnostics == null ? null : diagnostics.latest();
            if (sample != null && sample.step() != lastSample) {
                lastSample = sample.step();
                sample(to, sample);
            }
        });
    }

    private void sample(EventFile to, Diagnostics.Sample sample) throws IOException {
        to.scalar("gradient norm", sample.step(), sample.gradientNorm());
        for (Diagnostics.ParameterState parameter : sample.parameters()) {
            if (Double.isFinite(parameter.updateRatio())) {
                to.scalar(
                        "update ratio/" + parameter.name(), sample.step(), parameter.updateRatio());
            }
        }
        for (Diagnostics.LayerState layer : sample.layers()) {
            to.scalar("activation deviation/" + layer.path(), sample.step(), layer.deviation());
            if (!Double.isNaN(layer.dead())) {
                to.scalar("dead units/" + layer.path(), sample.step(), layer.dead());
            }
        }
        if (diagnostics != null) {
            for (Diagnostics.Histograms found : diagnostics.histograms()) {
                to.histogram("weights/" + found.name(), sample.step(), found.weights());
                to.histogram("gradients/" + found.name(), sample.step(), found.gradients());
            }
        }
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        long step = run.step();
        write(to -> {
            to.scalar("loss/training", step, epoch.loss());
            if (!Double.isNaN(epoch.validationLoss())) {
                to.scalar("loss/validation", step, epoch.validationLoss());
            }
            for (Map.Entry<String, Double> metric : epoch.metrics().entrySet()) {
                to.scalar(metric.getKey() + "/training", step, metric.getValue());
            }
            for (Map.Entry<String, Double> metric : epoch.validationMetrics().entrySet()) {
                to.scalar(metric.getKey() + "/validation", step, metric.getValue());
            }
            to.scalar("samples per second", step, epoch.samplesPerSecond());
            for (Parameter parameter : run.model().parameters()) {
                if (parameter.value().shape().rank() == 4) {
                    to.image("filters", step, Pictures.firstFilters(run.model()));
                    break;
                }
            }
            to.flush();
        });
    }

    @Override
    public void trainingEnded(Run run) {
        try {
            write(open -> {
                open.flush();
                open.close();
            });
        } finally {
            file = null;
        }
    }
}
