/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.Threads;
import io.gatun.nn.AvgPool2d;
import io.gatun.nn.History;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Sequential;
import io.gatun.nn.Sgd;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Augmentation;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import io.gatun.nn.zoo.CifarResNet;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Deep networks with and without shortcuts: He et al., 2016, figure 6. */
final class DeepResidual implements Experiment {
    @Override
    public String name() {
        return "resnet";
    }

    @Override
    public String claim() {
        return "A plain network of 56 layers is worse than one of 20 layers, in training too, so it is"
                + " not overfitting but hard to train; with shortcuts, which cost no parameters, 56"
                + " layers are no worse than 20.";
    }

    /**
     * The paper's, after an epoch of warming up. With a fifth of it the deeper residual network is
     * still behind when a run as short as this one ends.
     */
    private static final double RATE = 0.1;

    /**
     * Test images after each epoch; all of them at the end, or chance would hide what the deeper
     * residual network gains.
     */
    private static final int EARLY_TESTS = 2000;

    /** Shares of wrong answers at the end, and how they came about. */
    private record Errors(double train, double test, History history) {}

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images photographs =
                course.photographs(
                        course.pick(64, 12_000, 30_000), course.pick(50, 10_000, 10_000));
        // the deeper residual network overtakes the other one after some ten epochs
        int epochs = course.pick(1, 15, 20);
        int deep = course.pick(14, 56, 56);
        int flat = course.pick(8, 20, 20);
        Map<String, Layer> models = new LinkedHashMap<>();
        models.put("plain-" + flat, CifarResNet.plain(flat));
        models.put("plain-" + deep, CifarResNet.plain(deep));
        models.put("resnet-" + flat, CifarResNet.identityShortcuts(flat));
        models.put("resnet-" + deep, CifarResNet.identityShortcuts(deep));
        Map<String, Errors> found = trainAll(course, models, photographs, epochs);

        double[] at = IntStream.rangeClosed(1, epochs).asDoubleStream().toArray();
        String pixels = course.scale() == Scale.FULL ? "32 x 32" : "16 x 16";
        Chart training =
                Chart.lines("Training, " + pixels + " pixels", "epoch", "training error, %");
        Chart testing = Chart.lines("Test, " + pixels + " pixels", "epoch", "test error, %");
        Table table = Table.of("network", "parameters", "training error", "test error");
        for (Map.Entry<String, Layer> entry : models.entrySet()) {
            String name = entry.getKey();
            Errors errors = Objects.requireNonNull(found.get(name));
            table =
                    table.row(
                            name,
                            entry.getValue().parameterCount(),
                            Shares.percent(errors.train),
                            Shares.percent(errors.test));
            training = training.series(name, at, Shares.trainingErrors(errors.history));
            testing = testing.series(name, at, Shares.testErrors(errors.history));
        }
        Errors[] e =
                models.keySet().stream()
                        .map(name -> Objects.requireNonNull(found.get(name)))
                        .toArray(Errors[]::new);
        double chance = Shares.errorOfDifference(e[2].test, e[3].test, photographs.test().size());
        return Outcome.of(
                table,
                Picture.grid(2, training.toPicture(), testing.toPicture()),
                e[1].train > e[0].train
                        && e[1].test > e[0].test + chance
                        && e[3].test < e[2].test + chance,
                "From %d to %d layers, the plain network's test error goes from %.1f to %.1f %% and its"
                        + " training error from %.1f to %.1f %%; with shortcuts test errors are %.1f and"
                        + " %.1f %%, training errors %.1f and %.1f %%. A difference of %.1f between test"
                        + " errors may be chance.",
                flat,
                deep,
                100 * e[0].test,
                100 * e[1].test,
                100 * e[0].train,
                100 * e[1].train,
                100 * e[2].test,
                100 * e[3].test,
                100 * e[2].train,
                100 * e[3].train,
                100 * chance);
    }

    /**
     * Trains the networks side by side, each on one thread: their batches are too small to be worth
     * dividing, and so the errors are the same for any number of processors.
     */
    private static Map<String, Errors> trainAll(
            Course course, Map<String, Layer> models, CourseData.Images photographs, int epochs) {
        // the deep ones first, which take longest
        List<Map.Entry<String, Layer>> order =
                models.entrySet().stream()
                        .sorted(Comparator.comparingLong(m -> -m.getValue().parameterCount()))
                        .toList();
        int workers = Math.min(Threads.count(), order.size());
        Map<String, Future<Errors>> running = new LinkedHashMap<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
            for (Map.Entry<String, Layer> m : order) {
                Callable<Errors> task =
                        () -> train(course, m.getKey(), m.getValue(), photographs, epochs);
                running.put(m.getKey(), pool.submit(task));
            }
            Map<String, Errors> found = new LinkedHashMap<>();
            for (Map.Entry<String, Future<Errors>> r : running.entrySet()) {
                try {
                    found.put(r.getKey(), r.getValue().get());
                } catch (ExecutionException failed) {
                    pool.shutdownNow(); // or closing would wait for the other networks
                    throw new IllegalStateException(
                            r.getKey() + " could not be trained", failed.getCause());
                } catch (InterruptedException stopped) {
                    pool.shutdownNow();
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("training was interrupted", stopped);
                }
            }
            return found;
        }
    }

    private static Errors train(
            Course course, String name, Layer network, CourseData.Images photographs, int epochs) {
        try (Scope _ = Scope.open(1)) {
            // Photographs of half the side take a quarter of the time.
            Layer model =
                    course.scale() == Scale.FULL
                            ? network
                            : Sequential.of(AvgPool2d.of(2), network);
            model.initialize(course.seed());
            course.say("%s: %,d parameters", name, model.parameterCount());
            Trainer trainer =
                    Trainer.of(
                                    model,
                                    Sgd.of(RATE, 0.9).nesterov().weightDecay(5e-4),
                                    Losses.crossEntropy())
                            .metrics(Metrics.accuracy())
                            .listeners(Progress.of(course, name), RateSchedule.cosine().warmup(1));
            ImageDataset test = photographs.test();
            History history =
                    trainer.fit(
                            photographs
                                    .train()
                                    .batches(32)
                                    .shuffle(course.seed())
                                    .transform(Augmentation.of(course.seed()).flip().crop(2)),
                            test.take(Math.min(EARLY_TESTS, test.size())).batches(250),
                            epochs);
            return new Errors(error(trainer, photographs.train()), error(trainer, test), history);
        }
    }

    private static double error(Trainer trainer, ImageDataset images) {
        return 1 - Shares.accuracy(trainer.evaluate(images.batches(250)).metrics());
    }
}
