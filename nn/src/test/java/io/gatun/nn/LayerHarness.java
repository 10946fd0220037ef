/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Gradients;
import io.gatun.InPlace;
import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Reference.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Everything that must hold for every layer, in one call: number and names of parameters and state,
 * output shape, values and all gradients against a double reference, both modes, reproducible first
 * values, independent copies, files, no leaked native memory.
 */
final class LayerHarness {
    /** Relative to the largest number of a tensor: some tens of float roundings. */
    private static final double TOLERANCE = 1e-5;

    private static final double STEP = 1e-5;
    private static final long SEED = 20261121;

    private final Layer layer;
    private final Shape input;
    private final Reference inferring;
    private final Reference training;

    private LayerHarness(Layer layer, Shape input, Reference inferring, Reference training) {
        this.layer = layer;
        this.input = input;
        this.inferring = inferring;
        this.training = training;
    }

    /**
     * Tests a layer.
     *
     * @param layer the layer; its parameters are overwritten
     * @param input shape of a batch
     * @param parameters expected number of trainable values
     * @param output expected shape of the result
     * @param reference the same function in double
     */
    static void check(
            Layer layer, Shape input, long parameters, Shape output, Reference reference) {
        check(layer, input, parameters, output, reference, reference);
    }

    /**
     * Tests a layer that does something else in training.
     *
     * @param layer the layer; its parameters are overwritten
     * @param input shape of a batch
     * @param parameters expected number of trainable values
     * @param output expected shape of the result
     * @param inferring the same function in double, in inference
     * @param training the same function in double, on a tape
     */
    static void check(
            Layer layer,
            Shape input,
            long parameters,
            Shape output,
            Reference inferring,
            Reference training) {
        LayerHarness harness = new LayerHarness(layer, input, inferring, training);
        System.out.println("LayerHarness: " + layer + " on " + input + ", seed " + SEED);
        assertEquals(parameters, layer.parameterCount(), "number of trainable values");
        harness.names();
        harness.initialization();
        harness.drawParameters();
        harness.values(output);
        harness.gradients();
        harness.copies();
        harness.file();
        harness.memory();
    }

    private void names() {
        Set<String> names = new HashSet<>();
        for (Parameter parameter : layer.parameters()) {
            assertTrue(names.add(parameter.name()), () -> "two parameters " + parameter.name());
            assertFalse(parameter.name().isBlank());
        }
        for (Parameter piece : layer.state()) {
            assertTrue(names.add(piece.name()), () -> "two tensors " + piece.name());
            assertFalse(piece.name().isBlank());
        }
        List<Parameter> again = layer.parameters();
        for (int i = 0; i < again.size(); i++) {
            assertSame(layer.parameters().get(i).value(), again.get(i).value(), "a fixed order");
        }
    }

    private void initialization() {
        List<float[]> first = parameterValues(layer.initialize(SEED));
        layer.initialize(SEED + 1);
        layer.state().forEach(piece -> InPlace.fill(piece.value(), 3));
        List<float[]> second = parameterValues(layer.initialize(SEED));
        for (int i = 0; i < first.size(); i++) {
            assertArrayEquals(first.get(i), second.get(i), "the same seed gives the same bits");
        }
    }

