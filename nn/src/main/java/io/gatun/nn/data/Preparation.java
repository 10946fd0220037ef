/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.SymmetricEigen;
import io.gatun.Tensor;
import io.gatun.nn.FormatException;
import io.gatun.nn.Layer;
import io.gatun.nn.Parameter;
import io.gatun.nn.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What is done to inputs before a model sees them, with numbers found on the training part alone;
 * immutable. It is used on data sets, on batches, and as a first layer that is saved with the
 * model:
 *
 * <pre>{@code
 * Preparation preparation = Preparation.standardize(train, Preparation.Per.CHANNEL);
 * Trainer.of(model, ...).fit(preparation.of(train).batches(64), preparation.of(validation).batches(64), 10);
 * Safetensors.save(Sequential.of(preparation.layer(), model), file, preparation.metadata());
 * ...
 * Preparation again = Preparation.load(file);
 * }</pre>
 */
public final class Preparation implements BatchTransform {
    /** Which numbers of a sample share one mean, deviation or range. */
    public enum Per {
        /** None: each has its own. */
        FEATURE,
        /** Those of a channel, the first dimension of a sample. */
        CHANNEL,
        /** All. */
        ALL
    }

    private static final String KEY = "gatun.preparation";
    private static final Pattern NAME = Pattern.compile("(?:.*\\.)?preparation\\.(\\d+)\\.(\\w+)");

    private final List<PreparationStep> steps;

    private Preparation(List<PreparationStep> steps) {
        this.steps = List.copyOf(steps);
    }

    /* ---------------------------------------------------------------- fitting */

    /**
     * Subtracts the mean.
     *
     * @param train the training part, not empty
     * @param per which numbers share a mean
     * @return x - mean
     */
    public static Preparation subtractMean(Dataset train, Per per) {
        notEmpty("subtractMean", train);
        var groups = FeatureStatistics.groups(train.inputShape(), per);
        double[] means = FeatureStatistics.means(train, groups);
        double[] ones = new double[means.length];
        Arrays.fill(ones, 1);
        return scaling(groups.shape, ones, negated(means, ones));
    }

    /**
     * Mean 0 and standard deviation 1. Where the deviation is 0, only the mean is subtracted.
     *
     * @param train the training part, not empty
     * @param per which numbers share a mean and a deviation
     * @return (x - mean) / deviation
     */
    public static Preparation standardize(Dataset train, Per per) {
        notEmpty("standardize", train);
        var groups = FeatureStatistics.groups(train.inputShape(), per);
        double[] means = FeatureStatistics.means(train, groups);
        double[] scales = FeatureStatistics.deviations(train, groups, means);
        for (int i = 0; i < scales.length; i++) {
            // A constant's deviation is rounding, far below its size.
            boolean constant = scales[i] <= 1e-7 * Math.abs(means[i]);
            scales[i] = constant ? 1 : 1 / scales[i];
        }
        return scaling(groups.shape, scales, negated(means, scales));
    }

    /**
     * The range of the training part becomes a range of choice; other data may exceed it. A
     * constant becomes the lower end.
     *
     * @param train the training part, not empty
     * @param per which numbers share a range
     * @param low what the smallest number becomes
     * @param high what the largest number becomes, above low
     * @return low + (x - min) / (max - min) * (high - low)
     */
    public static Preparation minMax(Dataset train, Per per, double low, double high) {
        notEmpty("minMax", train);
        if (!(high > low)) {
            throw new IllegalArgumentException(
                    "Preparation.minMax: low = " + low + ", high = " + high + ": give low < high");
        }
        var groups = FeatureStatistics.groups(train.inputShape(), per);
        double[][] ranges = FeatureStatistics.ranges(train, groups);
        double[] scales = new double[groups.count()];
        double[] shifts = new double[groups.count()];
        for (int i = 0; i < scales.length; i++) {
            double range = ranges[1][i] - ranges[0][i];
            scales[i] = range > 0 ? (high - low) / range : 1;
            shifts[i] = low - ranges[0][i] * scales[i];
        }
        return scaling(groups.shape, scales, shifts);
    }

    /**
     * Each sample by itself: less its own mean, over its own standard deviation. Nothing is fitted.
     *
     * @return the preparation
     */
    public static Preparation standardizeSamples() {
        return new Preparation(
                List.of(new PreparationStep(PreparationStep.Kind.SAMPLE, Shape.of(), Map.of())));
    }

