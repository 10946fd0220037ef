/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Convert;
import io.gatun.DType;
import io.gatun.Scope;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Batches;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model by mini-batches: forward, loss, gradients, optimizer step, and after each epoch a
 * validation. Immutable; one trainer runs one training at a time, as its optimizer keeps state.
 *
 * <p>After warm-up a step allocates no native memory. With the same seeds (of the model and of the
 * shuffling) and the same number of threads, weights are the same bit for bit on one machine.
 */
public final class Trainer {
    private final Layer model;
    private final Optimizer optimizer;
    private final Loss loss;
    private final List<Metric> metrics;
    private final List<TrainingListener> listeners;

    private Trainer(
            Layer model,
            Optimizer optimizer,
            Loss loss,
            List<Metric> metrics,
            List<TrainingListener> listeners) {
        this.model = model;
        this.optimizer = optimizer;
        this.loss = loss;
        this.metrics = metrics;
        this.listeners = listeners;
    }

    /**
     * A trainer.
     *
     * @param model changed in place
     * @param optimizer takes the steps
     * @param loss what to minimise
     * @return the trainer
     */
    public static Trainer of(Layer model, Optimizer optimizer, Loss loss) {
        return new Trainer(model, optimizer, loss, List.of(), List.of());
    }

    /**
     * This trainer with metrics.
     *
     * @param metrics computed in training and validation
     * @return a new trainer
     */
    public Trainer metrics(Metric... metrics) {
        return new Trainer(model, optimizer, loss, List.of(metrics), listeners);
    }

    /**
     * This trainer with listeners.
     *
     * @param listeners told of each step and epoch, in this order
     * @return a new trainer
     */
    public Trainer listeners(TrainingListener... listeners) {
        return new Trainer(model, optimizer, loss, metrics, List.of(listeners));
    }

    /**
     * Trains without validation.
     *
     * @param training the training batches
     * @param epochs how often to go through them
     * @return what happened
     * @throws TrainingException if the loss becomes NaN or infinite
     */
    public History fit(Batches training, int epochs) {
        return fit(training, null, epochs);
    }

    /**
     * Trains.
     *
     * @param training the training batches
     * @param validation evaluated after each epoch; null for none
     * @param epochs how often to go through the training batches
     * @return what happened
     * @throws TrainingException if the loss becomes NaN or infinite
     */
    public History fit(Batches training, @Nullable Batches validation, int epochs) {
        Checks.positive("Trainer.fit", "epochs", epochs);
        if (training.count() == 0) {
            throw new IllegalArgumentException("Trainer.fit: there is no training batch");
        }
        Fit run = new Fit(epochs, training.samples());
        List<History.Epoch> finished = new ArrayList<>();
        try {
            listeners.forEach(listener -> listener.trainingStarted(run));
            for (int epoch = 1; epoch <= epochs && run.stopped == null; epoch++) {
                int number = epoch;
                listeners.forEach(listener -> listener.epochStarted(run, number));
                History.Epoch result = train(run, training, validation, epoch);
                if (result == null) {
                    break; // stopped within the epoch
                }
                finished.add(result);
                listeners.forEach(listener -> listener.epochEnded(run, result));
            }
        } finally {
            listeners.forEach(listener -> listener.trainingEnded(run));
        }
        return new History(finished, finished.size() == epochs ? null : run.stopped);
    }

