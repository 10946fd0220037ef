/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.History;
import io.gatun.nn.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Adds a line for each epoch to a CSV file (RFC 4180, with a header): time, epoch, step, loss and
 * metrics of training and validation, learning rate, seconds, samples per second. A file that
 * exists is gone on with, if its columns are the same. Numbers that are not finite are left empty.
 */
public final class CsvLog implements TrainingListener {
    private final Path file;
    private @Nullable LineFile lines;
    private boolean hasHeader;

    private CsvLog(Path file) {
        this.file = file;
    }

    /**
     * A log.
     *
     * @param file in a folder that exists; made if it does not exist
     * @return the listener
     */
    public static CsvLog to(Path file) {
        return new CsvLog(file);
    }

    @Override
    public void trainingStarted(Run run) {
        try {
            lines = LineFile.append(file); // now, not after an epoch's work
        } catch (IOException e) {
            throw failed(e);
        }
        hasHeader = false;
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        LineFile open = lines;
        if (open == null) {
            return;
        }
        Map<String, String> row = row(run, epoch);
        try {
            if (!hasHeader) {
                String header =
                        row.keySet().stream().map(CsvLog::quoted).collect(Collectors.joining(","));
                String found = LineFile.first(file);
                if (found == null) {
                    open.add(header);
                } else if (!found.equals(header)) {
                    throw new FileSystemException(
                            file.toString(),
                            null,
                            "its columns are \""
                                    + found
                                    + "\" and not \""
                                    + header
                                    + "\": give another file");
                }
                hasHeader = true;
            }
            open.add(row.values().stream().map(CsvLog::quoted).collect(Collectors.joining(",")));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static Map<String, String> row(Run run, History.Epoch epoch) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        row.put("epoch", Integer.toString(epoch.number()));
        row.put("step", Long.toString(run.step()));
        row.put("loss", number(epoch.loss()));
        epoch.metrics().forEach((name, value) -> row.put(name, number(value)));
        row.put("validation_loss", number(epoch.validationLoss()));
        epoch.validationMetrics()
                .forEach((name, value) -> row.put("validation_" + name, number(value)));
        row.put("learning_rate", number(epoch.rate()));
        row.put("seconds", number(epoch.seconds()));
        row.put("samples_per_second", number(epoch.samplesPerSecond()));
        return row;
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "";
    }

    private static String quoted(String field) {
        return field.matches("[^\",\r\n]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    @Override
    public void trainingEnded(Run run) {
        LineFile open = lines;
        lines = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException("CsvLog: cannot write " + file + ": " + e.getMessage(), e);
    }
}
