/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.History;
import io.gatun.nn.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Adds a JSON object on a line of its own for the start, each epoch, every n-th step where that is
 * asked for, and the end: {@code event} says which. A file that exists is gone on with. Numbers
 * that are not finite are null.
 */
public final class JsonLinesLog implements TrainingListener {
    private final Path file;
    private final int every;
    private @Nullable LineFile lines;

    private JsonLinesLog(Path file, int every) {
        this.file = file;
        this.every = every;
    }

    /**
     * A log without steps.
     *
     * @param file in a folder that exists; made if it does not exist
     * @return the listener
     */
    public static JsonLinesLog to(Path file) {
        return new JsonLinesLog(file, 0);
    }

    /**
     * The same with a line for every n-th step.
     *
     * @param steps n
     * @return a new listener
     * @throws IllegalArgumentException if less than 1
     */
    public JsonLinesLog every(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(
                    "JsonLinesLog.every: steps = " + steps + ": give at least 1");
        }
        return new JsonLinesLog(file, steps);
    }

    private void add(String event, Json.Content content) {
        LineFile open = lines;
        if (open == null) {
            return;
        }
        try {
            open.add(
                    Json.object(json -> {
                        json.text("event", event);
                        json.text("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
                        content.to(json);
                    }));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void trainingStarted(Run run) {
        try {
            lines = LineFile.append(file);
        } catch (IOException e) {
            throw failed(e);
        }
        add(
                "start",
                json -> {
                    json.number("epochs", run.epochs());
                    json.number("step", run.step());
                    json.number("samplesPerEpoch", run.samplesPerEpoch());
                    json.number("parameters", run.model().parameterCount());
                });
    }

    @Override
    public void stepTaken(Run run, Step step) {
        if (every > 0 && step.number() % every == 0) {
            add(
                    "step",
                    json -> {
                        json.number("step", step.number());
                        json.number("epoch", step.epoch());
                        json.number("loss", step.loss());
                        json.numbers("parts", step.parts());
                        json.number("rate", step.rate());
                        json.number("seconds", step.seconds());
                        json.number("waited", step.waited());
                    });
        }
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        add(
                "epoch",
                json -> {
                    json.number("epoch", epoch.number());
                    json.number("step", run.step());
                    Json.epoch(json, epoch);
                });
    }

    @Override
    public void trainingEnded(Run run) {
        LineFile open = lines;
        if (open == null) {
            return;
        }
        try (open) {
            add(
                    "end",
                    json -> {
                        json.number("epoch", run.epoch());
                        json.number("step", run.step());
                    });
        } catch (IOException e) {
            throw failed(e);
        } finally {
            lines = null;
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException(
                "JsonLinesLog: cannot write " + file + ": " + e.getMessage(), e);
    }
}
