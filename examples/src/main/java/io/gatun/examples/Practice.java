/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.Checkpoints;
import io.gatun.nn.EarlyStopping;
import io.gatun.nn.Layer;
import io.gatun.nn.Trainer;
import io.gatun.nn.TrainingListener;
import io.gatun.nn.WeightAverage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a training may use besides its model, as options of the command line. */
final class Practice {
    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Highest learning rate (default: as it suits the model).")
    private @Nullable Double rate;

    @Option(
            names = "--warmup",
            paramLabel = "EPOCHS",
            defaultValue = "0",
            description = "Raise the rate from near 0 over so many epochs, such as 0.5.")
    private double warmup;

    @Option(
            names = "--label-smoothing",
            paramLabel = "E",
            description =
                    "Share of each label that goes to all classes alike, such as 0.1 (default: for"
                            + " resnet20 0.1, else 0).")
    private @Nullable Double smoothing;

    @Option(
            names = "--augment",
            description =
                    "Change training images at random: digits are shifted, scaled and turned a"
                            + " little; photographs are cropped and mirrored.")
    private boolean augment;

    @Option(
            names = "--accumulate",
            paramLabel = "N",
            defaultValue = "1",
            description = "Batches per step of the optimizer (default: 1).")
    private int accumulate;

    @Option(
            names = "--average",
            paramLabel = "DECAY",
            description =
                    "Test and keep the moving average of the weights, such as 0.999, not the last"
                            + " ones.")
    private @Nullable Double average;

    @Option(
            names = "--early-stopping",
            paramLabel = "N",
            description =
                    "End after N epochs without a lower test loss, and go back to the best epoch's"
                            + " weights.")
    private @Nullable Integer patience;

    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            description =
                    "Keep the whole state of the run in DIR/last.safetensors after each epoch, and"
                            + " the best weights in DIR/best.safetensors.")
    private @Nullable Path checkpoint;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "STEPS",
            description = "Keep the state after so many steps too.")
    private @Nullable Integer everySteps;

    @Option(
            names = "--resume",
            description =
                    "Go on from the state in the --checkpoint folder, if there is one: the result is"
                            + " the same bit for bit.")
    private boolean resume;

    void check(CommandSpec spec) {
        Checks.atLeast(spec, "--accumulate", accumulate, 1);
        if (patience != null) {
            Checks.atLeast(spec, "--early-stopping", patience, 1);
        }
        if (everySteps != null) {
            Checks.atLeast(spec, "--checkpoint-every", everySteps, 1);
        }
        if (rate != null && !(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw wrong(spec, "--rate " + rate + ": give a number above 0");
        }
        if (smoothing != null && !(smoothing >= 0 && smoothing < 1)) {
            throw wrong(
                    spec, "--label-smoothing " + smoothing + ": give a number from 0 to below 1");
        }
        if (average != null && !(average >= 0 && average < 1)) {
            throw wrong(spec, "--average " + average + ": give a number from 0 to below 1");
        }
        if (!(warmup >= 0 && warmup < Double.POSITIVE_INFINITY)) {
            throw wrong(spec, "--warmup " + warmup + ": give a number of at least 0");
        }
        Path folder = checkpoint;
        if (folder == null) {
            if (resume || everySteps != null) {
                throw wrong(
                        spec,
                        (resume ? "--resume" : "--checkpoint-every")
                                + ": name the folder with --checkpoint DIR");
            }
            return;
        }
        Path last = folder.resolve("last.safetensors");
        Checks.canReplace(spec, "--checkpoint", last);
        if (!resume && Files.exists(last)) {
            throw wrong(
                    spec,
                    "--checkpoint "
                            + folder
                            + ": the state of another run is there: --resume goes on with it; else"
                            + " name another folder");
        }
    }

    private static ParameterException wrong(CommandSpec spec, String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    boolean augments() {
        return augment;
    }

    /** What a run that was interrupted leaves, for people. */
    String whatIsKept(@Nullable Path out) {
        String model = out == null ? "" : "the model so far is in " + out;
        String state = checkpoint == null ? "" : "--resume goes on from " + checkpoint;
        return model.isEmpty() && state.isEmpty()
                ? "nothing was to be saved"
                : model + (model.isEmpty() || state.isEmpty() ? "" : "; ") + state;
    }

    boolean stopsEarly() {
        return patience != null;
    }

    boolean resumes() {
        return resume;
    }

    double warmup() {
        return warmup;
    }

    double rate(double usual) {
        return rate == null ? usual : rate;
    }

    double labelSmoothing(double usual) {
        return smoothing == null ? usual : smoothing;
    }

    /** Puts the trainer together with the listeners that these options ask for. */
    Trainer apply(Trainer trainer, Layer model, List<TrainingListener> listeners) {
        Trainer whole = trainer.accumulate(accumulate);
        if (average != null) {
            WeightAverage mean = WeightAverage.of(model, average);
            listeners.add(mean);
            whole = whole.validateWith(mean);
        }
        if (patience != null) {
            listeners.add(EarlyStopping.patience(patience));
        }
        Path folder = checkpoint;
        if (folder != null) {
            Checkpoints checkpoints = Checkpoints.in(folder);
            listeners.add(everySteps == null ? checkpoints : checkpoints.everySteps(everySteps));
            if (resume) {
                whole = whole.resumeIfPresent(folder);
            }
        }
        return whole.listeners(listeners.toArray(TrainingListener[]::new));
    }
}
