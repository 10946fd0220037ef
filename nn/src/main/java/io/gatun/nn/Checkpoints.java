/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the state of a training in safetensors files, so that it survives a crash at any moment.
 * Each write replaces the file in one step: until the new one is complete and on the disk, the old
 * one stays. What writers that were killed left behind is deleted when training starts.
 *
 * <p>{@code last.safetensors} holds all of the run, and {@link Trainer#resume} goes on from it; it
 * is written after each epoch, by default, and when training is stopped ({@link GracefulStop}, for
 * example). {@code best.safetensors} holds the weights of the best epoch (the averaged ones with
 * {@link Trainer#validateWith}). {@link Safetensors#load} loads the weights from both.
 *
 * <pre>{@code
 * Trainer.of(model, optimizer, loss)
 *     .listeners(Checkpoints.in(folder).everySteps(1000))
 *     .resumeIfPresent(folder)
 *     .fit(training, validation, 90);
 * }</pre>
 */
public final class Checkpoints implements TrainingListener, Resumable {
    static final String LAST = "last.safetensors";
    private static final String BEST = "best.safetensors";

    private final @Nullable Path last;
    private final @Nullable Path best;
    private final Monitor monitor;
    private final int everyEpochs;
    private final long everySteps;
    private final int kept;
    private final Deque<Path> numbered = new ArrayDeque<>();
    private double lowest;

    private Checkpoints(
            @Nullable Path last,
            @Nullable Path best,
            Monitor monitor,
            int everyEpochs,
            long everySteps,
            int kept) {
        this.last = last;
        this.best = best;
        this.monitor = monitor;
        this.everyEpochs = everyEpochs;
        this.everySteps = everySteps;
        this.kept = kept;
        this.lowest = monitor.worst();
    }

    /**
     * Keeps the weights with the lowest validation loss (training loss, without validation data).
     *
     * @param directory made if it does not exist; the file in it is {@code best.safetensors}
     * @return the listener
     */
    public static Checkpoints best(Path directory) {
        return new Checkpoints(null, directory.resolve(BEST), Monitor.loss(), 1, 0, 0);
    }

    /**
     * Keeps the last state of the run, after every epoch.
     *
     * @param file the file to write, over the last one
     * @return the listener
     */
    public static Checkpoints last(Path file) {
        return new Checkpoints(file, null, Monitor.loss(), 1, 0, 0);
    }

    /**
     * Keeps the last state of the run, after every epoch, and the best weights.
     *
     * @param directory made if it does not exist; the files in it are {@code last.safetensors} and
     *     {@code best.safetensors}
     * @return the listener
     */
    public static Checkpoints in(Path directory) {
        return new Checkpoints(
                directory.resolve(LAST), directory.resolve(BEST), Monitor.loss(), 1, 0, 0);
    }

    /**
     * This listener writing the last state after so many epochs only.
     *
     * @param epochs at least 1
     * @return a new listener
     * @throws IllegalArgumentException if less than 1
     */
    public Checkpoints everyEpochs(int epochs) {
        Checks.positive("Checkpoints", "everyEpochs", epochs);
        return new Checkpoints(last, best, monitor, epochs, everySteps, kept);
    }

    /**
     * This listener writing the last state after so many optimizer steps too, within epochs.
     *
     * @param steps at least 1
     * @return a new listener
     * @throws IllegalArgumentException if less than 1
     */
    public Checkpoints everySteps(int steps) {
        Checks.positive("Checkpoints", "everySteps", steps);
        return new Checkpoints(last, best, monitor, everyEpochs, steps, kept);
    }

    /**
     * This listener keeping older states too, beside the last one: {@code
     * step-000001000.safetensors} and so on.
     *
     * @param states how many of the newest ones; older ones are deleted
     * @return a new listener
     * @throws IllegalArgumentException if less than 1
     */
    public Checkpoints keep(int states) {
        Checks.positive("Checkpoints", "keep", states);
        return new Checkpoints(last, best, monitor, everyEpochs, everySteps, states);
    }

    /**
     * This listener with another number that says which epoch is the best.
     *
     * @param monitor such as {@code Monitor.highest("accuracy")}
     * @return a new listener
     */
    public Checkpoints monitor(Monitor monitor) {
        return new Checkpoints(last, best, monitor, everyEpochs, everySteps, kept);
    }

    @Override
    public void trainingStarted(Run run) {
        lowest = monitor.worst();
        numbered.clear();
        for (Path file : new Path[] {last, best}) {
            Path folder = file == null ? null : file.toAbsolutePath().getParent();
            if (folder != null) {
                AtomicFile.clean(folder);
            }
        }
    }

    @Override
    public void stepTaken(Run run, Step step) {
        boolean due = everySteps > 0 && step.number() % everySteps == 0;
        if (due || run.stopReason() != null) {
            saveLast(run);
        }
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        Path bestFile = best;
        double value = monitor.of(epoch);
        if (bestFile != null && monitor.better(value, lowest, 0)) {
            lowest = value;
            write(bestFile, file -> Safetensors.save(run.evaluated(), file));
        }
        if (epoch.number() % everyEpochs == 0
                || epoch.number() == run.epochs()
                || run.stopReason() != null) {
            saveLast(run);
        }
    }

    private void saveLast(Run run) {
        Path file = last;
        if (file == null) {
            return;
        }
        if (kept > 0) {
            String name = String.format(Locale.ROOT, "step-%09d.safetensors", run.step());
            numbered.remove(file.resolveSibling(name)); // within and after the same epoch
            numbered.addLast(file.resolveSibling(name));
        }
        write(file, run::save);
        if (kept > 0) {
            write(numbered.getLast(), target -> link(file, target));
            while (numbered.size() > kept) {
                write(numbered.removeFirst(), Files::deleteIfExists);
            }
        }
    }

    /** A second name costs nothing: the last file is replaced, never changed. */
    private static void link(Path file, Path target) throws IOException {
        Files.deleteIfExists(target);
        try {
            Files.createLink(target, file);
        } catch (UnsupportedOperationException e) {
            Files.copy(file, target);
        }
    }

    private interface Writing {
        void to(Path file) throws IOException;
    }

    private static void write(Path file, Writing writing) {
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null && !Files.isDirectory(parent)) {
                Files.createDirectories(parent);
            }
            writing.to(file);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "checkpoint "
                            + file
                            + " cannot be written: "
                            + AtomicFile.reason(e)
                            + (Files.exists(file) ? "; the one before is still there" : ""),
                    e);
        }
    }

    @Override
    public void save(Snapshot to) {
        to.put("best", lowest);
        to.put("numbered", numbered.size());
        int i = 0;
        for (Path file : numbered) {
            to.put("file " + i++, file.getFileName().toString());
        }
    }

    @Override
    public void restore(Snapshot from) throws IOException {
        lowest = from.number("best");
        Path file = last;
        for (int i = 0; file != null && i < from.whole("numbered"); i++) {
            numbered.addLast(file.resolveSibling(from.text("file " + i)));
        }
    }
}