    /**
     * Inputs that are numbers of classes (INT32 [b, ...]) as zeros and a one. Nothing is fitted.
     *
     * @param classes number of classes, at least 1
     * @return FLOAT32 [b, ..., classes]
     */
    public static Preparation oneHot(int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException(
                    "Preparation.oneHot: classes = " + classes + ": give at least 1");
        }
        return new Preparation(
                List.of(
                        new PreparationStep(
                                PreparationStep.Kind.ONE_HOT, Shape.of(classes), Map.of())));
    }

    /**
     * Principal components: the directions of largest variance, uncorrelated.
     *
     * @param train the training part, at least 2 samples of at most 16,384 numbers
     * @param components how many, 1 to the number of features
     * @return samples [components]
     */
    public static Preparation pca(Dataset train, int components) {
        return project("pca", train, components, 0, Double.NaN, false);
    }

    /**
     * As many principal components as are needed for a share of the variance.
     *
     * @param train the training part, at least 2 samples of at most 16,384 numbers
     * @param share of the variance to keep, above 0 to 1
     * @return samples [components]
     */
    public static Preparation pcaOfVariance(Dataset train, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "Preparation.pcaOfVariance: share = " + share + ": give above 0 to 1");
        }
        return project("pcaOfVariance", train, 0, share, Double.NaN, false);
    }

    /**
     * Principal components, each divided by its standard deviation: their covariance is the
     * identity.
     *
     * @param train the training part, at least 2 samples of at most 16,384 numbers
     * @param components how many, 1 to the number of features
     * @param epsilon added to the variances, at least 0: directions of a variance far below it are
     *     noise and stay small; 1e-5 is usual for pixels of 0 to 1
     * @return samples [components]
     * @throws IllegalArgumentException if a direction has no variance and epsilon is 0
     */
    public static Preparation pcaWhitening(Dataset train, int components, double epsilon) {
        return project("pcaWhitening", train, components, 0, nonNegative(epsilon), false);
    }

    /**
     * ZCA whitening (Bell and Sejnowski, 1997): the covariance becomes the identity, and samples
     * stay as near to themselves as they can: images still look like images.
     *
     * @param train the training part, at least 2 samples of at most 16,384 numbers
     * @param epsilon added to the variances, at least 0: directions of a variance far below it are
     *     noise and stay small; 1e-5 is usual for pixels of 0 to 1
     * @return samples of the same shape
     * @throws IllegalArgumentException if a direction has no variance and epsilon is 0
     */
    public static Preparation zca(Dataset train, double epsilon) {
        int all = Math.toIntExact(train.inputShape().size());
        return project("zca", train, all, 0, nonNegative(epsilon), true);
    }

    private static double nonNegative(double epsilon) {
        if (!(epsilon >= 0)) {
            throw new IllegalArgumentException(
                    "Preparation: epsilon = " + epsilon + ": give a number of at least 0");
        }
        return epsilon;
    }

    private static Preparation project(
            String name, Dataset train, int wanted, double share, double epsilon, boolean back) {
        notEmpty(name, train);
        int d = Math.toIntExact(train.inputShape().size());
        if (share == 0 && (wanted < 1 || wanted > d)) {
            throw new IllegalArgumentException(
                    "Preparation."
                            + name
                            + ": components = "
                            + wanted
                            + ": give 1 to the number of features, "
                            + d);
        }
        var groups = FeatureStatistics.groups(train.inputShape(), Per.FEATURE);
        double[] means = FeatureStatistics.means(train, groups);
        SymmetricEigen eigen = FeatureStatistics.principal(train, means);
        int k = share == 0 ? wanted : components(eigen, share);
        double[][] columns = new double[k][];
        for (int c = 0; c < k; c++) {
            double factor = Double.isNaN(epsilon) ? 1 : whitening(name, eigen, c, epsilon);
            columns[c] = eigen.vector(c);
            if (!back) {
                scale(columns[c], factor);
            } else {
                scale(columns[c], Math.sqrt(factor)); // both sides of V D V' get a root
            }
        }
        float[] matrix = back ? outer(columns, d) : transposed(columns, d);
        Map<String, Tensor> numbers = new LinkedHashMap<>();
        numbers.put("mean", free(floats(means), Shape.of(d)));
        numbers.put("matrix", free(matrix, Shape.of(d, back ? d : k)));
        return new Preparation(
                List.of(
                        new PreparationStep(
                                PreparationStep.Kind.PROJECTION,
                                back ? train.inputShape() : Shape.of(k),
                                numbers)));
    }

    private static double whitening(String name, SymmetricEigen eigen, int c, double epsilon) {
        double variance = Math.max(0, eigen.value(c)) + epsilon;
        if (!(variance > FeatureStatistics.noise(eigen.size()) * eigen.value(0))) {
            throw new IllegalArgumentException(
                    "Preparation."
                            + name
                            + ": direction "
                            + c
                            + " has a variance of "
                            + eigen.value(c)
                            + ", next to nothing beside the largest, "
                            + eigen.value(0)
                            + ": give an epsilon, such as "
                            + 1e-6 * Math.max(eigen.value(0), 1e-30));
        }
        return 1 / Math.sqrt(variance);
    }

    private static int components(SymmetricEigen eigen, double share) {
        double all = 0;
        for (int i = 0; i < eigen.size(); i++) {
            all += Math.max(0, eigen.value(i));
        }
        double sum = 0;
        for (int k = 0; k < eigen.size(); k++) {
            sum += Math.max(0, eigen.value(k));
            if (sum >= share * all * (1 - 1e-12)) {
                return k + 1;
            }
        }
        return eigen.size();
    }

    private static void scale(double[] values, double factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    private static float[] transposed(double[][] columns, int d) {
        float[] out = new float[d * columns.length];
        for (int i = 0; i < d; i++) {
            for (int c = 0; c < columns.length; c++) {
                out[i * columns.length + c] = (float) columns[c][i];
            }
        }
        return out;
    }

    /** Sum of the outer products of each column with itself, row by row on all cores. */
    private static float[] outer(double[][] columns, int d) {
        float[] out = new float[d * d];
        IntStream.range(0, d)
                .parallel()
                .forEach(i -> {
                    double[] row = new double[d];
                    for (double[] column : columns) {
                        double factor = column[i];
                        for (int j = 0; j < d; j++) {
                            row[j] += factor * column[j];
                        }
                    }
                    for (int j = 0; j < d; j++) {
                        out[i * d + j] = (float) row[j];
                    }
                });
        return out;
    }

    private static void notEmpty(String name, Dataset train) {
        if (train.size() == 0) {
            throw new IllegalArgumentException(
                    "Preparation." + name + ": the training part is empty");
        }
    }

    private static double[] negated(double[] means, double[] scales) {
        double[] out = new double[means.length];
        Arrays.setAll(out, i -> -means[i] * scales[i]);
        return out;
    }

    private static Preparation scaling(Shape shape, double[] scales, double[] shifts) {
        Map<String, Tensor> numbers = new LinkedHashMap<>();
        numbers.put("scale", free(floats(scales), shape));
        numbers.put("shift", free(floats(shifts), shape));
        return new Preparation(
                List.of(new PreparationStep(PreparationStep.Kind.SCALING, Shape.of(), numbers)));
    }

    private static float[] floats(double[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) values[i];
        }
        return out;
    }

    /** A tensor of no scope, whatever is open: it is used by many threads, for long. */
    private static Tensor free(float[] values, Shape shape) {
        Tensor made = Tensor.of(values).reshape(shape.toArray());
        return Parameter.fixed("free", made).value();
    }

    /* ---------------------------------------------------------------- using */

    /**
     * This and then another one, which should have been fitted on data prepared by this: {@code
     * a.then(Preparation.zca(a.of(train), 1e-5))}.
     *
     * @param next what follows
     * @return both in one
     */
    public Preparation then(Preparation next) {
        List<PreparationStep> all = new ArrayList<>(steps);
        all.addAll(next.steps);
        return new Preparation(all);
    }

    /**
     * Prepares some samples, in the current scope.
     *
     * @param inputs [b, ...] as they were when this was fitted
     * @return [b, ...]
     * @throws IllegalArgumentException if the shape does not fit
     */
    public Tensor apply(Tensor inputs) {
        Tensor x = inputs;
        for (PreparationStep step : steps) {
            x = step.apply(x);
        }
        return x;
    }

    @Override
    public Batch apply(Batch batch, int epoch, int number, int[] rows) {
        return new Batch(apply(batch.inputs()), batch.labels(), batch.extras());
    }

    /**
     * A data set whose inputs are prepared.
     *
     * @param data inputs as they were when this was fitted
     * @return a view
     */
    public Dataset of(Dataset data) {
        return new Prepared(data);
    }

    private final class Prepared implements Dataset {
        private final Dataset source;

        Prepared(Dataset source) {
            this.source = source;
        }

        @Override
        public int size() {
            return source.size();
        }

        @Override
        public Shape inputShape() {
            Shape shape = source.inputShape();
            for (PreparationStep step : steps) {
                shape = step.outputShape(shape);
            }
            return shape;
        }

        @Override
        public int classes() {
            return source.classes();
        }

        @Override
        public int[] labels() {
            return source.labels();
        }

        @Override
        public Dataset subset(int[] rows) {
            return new Prepared(source.subset(rows));
        }

        @Override
        public Batch batch(int[] rows) {
            try (Scope scope = Scope.open()) {
                Batch batch = source.batch(rows);
                return new Batch(
                        scope.keep(apply(batch.inputs())),
                        scope.keep(batch.labels()),
                        batch.extras().stream().map(scope::keep).toList());
            }
        }
    }

    /**
     * Labels as zeros and a one, for losses that take them so: {@code batches.transform(...)}.
     *
     * @param classes number of classes, at least 1
     * @return INT32 [b] to FLOAT32 [b, classes]
     */
    public static BatchTransform oneHotLabels(int classes) {
        Preparation oneHot = oneHot(classes);
        return (batch, epoch, number, rows) ->
                new Batch(batch.inputs(), oneHot.apply(batch.labels()), batch.extras());
    }

    /**
     * This as a first layer, so that a model takes unprepared inputs: for inference. Its numbers
     * are {@link Layer#state}: saved and loaded with the model, and not trained.
     *
     * @return a layer
     */
    public Layer layer() {
        List<Parameter> numbers = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            for (String name : steps.get(i).kind().names()) {
                numbers.add(
                        Parameter.fixed(
                                "preparation." + i + "." + name, steps.get(i).number(name)));
            }
        }
        return new PreparationLayer(steps, List.copyOf(numbers));
    }

    private record PreparationLayer(List<PreparationStep> steps, List<Parameter> numbers)
            implements Layer {
        @Override
        public Tensor forward(Tensor x) {
            Tensor y = x;
            int at = 0;
            for (PreparationStep step : steps) {
                int count = step.kind().names().size();
                y =
                        step.apply(
                                y,
                                numbers.subList(at, at + count).stream()
                                        .map(Parameter::value)
                                        .toList());
                at += count;
            }
            return y;
        }

        @Override
        public List<Parameter> state() {
            return numbers;
        }

        @Override
        public Layer map(UnaryOperator<Parameter> change) {
            return new PreparationLayer(steps, numbers.stream().map(change).toList());
        }

        @Override
        public String toString() {
            return "Preparation("
                    + steps.stream()
                            .map(PreparationStep::describe)
                            .collect(Collectors.joining(", "))
                    + ")";
        }
    }

    /* ---------------------------------------------------------------- files */

    /**
     * What a file needs so that {@link #load} knows the steps.
     *
     * @return notes for {@link Safetensors#save(Layer, Path, Map)}
     */
    public Map<String, String> metadata() {
        return Map.of(
                KEY,
                steps.stream().map(PreparationStep::describe).collect(Collectors.joining(";")));
    }

    /**
     * Saves this alone, all or nothing.
     *
     * @param file where to
     * @throws IOException if writing fails; an older file then stays as it was
     */
    public void save(Path file) throws IOException {
        Safetensors.save(layer(), file, metadata());
    }

    /**
     * Reads a preparation from a file that {@link #save} wrote, or from a model's file that has its
     * {@link #layer} and {@link #metadata}.
     *
     * @param file what to read
     * @return the preparation
     * @throws FormatException if the file is not valid, or holds no preparation
     * @throws IOException if reading fails
     */
    public static Preparation load(Path file) throws IOException {
        Safetensors.Contents contents = Safetensors.read(file);
        String text = contents.metadata().get(KEY);
        if (text == null) {
            throw new FormatException(
                    file,
                    "no preparation: the metadata has no "
                            + KEY
                            + " (save with Preparation.metadata())");
        }
        String[] parts = text.isEmpty() ? new String[0] : text.split(";", -1);
        List<Map<String, Tensor>> numbers = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            numbers.add(new LinkedHashMap<>());
        }
        for (Map.Entry<String, Tensor> entry : contents.tensors().entrySet()) {
            Matcher name = NAME.matcher(entry.getKey());
            if (name.matches()) {
                int step = name.group(1).length() > 6 ? -1 : Integer.parseInt(name.group(1));
                if (step < 0 || step >= parts.length) {
                    throw new FormatException(
                            file, "tensor " + entry.getKey() + " belongs to no step of " + text);
                }
                numbers.get(step).put(name.group(2), entry.getValue());
            }
        }
        List<PreparationStep> steps = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            try {
                steps.add(PreparationStep.parse(parts[i], numbers.get(i)));
            } catch (IllegalArgumentException e) {
                throw new FormatException(file, "preparation: " + e.getMessage(), e);
            }
        }
        return new Preparation(steps);
    }

    @Override
    public String toString() {
        return "Preparation" + steps.stream().map(PreparationStep::describe).toList();
    }
}
