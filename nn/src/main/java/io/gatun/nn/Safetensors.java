/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.DType;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Named tensors in a file of the safetensors format: eight bytes with the length of a header, the
 * header in JSON, and the elements in row-major order, little-endian. Python's {@code safetensors}
 * reads what is written here and the other way round.
 *
 * <p>Types are F32, I32 and U8, which are {@link io.gatun.DType#FLOAT32}, {@link
 * io.gatun.DType#INT32} and {@link io.gatun.DType#UINT8}.
 */
public final class Safetensors {
    private Safetensors() {}

    /**
     * What a file holds.
     *
     * @param tensors by name, in the order of the file's header; unmodifiable
     * @param metadata notes, in the order of the file's header; unmodifiable
     */
    public record Contents(Map<String, Tensor> tensors, Map<String, String> metadata) {}

    /**
     * Writes tensors to a file, all or nothing: they go to a temporary file in the same folder,
     * which takes the place of an older file, if there is one, when its content is safely on the
     * disk. If anything fails, the older file stays as it was. It is no harm if the tensors come
     * from {@link #read} of the same file. An older file's permissions are kept.
     *
     * @param file where to
     * @param tensors by name, with any layout: elements are written in logical order, all types of
     *     four bytes before bytes, else in the order of the map
     * @param metadata notes for other programs, perhaps none
     * @throws IllegalArgumentException if a tensor has the reserved name {@code __metadata__}, text
     *     cannot be written as UTF-8, or the header would be longer than the format allows
     * @throws IllegalStateException if a tensor's scope has ended
     * @throws NoSuchFileException if the folder does not exist
     * @throws AccessDeniedException if folder or file may not be written
     * @throws IOException if writing fails
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        SafetensorsWriter.write(file, tensors, metadata);
    }

    /**
     * Reads a file. It is memory-mapped, and its tensors share that memory, read-only, where their
     * place in the file is aligned to the element type; else they are copies. They belong to no
     * scope and live as long as they are reachable.
     *
     * <p>The file must not be shortened while they are in use (the system would end the process);
     * to replace it, move another file to its place, as {@link #write} does.
     *
     * @param file what to read
     * @return the tensors and notes
     * @throws FormatException if the file breaks any rule of the format, is truncated, or has
     *     tensors of another type
     * @throws NoSuchFileException if there is no such file
     * @throws IOException if reading fails
     */
    public static Contents read(Path file) throws IOException {
        return SafetensorsReader.read(file);
    }

    /**
     * Saves a model's parameters and state under their names, all or nothing: see {@link #write}.
     *
     * @param model what to save
     * @param file where to
     * @throws IOException if writing fails; an older file then stays as it was
     */
    public static void save(Layer model, Path file) throws IOException {
        save(model, file, Map.of());
    }

    /**
     * Saves a model's parameters, state and notes.
     *
     * @param model what to save
     * @param file where to
     * @param metadata notes, such as the name of the architecture
     * @throws IOException if writing fails; an older file then stays as it was
     */
    public static void save(Layer model, Path file, Map<String, String> metadata)
            throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : saved(model)) {
            tensors.put(parameter.name(), parameter.value());
        }
        write(file, tensors, metadata);
    }

    /**
     * Loads a model's parameters and state from a file, all or nothing: names and shapes are
     * checked before the first one is changed.
     *
     * @param model changed in place
     * @param file a file with exactly the model's parameters and state, by name; a checkpoint's
     *     state of the training is passed over
     * @throws FormatException if the file is not valid, or its tensors are not those of the model
     * @throws IOException if reading fails
     */
    public static void load(Layer model, Path file) throws IOException {
        Map<String, Tensor> tensors = read(file).tensors();
        Set<String> left = new LinkedHashSet<>(tensors.keySet());
        for (Parameter parameter : saved(model)) {
            Tensor saved = tensors.get(parameter.name());
            if (saved == null) {
                throw new FormatException(
                        file,
                        "no tensor "
                                + parameter.name()
                                + ", which the model has; the file holds "
                                + tensors.keySet());
            }
            if (!saved.shape().equals(parameter.value().shape())
                    || saved.dtype() != DType.FLOAT32) {
                throw new FormatException(
                        file,
                        "tensor "
                                + parameter.name()
                                + " is "
                                + saved.dtype()
                                + " "
                                + saved.shape()
                                + ", the model needs FLOAT32 "
                                + parameter.value().shape());
            }
            left.remove(parameter.name());
        }
        left.removeIf(name -> name.startsWith(Snapshot.TRAINING));
        if (!left.isEmpty()) {
            throw new FormatException(
                    file, "the model has no parameters " + left + ": it is another model's file");
        }
        for (Parameter parameter : saved(model)) {
            parameter.set(java.util.Objects.requireNonNull(tensors.get(parameter.name())));
        }
    }

    /**
     * Loads what a file of another library, or of a similar model, has in common with a model, such
     * as weights that were trained on ImageNet without the last layer. Elements of F64, F16 and
     * BF16 are rounded to, or taken as, FLOAT32. PyTorch's counters {@code num_batches_tracked} are
     * passed over, and the random bits of {@link Dropout} and its like are not looked for.
     *
     * @param model changed in place
     * @param file any safetensors file
     * @param names how the model's parameters are called there
     * @return what was loaded, and what was not
     * @throws FormatException if the file is not valid; the model is then unchanged
     * @throws IOException if reading fails
     */
    public static LoadReport loadMatching(Layer model, Path file, LayerNames names)
            throws IOException {
        Map<String, SafetensorsReader.Stored> tensors = SafetensorsReader.readStored(file);
        Set<String> left = new LinkedHashSet<>(tensors.keySet());
        List<String> loaded = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<LoadReport.Mismatch> mismatched = new ArrayList<>();
        for (Parameter parameter : saved(model)) {
            SafetensorsReader.Stored stored = tensors.get(names.inFile(parameter.name()));
            left.remove(names.inFile(parameter.name()));
            Shape shape = parameter.value().shape();
            if (stored == null) {
                if (!RandomState.isOne(parameter)) {
                    missing.add(parameter.name());
                }
            } else if (!stored.type().isFloat() || !stored.shape().equals(shape)) {
                mismatched.add(
                        new LoadReport.Mismatch(
                                parameter.name(), shape, stored.shape(), stored.type().name()));
            } else {
                try (Scope _ = Scope.open()) {
                    float[] values = stored.type().toFloats(stored.bytes());
                    parameter.set(Tensor.of(values, shape.toArray()));
                }
                loaded.add(parameter.name());
            }
        }
        left.removeIf(
                name -> name.endsWith("num_batches_tracked") || name.startsWith(Snapshot.TRAINING));
        return new LoadReport(loaded, missing, mismatched, List.copyOf(left));
    }

    private static List<Parameter> saved(Layer model) {
        List<Parameter> all = new ArrayList<>(model.parameters());
        all.addAll(model.state());
        return all;
    }
}
