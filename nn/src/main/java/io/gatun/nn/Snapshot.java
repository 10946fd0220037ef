/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.DType;
import io.gatun.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state of several things by name, on its way to a file or from one: tensors, numbers and text.
 * Each {@link Resumable} sees a part of its own ({@link #in}), so that names do not clash. Numbers
 * come back bit for bit.
 */
public final class Snapshot {
    /** Tensors that are no weights of the model begin so. */
    static final String TRAINING = "training/";

    private static final String KIND = "gatun";
    private static final String CHECKPOINT = "checkpoint 1";

    private final Path file;
    private final String prefix;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> notes;

    private Snapshot(
            Path file, String prefix, Map<String, Tensor> tensors, Map<String, String> notes) {
        this.file = file;
        this.prefix = prefix;
        this.tensors = tensors;
        this.notes = notes;
    }

    /** An empty one, to be written to a file. */
    static Snapshot empty(Path file) {
        return new Snapshot(file, "", new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /** What {@link #write} has written. */
    static Snapshot read(Path file) throws IOException {
        Safetensors.Contents contents = Safetensors.read(file);
        if (!CHECKPOINT.equals(contents.metadata().get(KIND))) {
            throw new FormatException(
                    file,
                    "it is no checkpoint of a training: give one that Checkpoints.in or"
                            + " Checkpoints.last wrote");
        }
        return new Snapshot(file, "", contents.tensors(), contents.metadata());
    }

    /** Writes all parts to the file, all or nothing. */
    void write() throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(KIND, CHECKPOINT);
        all.putAll(notes);
        Safetensors.write(file, tensors, all);
    }

    /**
     * The part of one thing.
     *
     * @param name of the part
     * @return a view: what is put there is here too
     */
    public Snapshot in(String name) {
        return new Snapshot(file, prefix + name + "/", tensors, notes);
    }

    /**
     * The file that is read or written, for messages.
     *
     * @return its path
     */
    public Path file() {
        return file;
    }

    /* ---------------------------------------------------------------- in */

    /**
     * Adds a tensor.
     *
     * @param name of the tensor
     * @param value not copied: it must stay as it is until the file is written, right after all
     *     things have been asked
     */
    public void put(String name, Tensor value) {
        tensors.put(prefix + name, value);
    }

    /**
     * Adds text.
     *
     * @param name of the text
     * @param value the text
     */
    public void put(String name, String value) {
        notes.put(prefix + name, value);
    }

    /**
     * Adds a whole number.
     *
     * @param name of the number
     * @param value the number
     */
    public void put(String name, long value) {
        put(name, Long.toString(value));
    }

    /**
     * Adds a number.
     *
     * @param name of the number
     * @param value any double, NaN and infinities included
     */
    public void put(String name, double value) {
        put(name, Double.toString(value));
    }

    /**
     * Adds numbers.
     *
     * @param name of the numbers
     * @param values any doubles, NaN and infinities included
     */
    public void put(String name, double[] values) {
        int[] halves = new int[2 * values.length + 1]; // a tensor needs an element
        halves[0] = values.length;
        for (int i = 0; i < values.length; i++) {
            long bits = Double.doubleToRawLongBits(values[i]);
            halves[2 * i + 1] = (int) bits;
            halves[2 * i + 2] = (int) (bits >>> 32);
        }
        put(name, Tensor.of(halves));
    }

    /**
     * Adds copies of parameters, under their names.
     *
     * @param parameters with unique names
     */
    public void put(Iterable<Parameter> parameters) {
        for (Parameter parameter : parameters) {
            put(parameter.name(), parameter.value());
        }
    }

    /* ---------------------------------------------------------------- out */

    /**
     * Whether there is such a tensor or text.
     *
     * @param name of it
     * @return whether it was put there
     */
    public boolean has(String name) {
        return tensors.containsKey(prefix + name) || notes.containsKey(prefix + name);
    }

    /**
     * Whether anything is in this part.
     *
     * @return true if not
     */
    public boolean isEmpty() {
        return names().isEmpty();
    }

    /** All names in this part, without its prefix. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(tensors.keySet());
        names.addAll(notes.keySet());
        return names.stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * A tensor.
     *
     * @param name of the tensor
     * @return the tensor; it may be a view of the file, so copy what you keep
     * @throws FormatException if there is none
     */
    public Tensor tensor(String name) throws FormatException {
        return need(name, tensors.get(prefix + name));
    }

    /**
     * Text.
     *
     * @param name of the text
     * @return the text
     * @throws FormatException if there is none
     */
    public String text(String name) throws FormatException {
        return need(name, notes.get(prefix + name));
    }

    /**
     * A whole number.
     *
     * @param name of the number
     * @return the number
     * @throws FormatException if there is none
     */
    public long whole(String name) throws FormatException {
        try {
            return Long.parseLong(text(name));
        } catch (NumberFormatException e) {
            throw new FormatException(file, prefix + name + " is no whole number", e);
        }
    }

    /**
     * A number.
     *
     * @param name of the number
     * @return the number
     * @throws FormatException if there is none
     */
    public double number(String name) throws FormatException {
        try {
            return Double.parseDouble(text(name));
        } catch (NumberFormatException e) {
            throw new FormatException(file, prefix + name + " is no number", e);
        }
    }

    /**
     * Numbers.
     *
     * @param name of the numbers
     * @return the numbers
     * @throws FormatException if there are none
     */
    public double[] numbers(String name) throws FormatException {
        Tensor tensor = tensor(name);
        int[] halves = tensor.dtype() == DType.INT32 ? tensor.toIntArray() : new int[0];
        if (halves.length == 0 || halves.length != 2L * halves[0] + 1) {
            throw new FormatException(file, prefix + name + " holds no numbers");
        }
        double[] values = new double[halves[0]];
        Arrays.setAll(
                values,
                i ->
                        Double.longBitsToDouble(
                                (long) halves[2 * i + 2] << 32
                                        | Integer.toUnsignedLong(halves[2 * i + 1])));
        return values;
    }

    /**
     * Checks that there are tensors for parameters: so nothing is changed if one is missing.
     *
     * @param parameters with unique names
     * @throws FormatException if a tensor is missing or has another shape
     */
    public void check(Iterable<Parameter> parameters) throws FormatException {
        for (Parameter parameter : parameters) {
            Tensor saved = tensor(parameter.name());
            if (saved.dtype() != DType.FLOAT32
                    || !saved.shape().equals(parameter.value().shape())) {
                throw new FormatException(
                        file,
                        "tensor "
                                + prefix
                                + parameter.name()
                                + " is "
                                + saved.dtype()
                                + " "
                                + saved.shape()
                                + ", the model needs FLOAT32 "
                                + parameter.value().shape());
            }
        }
    }

    /**
     * Overwrites parameters with the tensors of their names, all or nothing.
     *
     * @param parameters with unique names
     * @throws FormatException if a tensor is missing or has another shape
     */
    public void load(Iterable<Parameter> parameters) throws FormatException {
        check(parameters);
        for (Parameter parameter : parameters) {
            parameter.set(tensor(parameter.name()));
        }
    }

    private <T> T need(String name, @Nullable T value) throws FormatException {
        if (value == null) {
            throw new FormatException(
                    file,
                    "there is no "
                            + prefix
                            + name
                            + ": it is the checkpoint of another model, or of another trainer");
        }
        return value;
    }
}
