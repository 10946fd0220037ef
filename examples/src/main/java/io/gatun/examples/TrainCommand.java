/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Backend;
import io.gatun.Memory;
import io.gatun.Threads;
import io.gatun.nn.CrossEntropy;
import io.gatun.nn.GracefulStop;
import io.gatun.nn.History;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.ProgressBar;
import io.gatun.nn.Trainer;
import io.gatun.nn.TrainingListener;
import io.gatun.nn.data.Batches;
import io.gatun.nn.metrics.Metrics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a model on handwritten digits, tests it after each epoch, and keeps it. */
@Command(
        name = "train",
        description = "Train a model: lenet5 and mlp on MNIST's digits, resnet20 on CIFAR-10.",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        sortOptions = false)
final class TrainCommand implements Callable<Integer> {
    /** The exit code after Ctrl-C, by the habit of shells. */
    static final int INTERRUPTED = 130;

    private static final int TEST_BATCH = 256;

    /** Threads that augment images while others train. */
    private static final int WORKERS = 2;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "lenet5|mlp|resnet20",
            converter = ModelKind.Converter.class,
            description = "The model.")
    private ModelKind kind = ModelKind.LENET5;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder with MNIST's four files or CIFAR-10's binary ones, plain or .gz. Else"
                            + " $GATUN_DATA; for digits else a user's cache, else a download; with no"
                            + " network, drawn digits.")
    private @Nullable Path data;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training data (default: 3, for resnet20 10).")
    private @Nullable Integer epochsGiven;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Samples per step (default: 64 for lenet5, else 128).")
    private @Nullable Integer batch;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads, 1 to 256 (default: the number of processors).")
    private @Nullable Integer threads;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of the first weights and of the order of samples (default: 42).")
    private long seed;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            defaultValue = "cooldown",
            converter = Schedule.Converter.class,
            description =
                    "What becomes of the learning rate: cooldown (half of the run as it is, then down"
                            + " to 0 in a straight line; the default), linear, cosine, one-cycle,"
                            + " step, plateau, constant.")
    private Schedule schedule = Schedule.COOLDOWN;

    @Mixin private Practice practice = new Practice();

    @Mixin private Watching watching = new Watching();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Keep the model in this safetensors file, after each epoch.")
    private @Nullable Path out;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write a line of JSON per epoch, and one with the result.")
    private @Nullable Path json;

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            description = "Draw test digits with predictions and the curve of the loss, as SVG.")
    private @Nullable Path picture;

    @Override
    public Integer call() throws IOException {
        int epochs = epochsGiven == null ? kind.epochs() : epochsGiven;
        Checks.atLeast(spec, "--epochs", epochs, 1);
        int batchSize = batch == null ? kind.batch() : batch;
        Checks.atLeast(spec, "--batch", batchSize, 1);
        int threadCount = threads == null ? Threads.count() : Checks.threads(spec, threads);
        practice.check(spec);
        watching.check(spec);
        if (picture != null && (practice.resumes() || !kind.takesDigits())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--picture: it shows a whole run on digits: leave it out with --resume or "
                            + kind);
        }
        if (kind.takesDigits() && data != null && !Digits.hasMnist(Digits.folder(data))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--data " + data + ": there are no MNIST files in this folder");
        }
        Checks.canReplace(spec, "--out", out);
        Checks.canReplace(spec, "--picture", picture);
        try (JsonLines lines = Checks.jsonLines(spec, "--json", json);
                Watching _ = watching) {
            return train(epochs, batchSize, threadCount, lines);
        }
    }

    private int train(int epochs, int batchSize, int threadCount, @Nullable JsonLines lines)
            throws IOException {
        PrintWriter console = spec.commandLine().getOut();
        PrintWriter notes = spec.commandLine().getErr();
        Backend.Description backend = Backend.describe();
        Threads.setCount(threadCount);
        Digits digits =
                kind.takesDigits()
                        ? Digits.Finder.ofUser(line -> say(notes, line)).find(data)
                        : null;
        Images images = digits != null ? Images.of(digits) : Images.cifar10(data, System.getenv());
        double rate = practice.rate(kind.rate());
        Layer model = kind.create().initialize(seed);
        say(
                notes,
                String.format(
                        Locale.ROOT,
                        "%s: %,d parameters, %s at %s (%s)%s, batch %d, seed %d; %,d + %,d images%s (%s);"
                                + " %d thread%s, %s kernels",
                        kind,
                        model.parameterCount(),
                        kind.method(),
                        rate,
                        schedule,
                        smoothing() == 0 ? "" : ", labels smoothed by " + smoothing(),
                        batchSize,
                        seed,
                        images.train().size(),
                        images.test().size(),
                        practice.augments() ? ", augmented" : "",
                        images.place(),
                        threadCount,
                        threadCount == 1 ? "" : "s",
                        backend.instructionSet()));

        RunRecord record = new RunRecord();
        History history;
        try (GracefulStop stop = GracefulStop.install()) {
            Batches batches = images.train().batches(batchSize).shuffle(seed);
            if (practice.augments()) {
                batches = batches.transform(images.augmentation(seed)).prefetch(WORKERS);
            }
            List<TrainingListener> listeners =
                    new ArrayList<>(
                            List.of(
                                    record,
                                    ProgressBar.console(),
                                    stop,
                                    schedule.of(practice.warmup(), batches.count())));
            if (out != null) {
                listeners.add(checkpoint(out));
            }
            if (lines != null) {
                listeners.add(new EpochLines(lines));
            }
            watching.listen(
                    listeners,
                    kind + " on " + images.source(),
                    images,
                    batches.count(),
                    spec.root().commandLine().getParseResult().originalArgs(),
                    notes);
            Trainer trainer =
                    Trainer.of(model, kind.optimizer(rate), loss()).metrics(Metrics.accuracy());
            history =
                    practice.apply(trainer, model, listeners)
                            .fit(batches, images.test().batches(TEST_BATCH), epochs);
            if (stop.asked()) {
                return interrupted(model, epochs, record, lines, notes);
            }
        }
        Trainer.Evaluation tested = tested(history, model, images);
        if (out != null && practice.stopsEarly()) {
            ModelFile.save(kind, model, out); // the best epoch's weights are back
        }
        Map<String, Object> result =
                result(history, tested, record, images, batchSize, threadCount);
        if (lines != null) {
            lines.write(result);
        }
        if (picture != null && digits != null) {
            Files.writeString(picture, Picture.draw(kind, model, digits, record));
        }
        console.printf(
                Locale.ROOT,
                "test accuracy %.2f %%, test loss %.4f; %.1f s of training, %.0f samples/s%n",
                100 * tested.metrics().getOrDefault("accuracy", Double.NaN),
                tested.loss(),
                record.seconds(),
                record.samplesPerSecond());
        console.println(
                out == null
                        ? "model not saved: --out FILE keeps it"
                        : "model saved to " + out.toAbsolutePath().normalize());
        console.flush();
        return 0;
    }

    private double smoothing() {
        return practice.labelSmoothing(kind.labelSmoothing());
    }

    private CrossEntropy loss() {
        return Losses.crossEntropy().labelSmoothing(smoothing());
    }

    /** How good the model is now: as in the last epoch, if it was not set back to its best one. */
    private Trainer.Evaluation tested(History history, Layer model, Images images) {
        if (practice.stopsEarly()) {
            return Trainer.of(model, kind.optimizer(0), loss())
                    .metrics(Metrics.accuracy())
                    .evaluate(images.test().batches(TEST_BATCH));
        }
        History.Epoch last = history.last();
        return new Trainer.Evaluation(
                last.validationLoss(), last.validationMetrics(), images.test().size());
    }

    private int interrupted(
            Layer model, int epochs, RunRecord record, @Nullable JsonLines lines, PrintWriter notes)
            throws IOException {
        int finished = record.epochs().size();
        int steps = record.losses().length;
        if (out != null && steps > 0) {
            ModelFile.save(kind, model, out);
        }
        if (lines != null) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", "interrupted");
            line.put("epochs", finished);
            line.put("steps", steps);
            lines.write(line);
        }
        say(
                notes,
                String.format(
                        Locale.ROOT,
                        "Stopped after %d of %d epochs, %,d steps: %s",
                        finished,
                        epochs,
                        steps,
                        practice.whatIsKept(out)));
        return INTERRUPTED;
    }

    private Map<String, Object> result(
            History history,
            Trainer.Evaluation tested,
            RunRecord record,
            Images images,
            int batchSize,
            int threadCount) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "result");
        line.put("model", kind);
        line.put("data", images.source());
        line.put("schedule", schedule);
        line.put("seed", seed);
        line.put("epochs", history.epochs().size());
        line.put("batch", batchSize);
        line.put("threads", threadCount);
        line.put("testAccuracy", tested.metrics().get("accuracy"));
        line.put("testLoss", tested.loss());
        line.put("seconds", record.seconds());
        line.put("samplesPerSecond", record.samplesPerSecond());
        line.put("nativeBytesPerStep", record.nativeBytesPerStep());
        line.put("peakNativeBytes", Memory.report().peakLiveBytes());
        return line;
    }

    private TrainingListener checkpoint(Path file) {
        return new TrainingListener() {
            @Override
            public void epochEnded(Run run, History.Epoch epoch) {
                try {
                    ModelFile.save(kind, run.evaluated(), file);
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot save the model: " + Main.message(e), e);
                }
            }
        };
    }

    private static double accuracy(History.Epoch epoch) {
        return epoch.validationMetrics().getOrDefault("accuracy", Double.NaN);
    }

    private static void say(PrintWriter to, String line) {
        to.println(line);
        to.flush();
    }

    /** A line of JSON for each epoch. */
    private record EpochLines(JsonLines lines) implements TrainingListener {
        @Override
        public void epochEnded(Run run, History.Epoch epoch) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", "epoch");
            line.put("epoch", epoch.number());
            line.put("loss", epoch.loss());
            line.put("accuracy", epoch.metrics().getOrDefault("accuracy", Double.NaN));
            line.put("testLoss", epoch.validationLoss());
            line.put("testAccuracy", accuracy(epoch));
            line.put("seconds", epoch.seconds());
            line.put("samplesPerSecond", epoch.samplesPerSecond());
            try {
                lines.write(line);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write the JSON file: " + Main.message(e), e);
            }
        }
    }
}
