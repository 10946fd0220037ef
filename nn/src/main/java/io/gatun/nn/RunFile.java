/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The parts of a checkpoint that every run has: model, optimizer, listeners and history. */
final class RunFile {
    private static final String PART = "training";

    private RunFile() {}

    /** The part beside the model's weights. */
    static Snapshot training(Snapshot all) {
        return all.in(PART);
    }

    /** The file to go on from; null to start anew. */
    static @Nullable Path find(Trainer.Settings settings) {
        Path given = settings.checkpoint();
        if (given == null) {
            return null;
        }
        Path file = Files.isDirectory(given) ? given.resolve(Checkpoints.LAST) : given;
        // a loop of links neither exists nor does not: reading it then says so
        return settings.mayBeMissing() && Files.notExists(file) ? null : file;
    }

    /** What learns and what is drawn: the model, the optimizer and the listeners. */
    static void save(Trainer.Settings settings, Snapshot all) {
        all.put(settings.model().parameters());
        all.put(settings.model().state());
        Snapshot training = training(all);
        settings.optimizer().save(settings.model(), training.in("optimizer"));
        resumables(settings)
                .forEach((name, listener) -> {
                    training.put("listener " + name, "saved");
                    listener.save(training.in(name));
                });
    }

    /** Checks that a file is of this model and these listeners, before anything is changed. */
    static void check(Trainer.Settings settings, Snapshot all) throws FormatException {
        Layer model = settings.model();
        List<Parameter> own = new ArrayList<>(model.parameters());
        own.addAll(model.state());
        all.check(own);
        Set<String> left = new TreeSet<>(all.names());
        left.removeIf(name -> name.startsWith(Snapshot.TRAINING));
        left.remove("gatun");
        own.forEach(parameter -> left.remove(parameter.name()));
        if (!left.isEmpty()) {
            throw new FormatException(
                    all.file(), "the model has no parameters " + left + ": it is another model's");
        }
        for (String name : resumables(settings).keySet()) {
            if (!training(all).has("listener " + name)) {
                throw new FormatException(
                        all.file(),
                        "it holds nothing of the listener "
                                + name
                                + ": resume with the listeners that the run had");
            }
        }
    }

    /** Model and optimizer, after {@link #check}. */
    static void restoreModel(Trainer.Settings settings, Snapshot all) throws IOException {
        settings.optimizer().restore(settings.model(), training(all).in("optimizer"));
        all.load(settings.model().parameters());
        all.load(settings.model().state());
    }

    static void restoreListeners(Trainer.Settings settings, Snapshot all) throws IOException {
        for (Map.Entry<String, Resumable> entry : resumables(settings).entrySet()) {
            entry.getValue().restore(training(all).in(entry.getKey()));
        }
    }

    /** Listeners by the name of their class and their number among its objects. */
    private static Map<String, Resumable> resumables(Trainer.Settings settings) {
        Map<String, Integer> seen = new HashMap<>();
        Map<String, Resumable> found = new LinkedHashMap<>();
        for (TrainingListener listener : settings.listeners()) {
            if (listener instanceof Resumable resumable) {
                String type = listener.getClass().getSimpleName();
                found.put(type + " " + seen.merge(type, 1, Integer::sum), resumable);
            }
        }
        return found;
    }

    /* ---------------------------------------------------------------- history */

    static void save(List<History.Epoch> epochs, Snapshot to) {
        to.put("epochs", epochs.size());
        for (History.Epoch epoch : epochs) {
            Snapshot part = to.in(Integer.toString(epoch.number()));
            part.put(
                    "numbers",
                    new double[] {
                        epoch.loss(),
                        epoch.validationLoss(),
                        epoch.seconds(),
                        epoch.waited(),
                        epoch.samples(),
                        epoch.rate()
                    });
            save(epoch.metrics(), part, "metrics");
            save(epoch.validationMetrics(), part, "validation");
        }
    }

    private static void save(Map<String, Double> metrics, Snapshot to, String name) {
        to.put(name, String.join("\n", metrics.keySet()));
        to.put(
                name + " values",
                metrics.values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    static List<History.Epoch> history(Snapshot from) throws FormatException {
        List<History.Epoch> epochs = new ArrayList<>();
        for (int number = 1; number <= from.whole("epochs"); number++) {
            Snapshot part = from.in(Integer.toString(number));
            double[] n = part.numbers("numbers");
            epochs.add(
                    new History.Epoch(
                            number,
                            n[0],
                            metrics(part, "metrics"),
                            n[1],
                            metrics(part, "validation"),
                            n[2],
                            n[3],
                            (long) n[4],
                            n[5]));
        }
        return epochs;
    }

    private static Map<String, Double> metrics(Snapshot from, String name) throws FormatException {
        String[] names = from.text(name).split("\n", -1);
        double[] values = from.numbers(name + " values");
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            metrics.put(names[i], values[i]);
        }
        return metrics;
    }
}
