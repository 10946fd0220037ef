/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Facts about a model and each of its layers: output shapes, parameters, multiplications, memory
 * and receptive fields, as a table for people ({@link #toString}) and as JSON. They are those of
 * one sample, in inference; shapes are without the batch. Immutable.
 *
 * <p>{@link Sequential}, {@link Residual} and {@link Parallel} are looked into. Layers of one's own
 * are one row each, without multiplications and receptive field.
 */
public final class Summary {
    private final Shape input;
    private final List<Row> rows;

    private Summary(Shape input, List<Row> rows) {
        this.input = input;
        this.rows = List.copyOf(rows);
    }

    /**
     * One layer, or the place where branches come together.
     *
     * @param path where it is in the model, as in the names of its parameters
     * @param layer what it is
     * @param input shape of its input
     * @param output shape of its output
     * @param parameters number of trainable values
     * @param multiplyAdds multiplications with a weight and their additions
     * @param activationBytes what its output takes in memory
     * @param receptiveField what one output sees of the model's input; null if it is not known
     */
    public record Row(
            String path,
            String layer,
            Shape input,
            Shape output,
            long parameters,
            long multiplyAdds,
            long activationBytes,
            @Nullable ReceptiveField receptiveField) {
        /**
         * Parameters that a dense layer between all inputs and all outputs would have.
         *
         * @return (inputs + 1) outputs
         */
        public long asDense() {
            return Math.multiplyExact(input.size() + 1, output.size());
        }
    }

    /**
     * Looks at a model. It runs once, layer by layer, on zeros.
     *
     * @param model any layer
     * @param inputShape of one sample, such as [3, 224, 224]: as {@link Session#of} takes it
     * @return the facts
     * @throws IllegalArgumentException if the shape does not suit the model
     */
    public static Summary of(Layer model, Shape inputShape) {
        Walk walk = new Walk();
        Shape x = inputShape.prepend(1);
        walk.visit("", model, x, ReceptiveField.ofInput(x));
        return new Summary(inputShape, walk.rows);
    }

    /** Goes through the layers in the order in which they run. */
    private static final class Walk {
        private final List<Row> rows = new ArrayList<>();

        /** What a layer gives: shape with the batch, and field. */
        private record Result(Shape shape, @Nullable ReceptiveField field) {}

        Result visit(String path, Layer layer, Shape x, @Nullable ReceptiveField field) {
            return switch (layer) {
                case Sequential sequential -> {
                    Result at = new Result(x, field);
                    for (int i = 0; i < sequential.layers().size(); i++) {
                        at = visit(path + i + ".", sequential.layers().get(i), at.shape, at.field);
                    }
                    yield at;
                }
                case Residual residual -> {
                    Result inside = visit(path + "body.", residual.body(), x, field);
                    Layer shortcut = residual.shortcut();
                    Result around =
                            shortcut == null
                                    ? new Result(x, field)
                                    : visit(path + "shortcut.", shortcut, x, field);
                    yield join(path, "sum", residual, x, List.of(inside, around));
                }
                case Parallel parallel -> {
                    List<Result> results = new ArrayList<>();
                    for (int i = 0; i < parallel.branches().size(); i++) {
                        results.add(visit(path + i + ".", parallel.branches().get(i), x, field));
                    }
                    yield join(path, "concat", parallel, x, results);
                }
                default -> {
                    Shape y = run(layer, x);
                    ReceptiveField after = field == null ? null : field.after(layer, x, y);
                    add(
                            path,
                            layer.toString(),
                            x,
                            y,
                            layer.parameterCount(),
                            work(layer, x, y),
                            after);
                    yield new Result(y, after);
                }
            };
        }

        private Result join(String path, String how, Layer layer, Shape x, List<Result> branches) {
            ReceptiveField field = branches.get(0).field;
            for (Result branch : branches.subList(1, branches.size())) {
                field = ReceptiveField.union(field, branch.field);
            }
            Shape y = run(layer, x);
            add(path, how, x, y, 0, 0, field);
            return new Result(y, field);
        }

        private static Shape run(Layer layer, Shape x) {
            try (Scope _ = Scope.open()) {
                Tensor zeros =
                        layer instanceof Embedding
                                ? Tensor.of(new int[Math.toIntExact(x.size())], x.toArray())
                                : Tensor.zeros(x);
                return layer.forward(zeros).shape();
            }
        }

        private void add(
                String path,
                String layer,
                Shape x,
                Shape y,
                long parameters,
                long multiplyAdds,
                @Nullable ReceptiveField field) {
            rows.add(
                    new Row(
                            path.isEmpty() ? "" : path.substring(0, path.length() - 1),
                            layer,
                            sample(x),
                            sample(y),
                            parameters,
                            multiplyAdds,
                            y.size() * Float.BYTES,
                            field));
        }

        private static Shape sample(Shape batch) {
            long[] dims = batch.toArray();
            return Shape.of(java.util.Arrays.copyOfRange(dims, 1, dims.length));
        }
    }

    /** Multiplications with weights: how often each is used, for one sample. */
    private static long work(Layer layer, Shape x, Shape y) {
        return switch (layer) {
            case Conv2d _ -> matrices(layer) * positions(y);
            case ConvNd c -> matrices(layer) * positions(c.isTransposed() ? x : y);
            case Recurrent<?> _ -> matrices(layer) * x.dim(1);
            case Dense _, DropConnect _, Bilinear _, LocallyConnected2d _ -> matrices(layer);
            case BatchNorm1d _, BatchNorm2d _, BatchNorm3d _, LayerNorm _, GroupNorm _ -> y.size();
            default -> 0;
        };
    }

    /** Sizes of all weights, without biases. */
    private static long matrices(Layer layer) {
        long sum = 0;
        for (Parameter parameter : layer.parameters()) {
            Shape shape = parameter.value().shape();
            sum += parameter.name().startsWith("bias") ? 0 : shape.size();
        }
        return sum;
    }

    /** Outputs of one channel. */
    private static long positions(Shape batch) {
        long product = 1;
        for (int i = 2; i < batch.rank(); i++) {
            product *= batch.dim(i);
        }
        return product;
    }

    /**
     * The layers.
     *
     * @return in the order in which they run
     */
    public List<Row> rows() {
        return rows;
    }

    /**
     * Trainable values of the whole model.
     *
     * @return their number
     */
    public long parameters() {
        return total(Row::parameters);
    }

    /**
     * Multiplications with a weight, of the whole model and one sample.
     *
     * @return their number
     */
    public long multiplyAdds() {
        return total(Row::multiplyAdds);
    }

    /**
     * What all layers' outputs take in memory, for one sample.
     *
     * @return bytes
     */
    public long activationBytes() {
        return total(Row::activationBytes);
    }

    private long total(ToLongFunction<Row> of) {
        return rows.stream().mapToLong(of).sum();
    }

    /** The table, with a last line of totals. */
    @Override
    public String toString() {
        List<String[]> table = new ArrayList<>();
        table.add(
                new String[] {
                    "path",
                    "layer",
                    "output",
                    "parameters",
                    "multiply-adds",
                    "bytes",
                    "sees",
                    "stride",
                    "centre"
                });
        for (Row row : rows) {
            ReceptiveField field = row.receptiveField;
            table.add(
                    new String[] {
                        row.path,
                        row.layer,
                        row.output.toString(),
                        number(row.parameters),
                        number(row.multiplyAdds),
                        number(row.activationBytes),
                        axes(field, ReceptiveField.Axis::size),
                        axes(field, ReceptiveField.Axis::stride),
                        axes(field, ReceptiveField.Axis::centre)
                    });
        }
        table.add(
                new String[] {
                    "",
                    "all, of " + input,
                    "",
                    number(parameters()),
                    number(multiplyAdds()),
                    number(activationBytes()),
                    "",
                    "",
                    ""
                });
        int columns = table.get(0).length;
        int[] widths = new int[columns];
        for (String[] line : table) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] line : table) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String pad = " ".repeat(widths[i] - line[i].length());
                row.append(i == 0 ? "" : "  ").append(i < 3 ? line[i] + pad : pad + line[i]);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private interface Fact {
        double of(ReceptiveField.Axis axis);
    }

    private static String axes(@Nullable ReceptiveField field, Fact fact) {
        if (field == null) {
            return "?";
        }
        StringBuilder text = new StringBuilder();
        for (ReceptiveField.Axis axis : field.axes()) {
            double value = fact.of(axis);
            text.append(text.isEmpty() ? "" : "x")
                    .append(
                            value == Math.rint(value)
                                    ? String.valueOf((long) value)
                                    : String.valueOf(value));
        }
        return text.toString();
    }

    /**
     * The same facts for programs: an object with {@code input}, {@code parameters}, {@code
     * multiplyAdds}, {@code activationBytes} and {@code layers}, an array of objects named as
     * {@link Row}.
     *
     * @return JSON
     */
    public String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            write(json, "input", input);
            json.writeNumberField("parameters", parameters());
            json.writeNumberField("multiplyAdds", multiplyAdds());
            json.writeNumberField("activationBytes", activationBytes());
            json.writeArrayFieldStart("layers");
            for (Row row : rows) {
                json.writeStartObject();
                json.writeStringField("path", row.path);
                json.writeStringField("layer", row.layer);
                write(json, "input", row.input);
                write(json, "output", row.output);
                json.writeNumberField("parameters", row.parameters);
                json.writeNumberField("multiplyAdds", row.multiplyAdds);
                json.writeNumberField("activationBytes", row.activationBytes);
                json.writeFieldName("receptiveField");
                write(json, row.receptiveField);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter has none
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String name, Shape shape) throws IOException {
        json.writeFieldName(name);
        long[] dims = shape.toArray();
        json.writeArray(dims, 0, dims.length);
    }

    private static void write(JsonGenerator json, @Nullable ReceptiveField field)
            throws IOException {
        if (field == null) {
            json.writeNull();
            return;
        }
        json.writeStartArray();
        for (ReceptiveField.Axis axis : field.axes()) {
            json.writeStartObject();
            json.writeNumberField("size", axis.size());
            json.writeNumberField("stride", axis.stride());
            json.writeNumberField("centre", axis.centre());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