    private History.@Nullable Epoch train(
            Fit run, Batches training, @Nullable Batches validation, int epoch) {
        long start = System.nanoTime();
        Totals totals = new Totals();
        List<Parameter> parameters = model.parameters().stream().filter(optimizer::trains).toList();
        var batches = training.epoch(epoch).iterator();
        for (int step = 1; batches.hasNext(); step++) {
            double batchLoss;
            try (Tape tape = Tape.open()) {
                Batch batch = batches.next();
                Tensor output = model.forward(batch.inputs());
                Tensor value = loss.apply(output, batch.labels());
                batchLoss = value.item();
                if (!Double.isFinite(batchLoss)) {
                    throw new TrainingException(diagnose(batch, batchLoss, epoch, step));
                }
                totals.add(output, batch, batchLoss); // before the walk back frees the output
                optimizer.step(tape.lastGradients(value, parameters));
            }
            for (TrainingListener listener : listeners) {
                listener.stepTaken(run, totals.samples, batchLoss);
            }
            if (run.stopped != null && batches.hasNext()) {
                return null;
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Evaluation evaluation = validation == null ? null : evaluate(validation);
        return new History.Epoch(
                epoch,
                totals.loss(),
                totals.metrics(),
                evaluation == null ? Double.NaN : evaluation.loss(),
                evaluation == null ? Map.of() : evaluation.metrics(),
                seconds,
                totals.samples,
                optimizer.rate());
    }

    private String diagnose(Batch batch, double batchLoss, int epoch, int step) {
        String what = "the loss is " + batchLoss + " in epoch " + epoch + ", step " + step;
        if (batch.inputs().dtype() == DType.FLOAT32) {
            Tensor inputs = batch.inputs().contiguous();
            long bad = firstNotFinite(inputs);
            if (bad >= 0) {
                long perSample = inputs.shape().size() / inputs.shape().dim(0);
                return what
                        + ": the batch's sample "
                        + bad / perSample
                        + " holds a "
                        + inputs.segment().getAtIndex(ValueLayout.JAVA_FLOAT, bad)
                        + " at position "
                        + bad % perSample
                        + ": clean the data";
            }
        }
        for (Parameter parameter : model.parameters()) {
            Tensor values = parameter.value().contiguous();
            long bad = firstNotFinite(values);
            if (bad >= 0) {
                return what
                        + ": parameter "
                        + parameter.name()
                        + " holds a "
                        + values.segment().getAtIndex(ValueLayout.JAVA_FLOAT, bad)
                        + ", training has diverged: lower the learning rate (now "
                        + optimizer.rate()
                        + ")";
            }
        }
        return what
                + ": training has diverged, or the data is badly scaled: lower the learning rate (now "
                + optimizer.rate()
                + ") or normalise the inputs";
    }

    /** Position of the first NaN or infinity, or -1: x - x is NaN for both, else 0. */
    private static long firstNotFinite(Tensor contiguous) {
        return Convert.firstNan(contiguous.sub(contiguous));
    }

    /**
     * What a model does on data that it is not trained on.
     *
     * @param loss mean loss
     * @param metrics mean metrics by name
     * @param samples number of samples
     */
    public record Evaluation(double loss, Map<String, Double> metrics, long samples) {
        /** Copies the map. */
        public Evaluation {
            metrics = Map.copyOf(metrics);
        }
    }

    /**
     * Loss and metrics of the model as it is, in inference mode.
     *
     * @param data the batches
     * @return means over all samples
     */
    public Evaluation evaluate(Batches data) {
        Totals totals = new Totals();
        var batches = data.epoch(1).iterator();
        while (batches.hasNext()) {
            try (Scope _ = Scope.open()) {
                Batch batch = batches.next();
                Tensor output = model.forward(batch.inputs());
                totals.add(output, batch, loss.apply(output, batch.labels()).item());
            }
        }
        return new Evaluation(totals.loss(), totals.metrics(), totals.samples);
    }

    /** Sums over samples, so that a smaller last batch counts for less. */
    private final class Totals {
        private final double[] sums = new double[metrics.size()];
        private double lossSum;
        private long samples;

        void add(Tensor output, Batch batch, double batchLoss) {
            long n = batch.inputs().shape().dim(0);
            samples += n;
            lossSum += batchLoss * n;
            if (sums.length > 0) {
                try (Scope _ = Scope.open()) { // a metric is no part of the graph
                    for (int i = 0; i < sums.length; i++) {
                        sums[i] += metrics.get(i).sum(output, batch.labels());
                    }
                }
            }
        }

        double loss() {
            return lossSum / samples;
        }

        Map<String, Double> metrics() {
            Map<String, Double> means = new LinkedHashMap<>();
            for (int i = 0; i < sums.length; i++) {
                means.put(metrics.get(i).name(), sums[i] / samples);
            }
            return means;
        }
    }

    private final class Fit implements TrainingListener.Run {
        private final int epochs;
        private final long samples;
        private volatile @Nullable String stopped;

        Fit(int epochs, long samples) {
            this.epochs = epochs;
            this.samples = samples;
        }

        @Override
        public Layer model() {
            return model;
        }

        @Override
        public int epochs() {
            return epochs;
        }

        @Override
        public long samplesPerEpoch() {
            return samples;
        }

        @Override
        public void stop(String reason) {
            if (stopped == null) {
                stopped = reason;
            }
        }
    }
}
