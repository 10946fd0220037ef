/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.FormatException;
import io.gatun.nn.Layer;
import io.gatun.nn.Parameter;
import io.gatun.nn.Safetensors;
import io.gatun.nn.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model in a safetensors file.
 *
 * @param kind which one
 * @param model with the parameters of the file
 */
record ModelFile(ModelKind kind, Layer model) {
    /** The note in the file that names the model. */
    private static final String NOTE = "model";

    /** Writes a model, and which one it is; in place of the old file, when all is written. */
    static void save(ModelKind kind, Layer model, Path file) throws IOException {
        Safetensors.save(model, file, Map.of(NOTE, kind.toString()));
    }

    /**
     * Reads a model. Which one it is, the file says in a note; else it follows from the shapes in
     * it.
     *
     * @throws FormatException if it is not a file of one of our models
     */
    static ModelFile load(Path file) throws IOException {
        ModelKind kind = kind(file, Safetensors.read(file));
        Layer model = kind.create();
        Safetensors.load(model, file);
        return new ModelFile(kind, model);
    }

    private static ModelKind kind(Path file, Safetensors.Contents contents) throws FormatException {
        String note = contents.metadata().get(NOTE);
        Map<String, Shape> shapes = new HashMap<>();
        contents.tensors()
                .forEach((name, tensor) -> {
                    if (!name.startsWith("training/")) { // as in a checkpoint
                        shapes.put(name, tensor.shape());
                    }
                });
        for (ModelKind kind : ModelKind.values()) {
            if (note != null ? note.equals(kind.toString()) : shapes.equals(shapes(kind))) {
                return kind;
            }
        }
        throw new FormatException(
                file,
                note != null
                        ? "a model \"" + note + "\", none of lenet5, mlp and resnet20"
                        : "none of lenet5, mlp and resnet20: it holds " + shapes);
    }

    private static Map<String, Shape> shapes(ModelKind kind) {
        Map<String, Shape> shapes = new HashMap<>();
        Layer model = kind.create();
        List<Parameter> all = new ArrayList<>(model.parameters());
        all.addAll(model.state());
        for (Parameter parameter : all) {
            Tensor value = parameter.value();
            shapes.put(parameter.name(), value.shape());
        }
        return shapes;
    }

    /** A session that answers for one digit or several. */
    Session session() {
        return Session.of(model, ModelKind.INPUT);
    }
}
