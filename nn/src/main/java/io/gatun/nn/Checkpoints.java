/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Saves the model's parameters after epochs, as safetensors files. Each save replaces the file in
 * one step: an interrupted one leaves the old file whole.
 */
public final class Checkpoints implements TrainingListener {
    private final Path file;
    private final boolean bestOnly;
    private double best = Double.POSITIVE_INFINITY;

    private Checkpoints(Path file, boolean bestOnly) {
        this.file = file;
        this.bestOnly = bestOnly;
    }

    /**
     * Keeps the model with the lowest validation loss (training loss, without validation data).
     *
     * @param directory made if it does not exist; the file in it is {@code best.safetensors}
     * @return the listener
     */
    public static Checkpoints best(Path directory) {
        return new Checkpoints(directory.resolve("best.safetensors"), true);
    }

    /**
     * Saves after every epoch.
     *
     * @param file the file to write, over the last one
     * @return the listener
     */
    public static Checkpoints last(Path file) {
        return new Checkpoints(file, false);
    }

    @Override
    public void trainingStarted(Run run) {
        best = Double.POSITIVE_INFINITY;
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        double loss = Double.isNaN(epoch.validationLoss()) ? epoch.loss() : epoch.validationLoss();
        if (bestOnly && !(loss < best)) {
            return;
        }
        best = loss;
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Safetensors.save(run.model(), file);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "checkpoint " + file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
