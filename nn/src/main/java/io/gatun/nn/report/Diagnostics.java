/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.Gradients;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.LayerWalk;
import io.gatun.nn.Parameter;
import io.gatun.nn.Relu;
import io.gatun.nn.TrainingListener;
import io.gatun.nn.data.Dataset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks inside of a model while it learns, at every n-th step only, so that it costs little: norms
 * of gradients and weights, how large an update is beside the weights that it changes, histograms,
 * and, for a probe of some samples, what each layer gives.
 *
 * <pre>{@code
 * Diagnostics diagnostics = Diagnostics.every(100).probe(mnist.train(), 64);
 * Trainer.of(...).listeners(diagnostics).fit(...);
 * diagnostics.advice().forEach(System.out::println);
 * }</pre>
 *
 * <p>Listeners that show what it finds belong behind it in {@link io.gatun.nn.Trainer#listeners}.
 * Other threads may ask for the results at any time.
 */
public final class Diagnostics implements TrainingListener {
    private static final int BINS = 40;
    private static final int MOST_SAMPLES = 512;

    private final int every;

    /** The probe's inputs; kept outside of native memory, as no scope of the run can own them. */
    private final float[] probe;

    private final long[] probeShape;

    private final Map<Tensor, Before> before = new HashMap<>(); // tensors are equal to themselves
    private double squares;
    private List<Sample> samples = List.of();
    private List<Histograms> histograms = List.of();
    private int kept = 1;
    private int taken;

    private Diagnostics(int every, float[] probe, long[] probeShape) {
        this.every = every;
        this.probe = probe;
        this.probeShape = probeShape;
    }

    /** What is known of a parameter before the step. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Before(double gradientNorm, float[] values, Histogram gradients) {}

    /**
     * A parameter at one step.
     *
     * @param name as in {@link Layer#parameters}
     * @param gradientNorm Euclidean norm of the gradient of the loss
     * @param weightNorm Euclidean norm of the values before the step
     * @param updateRatio norm of the step's change over {@code weightNorm}; NaN where that is 0.
     *     About 1e-3 is usual for weights
     */
    public record ParameterState(
            String name, double gradientNorm, double weightNorm, double updateRatio) {}

    /**
     * What a layer gave for the probe, in inference mode, after one step.
     *
     * @param path where it is in the model
     * @param layer what it is
     * @param mean of all outputs
     * @param deviation standard deviation of all outputs
     * @param zeros share of outputs that are 0
     * @param dead for a {@link Relu}, the share of its units (channels, or features) that are 0 for
     *     every sample and position; NaN for other layers
     */
    public record LayerState(
            String path, String layer, double mean, double deviation, double zeros, double dead) {}

    /**
     * One look.
     *
     * @param step its number from 1, over all epochs
     * @param epoch from 1
     * @param loss of the step's batch
     * @param rate learning rate of the step
     * @param gradientNorm Euclidean norm of all gradients together
     * @param parameters those that are trained
     * @param layers empty without a probe
     */
    public record Sample(
            long step,
            int epoch,
            double loss,
            double rate,
            double gradientNorm,
            List<ParameterState> parameters,
            List<LayerState> layers) {
        /** Copies the lists. */
        public Sample {
            parameters = List.copyOf(parameters);
            layers = List.copyOf(layers);
        }
    }

    /**
     * How the values of a parameter are distributed.
     *
     * @param name as in {@link Layer#parameters}
     * @param weights its values after the step
     * @param gradients the gradient of the loss
     */
    public record Histograms(String name, Histogram weights, Histogram gradients) {}

    /**
     * Diagnostics of every n-th step, beginning with the first.
     *
     * @param steps n; one look takes about as long as a step or two
     * @return the listener, without a probe
     * @throws IllegalArgumentException if less than 1
     */
    public static Diagnostics every(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(
                    "Diagnostics.every: steps = " + steps + ": give at least 1");
        }
        return new Diagnostics(steps, new float[0], new long[0]);
    }

    /**
     * The same, with a look at each layer's outputs for the first samples of a data set.
     *
     * @param data the samples, as the model takes them
     * @param count how many, such as 64; all, if there are fewer
     * @return a new listener
     * @throws IllegalArgumentException if there is none
     */
    public Diagnostics probe(Dataset data, int count) {
        int n = Math.min(count, data.size());
        if (n < 1) {
            throw new IllegalArgumentException(
                    "Diagnostics.probe: "
                            + count
                            + " of "
                            + data.size()
                            + " samples: give at least 1");
        }
        try (Scope _ = Scope.open()) {
            Tensor inputs = data.batch(IntStream.range(0, n).toArray()).inputs();
            return new Diagnostics(every, inputs.toFloatArray(), inputs.shape().toArray());
        }
    }

    /**
     * What was found, at most some {@value #MOST_SAMPLES} samples: of a longer run every second,
     * fourth... is kept.
     *
     * @return in order of the steps; a copy
     */
    public synchronized List<Sample> samples() {
        return samples;
    }

    /**
     * The histograms of the last look.
     *
     * @return one for each parameter that is trained
     */
    public synchronized List<Histograms> histograms() {
        return histograms;
    }

    /**
     * The last look, which may be one that {@link #samples} has left out.
     *
     * @return null before the first
     */
    public synchronized @Nullable Sample latest() {
        return latest;
    }

    private @Nullable Sample latest;

    @Override
    public void gradientsReady(Run run, Gradients gradients) {
        before.clear();
        if (run.step() % every != 0) {
            return;
        }
        squares = 0;
        gradients.forEach((tensor, gradient) -> {
            float[] slopes = gradient.toFloatArray();
            double norm = norm(slopes);
            squares += norm * norm;
            before.put(tensor, new Before(norm, tensor.toFloatArray(), Histogram.of(slopes, BINS)));
        });
    }

    @Override
    public void stepTaken(Run run, Step step) {
        if (before.isEmpty()) {
            return;
        }
        List<ParameterState> parameters = new ArrayList<>();
        List<Histograms> distributions = new ArrayList<>();
        for (Parameter parameter : run.model().parameters()) {
            Before known = before.get(parameter.value());
            if (known != null) {
                float[] values = Values.of(parameter);
                double size = norm(known.values);
                parameters.add(
                        new ParameterState(
                                parameter.name(),
                                known.gradientNorm,
                                size,
                                size == 0 ? Double.NaN : distance(values, known.values) / size));
                distributions.add(
                        new Histograms(
                                parameter.name(), Histogram.of(values, BINS), known.gradients));
            }
        }
        before.clear();
        Sample sample =
                new Sample(
                        step.number(),
                        step.epoch(),
                        step.loss(),
                        step.rate(),
                        Math.sqrt(squares),
                        parameters,
                        look(run.model()));
        keep(sample, distributions);
    }

    private synchronized void keep(Sample sample, List<Histograms> distributions) {
        latest = sample;
        histograms = List.copyOf(distributions);
        if (taken++ % kept != 0) {
            return;
        }
        List<Sample> all = new ArrayList<>(samples);
        all.add(sample);
        if (all.size() > MOST_SAMPLES) {
            List<Sample> fewer = new ArrayList<>();
            for (int i = 0; i < all.size(); i += 2) {
                fewer.add(all.get(i));
            }
            all = fewer;
            kept *= 2;
        }
        samples = List.copyOf(all);
    }

    private List<LayerState> look(Layer model) {
        List<LayerState> layers = new ArrayList<>();
        if (probe.length > 0) {
            try (Scope _ = Scope.open()) {
                LayerWalk.forward(
                        model,
                        Tensor.of(probe, probeShape),
                        (path, layer, _, output) -> layers.add(state(path, layer, output)));
            }
        }
        return layers;
    }

    private static LayerState state(String path, Layer layer, Tensor output) {
        float[] values = output.toFloatArray();
        Shape shape = output.shape();
        int units = shape.rank() < 2 ? 1 : Math.toIntExact(shape.dim(1));
        int perUnit = 1;
        for (int i = 2; i < shape.rank(); i++) {
            perUnit *= Math.toIntExact(shape.dim(i));
        }
        boolean[] alive = new boolean[units];
        double sum = 0;
        double squares = 0;
        int zeros = 0;
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            sum += value;
            squares += value * value;
            if (value == 0) {
                zeros++;
            } else {
                alive[i / perUnit % units] = true;
            }
        }
        int dead = 0;
        for (boolean unit : alive) {
            dead += unit ? 0 : 1;
        }
        double mean = sum / values.length;
        return new LayerState(
                path,
                layer.toString(),
                mean,
                Math.sqrt(Math.max(0, squares / values.length - mean * mean)),
                zeros / (double) values.length,
                layer instanceof Relu ? dead / (double) units : Double.NaN);
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    /**
     * What the numbers say, in words, the most urgent first.
     *
     * @return sentences; one that says that nothing stands out where that is so
     */
    public List<String> advice() {
        return Advice.of(samples());
    }
}