    /** Random everywhere, as a bias of zeros hides errors. */
    private void drawParameters() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (Parameter parameter : layer.parameters()) {
            try (Scope _ = Scope.open()) {
                parameter.set(Tensor.uniform(parameter.value().shape(), -0.7f, 0.7f, random));
            }
        }
        for (Parameter piece : layer.state()) { // a variance among them: positive
            try (Scope _ = Scope.open()) {
                piece.set(Tensor.uniform(piece.value().shape(), 0.5f, 1.5f, random));
            }
        }
    }

    private void values(Shape output) {
        float[] expected;
        try (Scope _ = Scope.open()) {
            Tensor x = input();
            float[] before = x.toFloatArray();
            Tensor y = layer.forward(x);
            assertEquals(output, y.shape(), "output shape");
            expected = y.toFloatArray();
            Numbers wanted = inferring.apply(Numbers.of(x), allNumbers().iterator());
            close("output", wanted.values(), expected);
            assertArrayEquals(before, x.toFloatArray(), "the input is left alone");
        }
        assertArrayEquals(
                expected, layer.forward(input()).toFloatArray(), "outside of scopes it agrees");
        try (Scope _ = Scope.open()) { // a memory order that the layer does not expect
            Tensor strided = input();
            if (input.rank() == 4) {
                strided = strided.channelsLast();
            } else if (input.rank() == 2) {
                strided = strided.transpose().contiguous().transpose();
            }
            assertArrayEquals(
                    expected,
                    layer.forward(strided).toFloatArray(),
                    (float) TOLERANCE,
                    "another memory order agrees");
        }
        try (Tape _ = Tape.open()) {
            Numbers wanted = training.apply(Numbers.of(input()), allNumbers().iterator());
            float[] actual = layer.forward(input()).toFloatArray();
            close("output in training", wanted.values(), actual);
            if (inferring.equals(training)) {
                assertArrayEquals(expected, actual, "training mode agrees");
            }
        }
    }

    private void gradients() {
        List<Numbers> all = allNumbers();
        List<Numbers> parameters = trainable(all);
        Numbers x;
        Numbers seed;
        List<float[]> actual = new ArrayList<>();
        try (Tape tape = Tape.open()) {
            Tensor in = input();
            Tensor y = layer.forward(in);
            y = y == in ? in.mul(1) : y; // the identity records nothing
            Tensor direction = Tensor.uniform(y.shape(), -1, 1, new SplittableRandom(SEED + 2));
            List<Tensor> targets = new ArrayList<>(List.of(in));
            layer.parameters().forEach(p -> targets.add(p.value()));
            Gradients gradients = tape.vjp(y, direction, targets.toArray(Tensor[]::new));
            for (Tensor target : targets) {
                assertEquals(target.shape(), gradients.of(target).shape());
                actual.add(gradients.of(target).toFloatArray());
            }
            x = Numbers.of(in);
            seed = Numbers.of(direction);
        }
        close("gradient by the input", differences(x, x, all, seed), actual.get(0));
        for (int i = 0; i < parameters.size(); i++) {
            close(
                    "gradient by " + layer.parameters().get(i).name(),
                    differences(parameters.get(i), x, all, seed),
                    actual.get(i + 1));
        }
    }

    /** Central differences of the reference's output, weighted with the seed. */
    private double[] differences(Numbers along, Numbers x, List<Numbers> parameters, Numbers seed) {
        double[] values = along.values();
        double[] gradient = new double[values.length];
        for (int i = 0; i < gradient.length; i++) {
            double middle = values[i];
            values[i] = middle + STEP;
            double above = weighted(x, parameters, seed);
            values[i] = middle - STEP;
            double below = weighted(x, parameters, seed);
            values[i] = middle;
            gradient[i] = (above - below) / (2 * STEP);
        }
        return gradient;
    }

    private double weighted(Numbers x, List<Numbers> parameters, Numbers seed) {
        double[] y = training.apply(x, parameters.iterator()).values();
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += y[i] * seed.values()[i];
        }
        return sum;
    }

    private void copies() {
        Layer copy = layer.map(Parameter::copy);
        assertSame(copy.getClass(), layer.getClass());
        assertEquals(layer.toString(), copy.toString(), "hyper-parameters go along");
        List<Parameter> own = layer.parameters();
        List<Parameter> copied = copy.parameters();
        assertEquals(own.size(), copied.size());
        float[] expected = output(layer);
        assertArrayEquals(expected, output(copy), "a copy gives the same bits");
        for (int i = 0; i < own.size(); i++) {
            assertEquals(own.get(i).name(), copied.get(i).name());
            assertNotSame(own.get(i).value(), copied.get(i).value());
            assertTrue(own.get(i).value().layout().sameOrder(copied.get(i).value().layout()));
            InPlace.fill(copied.get(i).value(), 3);
        }
        for (int i = 0; i < layer.state().size(); i++) {
            assertEquals(layer.state().get(i).name(), copy.state().get(i).name());
            InPlace.fill(copy.state().get(i).value(), 3);
        }
        assertArrayEquals(expected, output(layer), "a copy's parameters are its own");
    }

    private void file() {
        Layer other = layer.map(Parameter::copy);
        try {
            Path file = Files.createTempFile("layer", ".safetensors");
            try {
                Safetensors.save(layer, file);
                other.parameters().forEach(parameter -> InPlace.fill(parameter.value(), 3));
                other.state().forEach(piece -> InPlace.fill(piece.value(), 3));
                Safetensors.load(other, file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertArrayEquals(output(layer), output(other), "a file keeps all bits");
    }

    private void memory() {
        step();
        step();
        Memory.Report before = Memory.report();
        for (int i = 0; i < 5; i++) {
            step();
        }
        Memory.Report after = Memory.report();
        assertTrue(
                after.liveBytes() <= before.liveBytes(), () -> "leak: " + before + " to " + after);
        assertEquals(before.allocatedBytes(), after.allocatedBytes(), "warm steps allocate");
    }

    private void step() {
        try (Scope _ = Scope.open()) {
            layer.forward(input());
        }
        try (Tape tape = Tape.open()) {
            Tensor loss = layer.forward(input()).square().mean();
            tape.gradients(loss, layer.parameters());
        }
    }

    /** Distinct values away from 0: no finite difference steps over a kink. */
    private Tensor input() {
        int n = Math.toIntExact(input.size());
        int[] order = new int[n];
        SplittableRandom random = new SplittableRandom(SEED + 1);
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (2 * order[i] + 1.5f) / n - 1;
        }
        return Tensor.of(values, input.toArray());
    }

    private float[] output(Layer of) {
        try (Scope _ = Scope.open()) {
            return of.forward(input()).toFloatArray();
        }
    }

    /** Parameters and state, layer by layer, as a reference takes them. */
    private List<Parameter> all() {
        List<Parameter> all = new ArrayList<>();
        layer.map(parameter -> {
            all.add(parameter);
            return parameter;
        });
        assertEquals(layer.parameters().size() + layer.state().size(), all.size());
        return all;
    }

    private List<Numbers> allNumbers() {
        return all().stream().map(p -> Numbers.of(p.value())).toList();
    }

    /** Those of the parameters, in their order. */
    private List<Numbers> trainable(List<Numbers> numbers) {
        List<Parameter> all = all();
        List<Numbers> chosen = new ArrayList<>();
        for (Parameter parameter : layer.parameters()) {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).value() == parameter.value()) {
                    chosen.add(numbers.get(i));
                }
            }
        }
        return chosen;
    }

    private static List<float[]> parameterValues(Layer of) {
        List<float[]> values = new ArrayList<>();
        of.parameters().forEach(parameter -> values.add(parameter.value().toFloatArray()));
        of.state().forEach(piece -> values.add(piece.value().toFloatArray()));
        return values;
    }

    private static void close(String what, double[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, what);
        double largest = 1;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], TOLERANCE * largest, what + " [" + i + "]");
        }
    }
}
