/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a tape recorded on the way to a loss, with the value of each tensor and its adjoint (the
 * derivative of the loss by it), as one draws it on a board: as text, for Graphviz, or as a
 * picture. Everything is read when the graph is made; it outlives its tape.
 *
 * <pre>{@code
 * Files.writeString(path, ComputationGraph.of(tape, loss, Map.of("x1", x1, "x2", x2)).svg());
 * }</pre>
 */
public final class ComputationGraph {
    /** A tensor: an input, or the result of an operation on others. */
    private static final class Vertex {
        final int number;
        final String label;
        final String value;
        final String adjoint;
        final List<Vertex> inputs = new ArrayList<>();
        int layer;

        Vertex(int number, String label, String value, String adjoint) {
            this.number = number;
            this.label = label;
            this.value = value;
            this.adjoint = adjoint;
        }

        boolean isInput() {
            return inputs.isEmpty();
        }

        String name() {
            return isInput() ? label : "v" + number;
        }
    }

    private final List<Vertex> vertices = new ArrayList<>();

    private ComputationGraph() {}

    /**
     * Reads the graph of a loss; walks back once for the adjoints.
     *
     * @param tape which recorded it, and is still open
     * @param loss a tensor of one element that was computed on it
     * @param names what to call the inputs; others are called c1, c2, ...
     * @return the graph
     * @throws IllegalArgumentException if the loss has more than one element or was not computed on
     *     the tape
     */
    public static ComputationGraph of(Tape tape, Tensor loss, Map<String, Tensor> names) {
        Tape.Node end = loss.node();
        List<Tape.Node> nodes = new ArrayList<>();
        List<Tensor> tensors = new ArrayList<>();
        IdentityHashMap<Tensor, String> inputs = new IdentityHashMap<>();
        if (end != null && end.tape == tape) {
            boolean[] used = new boolean[end.index + 1];
            used[end.index] = true;
            for (int i = end.index; i >= 0; i--) {
                Tape.Node node = tape.nodes().get(i);
                if (used[i]) {
                    nodes.addFirst(node);
                    for (Tape.Edge edge : node.edges) {
                        Tape.Node from = edge.input().node();
                        if (from != null && from.tape == tape) {
                            used[from.index] = true;
                        } else {
                            inputs.putIfAbsent(edge.input(), "");
                        }
                    }
                }
            }
        }
        names.forEach((name, tensor) -> inputs.computeIfPresent(tensor, (t, old) -> name));
        for (Tape.Node node : nodes) {
            tensors.add(node.output);
        }
        tensors.addAll(inputs.keySet());
        Gradients adjoints = tape.gradients(loss, tensors.toArray(Tensor[]::new));
        return new ComputationGraph().read(tape, nodes, inputs, adjoints);
    }

    private ComputationGraph read(
            Tape tape,
            List<Tape.Node> nodes,
            IdentityHashMap<Tensor, String> inputs,
            Gradients adjoints) {
        IdentityHashMap<Tensor, Vertex> leaves = new IdentityHashMap<>();
        Map<Integer, Vertex> results = new HashMap<>();
        int constants = 0;
        for (Tape.Node node : nodes) { // inputs in the order in which they are used
            for (Tape.Edge edge : node.edges) {
                Tensor t = edge.input();
                String name = inputs.get(t);
                if (name != null && !leaves.containsKey(t)) {
                    name = name.isEmpty() ? "c" + ++constants : name;
                    leaves.put(t, vertex(name, t, adjoints));
                }
            }
        }
        for (Tape.Node node : nodes) {
            Vertex v = vertex(node.op, node.output, adjoints);
            results.put(node.index, v);
            for (Tape.Edge edge : node.edges) {
                Tape.Node from = edge.input().node();
                Vertex input =
                        from != null && from.tape == tape
                                ? results.get(from.index)
                                : leaves.get(edge.input());
                if (input != null) {
                    v.inputs.add(input);
                    v.layer = Math.max(v.layer, input.layer + 1);
                }
            }
        }
        return this;
    }

    private Vertex vertex(String label, Tensor t, Gradients adjoints) {
        Vertex v = new Vertex(vertices.size() + 1, label, text(t), text(adjoints.of(t)));
        vertices.add(v);
        return v;
    }

    /** A number, a few numbers, or the shape. */
    private static String text(Tensor t) {
        if (t.shape().size() > 4 || t.dtype() != DType.FLOAT32) {
            return t.shape().toString();
        }
        StringBuilder text = new StringBuilder();
        for (float value : t.toFloatArray()) {
            String number = String.format(Locale.ROOT, "%.4g", value);
            text.append(text.isEmpty() ? "" : ", ").append(number);
        }
        return t.shape().rank() == 0 ? text.toString() : "[" + text + "]";
    }

    /**
     * The graph as a table, inputs first, one line for each tensor.
     *
     * @return lines with name, operation and its arguments, value, adjoint
     */
    public String text() {
        int name = 4;
        int formula = 9;
        int value = 5;
        for (Vertex v : vertices) {
            name = Math.max(name, v.name().length());
            formula = Math.max(formula, formula(v).length());
            value = Math.max(value, v.value.length());
        }
        String format = "%-" + name + "s  %-" + formula + "s  %" + value + "s  %s%n";
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, format, "name", "operation", "value", "adjoint"));
        for (Vertex v : vertices) {
            text.append(
                    String.format(Locale.ROOT, format, v.name(), formula(v), v.value, v.adjoint));
        }
        return text.toString();
    }

    private static String formula(Vertex v) {
        if (v.isInput()) {
            return "";
        }
        StringBuilder text = new StringBuilder(v.label).append('(');
        for (Vertex input : v.inputs) {
            text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ").append(input.name());
        }
        return text.append(')').toString();
    }

    /**
     * The graph in the DOT language of Graphviz.
     *
     * @return a directed graph from the inputs to the loss
     */
    public String dot() {
        StringBuilder text = new StringBuilder("digraph tape {\n    rankdir=LR;\n");
        text.append("    node [shape=box, fontname=\"sans-serif\"];\n");
        for (Vertex v : vertices) {
            text.append("    n").append(v.number).append(" [label=\"").append(title(v));
            text.append("\\nvalue ").append(v.value).append("\\nadjoint ").append(v.adjoint);
            text.append(v.isInput() ? "\", style=rounded];\n" : "\"];\n");
        }
        for (Vertex v : vertices) {
            for (Vertex input : v.inputs) {
                text.append("    n").append(input.number);
                text.append(" -> n").append(v.number).append(";\n");
            }
        }
        return text.append("}\n").toString();
    }

    private static String title(Vertex v) {
        String text = v.isInput() ? v.label : v.name() + " = " + v.label;
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /* ---------------------------------------------------------------- the picture */

    private static final int ROW = 78;
    private static final int HEIGHT = 56;
    private static final int GAP = 56;

    /** A box in a layer, or the place at which an edge passes through it. */
    private static final class Slot {
        final @Nullable Vertex vertex;
        final List<Slot> inputs = new ArrayList<>();
        final int layer;
        double row;

        Slot(@Nullable Vertex vertex, int layer) {
            this.vertex = vertex;
            this.layer = layer;
        }
    }

    /**
     * The graph as a picture: inputs at the left, the loss at the right; in each box what it is,
     * its value, and under it in red its adjoint.
     *
     * @return an SVG document
     */
    public String svg() {
        List<List<Slot>> layers = layers();
        arrange(layers);
        int width = 0;
        int bottom = 0;
        int[] left = new int[layers.size()];
        int[] wide = new int[layers.size()];
        for (int i = 0; i < layers.size(); i++) {
            left[i] = 16 + width;
            for (Slot slot : layers.get(i)) {
                Vertex v = slot.vertex;
                int longest = v == null ? 0 : title(v).length();
                longest = v == null ? 0 : Math.max(longest, v.value.length());
                longest = v == null ? 0 : Math.max(longest, v.adjoint.length());
                wide[i] = Math.max(wide[i], 8 * longest + 20);
                bottom = Math.max(bottom, y(slot) + HEIGHT);
            }
            width += wide[i] + GAP;
        }
        StringBuilder text = new StringBuilder();
        text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"").append(width - GAP + 32);
        text.append("\" height=\"").append(bottom + 10).append("\" font-size=\"13\"");
        text.append(" font-family=\"sans-serif\">\n<defs><marker id=\"arrow\" markerWidth=\"8\"");
        text.append(" markerHeight=\"8\" refX=\"7\" refY=\"4\" orient=\"auto\"><path");
        text.append(" d=\"M0,0 L8,4 L0,8 z\" fill=\"#555\"/></marker></defs>\n");
        text.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (List<Slot> layer : layers) {
            for (Slot slot : layer) {
                for (Slot from : slot.inputs) {
                    edge(text, from, slot, left, wide);
                }
            }
        }
        for (List<Slot> layer : layers) {
            for (Slot slot : layer) {
                if (slot.vertex != null) {
                    box(text, slot.vertex, left[slot.layer], y(slot), wide[slot.layer]);
                }
            }
        }
        return text.append("</svg>\n").toString();
    }

    private static int y(Slot slot) {
        return (int) Math.round(slot.row * ROW) + 10;
    }

    private List<List<Slot>> layers() {
        List<List<Slot>> layers = new ArrayList<>();
        List<Slot> slots = new ArrayList<>();
        int[] start = new int[vertices.size() + 1];
        Arrays.fill(start, vertices.size());
        for (Vertex v : vertices) { // an input stands just before its first use
            for (Vertex input : v.inputs) {
                start[input.number] = Math.min(start[input.number], v.layer - 1);
            }
            while (layers.size() <= v.layer) {
                layers.add(new ArrayList<>());
            }
        }
        for (Vertex v : vertices) {
            int layer = v.isInput() ? start[v.number] : v.layer;
            Slot slot = new Slot(v, layer);
            slots.add(slot);
            layers.get(layer).add(slot);
        }
        for (Vertex v : vertices) {
            Slot to = slots.get(v.number - 1);
            for (Vertex input : v.inputs) {
                Slot from = slots.get(input.number - 1);
                for (int i = from.layer + 1; i < v.layer; i++) {
                    Slot passing = new Slot(null, i);
                    passing.inputs.add(from);
                    layers.get(i).add(passing);
                    from = passing;
                }
                to.inputs.add(from);
            }
        }
        return layers;
    }

    /** Each slot near the middle of its inputs, a few times forth and back (Sugiyama, 1981). */
    private static void arrange(List<List<Slot>> layers) {
        Map<Slot, List<Slot>> users = new HashMap<>();
        for (List<Slot> layer : layers) {
            for (int i = 0; i < layer.size(); i++) {
                layer.get(i).row = i;
                for (Slot input : layer.get(i).inputs) {
                    users.computeIfAbsent(input, s -> new ArrayList<>()).add(layer.get(i));
                }
            }
        }
        for (int round = 0; round < 8; round++) {
            for (int i = 0; i < layers.size(); i++) {
                boolean back = round % 2 == 1;
                List<Slot> layer = layers.get(back ? layers.size() - 1 - i : i);
                for (Slot slot : layer) {
                    List<Slot> near = back ? users.getOrDefault(slot, List.of()) : slot.inputs;
                    double sum = 0;
                    for (Slot other : near) {
                        sum += other.row;
                    }
                    slot.row = near.isEmpty() ? slot.row : sum / near.size();
                }
                layer.sort(Comparator.comparingDouble(s -> s.row));
                for (int k = 1; k < layer.size(); k++) { // no closer than a row
                    layer.get(k).row = Math.max(layer.get(k).row, layer.get(k - 1).row + 1);
                }
            }
        }
        double top = Double.MAX_VALUE;
        for (List<Slot> layer : layers) {
            for (Slot slot : layer) {
                top = Math.min(top, slot.row);
            }
        }
        for (List<Slot> layer : layers) {
            for (Slot slot : layer) {
                slot.row -= top;
            }
        }
    }

    private static void edge(StringBuilder text, Slot from, Slot to, int[] left, int[] wide) {
        int x1 = left[from.layer] + wide[from.layer];
        int y1 = y(from) + HEIGHT / 2;
        int x2 = left[to.layer];
        int y2 = y(to) + HEIGHT / 2;
        int middle = (x1 + x2) / 2;
        text.append("<path fill=\"none\" stroke=\"#555\" d=\"M").append(x1).append(',').append(y1);
        text.append(" C").append(middle).append(',').append(y1).append(' ').append(middle);
        text.append(',').append(y2).append(' ').append(x2).append(',').append(y2);
        boolean passes = to.vertex == null;
        if (passes) {
            text.append(" L").append(x2 + wide[to.layer]).append(',').append(y2);
        }
        text.append(passes ? "\"/>\n" : "\" marker-end=\"url(#arrow)\"/>\n");
    }

    private static void box(StringBuilder text, Vertex v, int x, int y, int width) {
        text.append("<rect x=\"").append(x).append("\" y=\"").append(y);
        text.append("\" width=\"").append(width).append("\" height=\"").append(HEIGHT);
        text.append("\" rx=\"").append(v.isInput() ? 14 : 2);
        text.append("\" fill=\"").append(v.isInput() ? "#eef4ff" : "#fffbe8");
        text.append("\" stroke=\"#333\"/>\n");
        line(text, x + width / 2, y + 16, "#000\" font-weight=\"bold", title(v));
        line(text, x + width / 2, y + 33, "#000", v.value);
        line(text, x + width / 2, y + 50, "#c00", v.adjoint);
    }

    private static void line(StringBuilder text, int x, int y, String fill, String content) {
        text.append("<text text-anchor=\"middle\" x=\"").append(x).append("\" y=\"").append(y);
        text.append("\" fill=\"").append(fill).append("\">");
        text.append(content.replace("&", "&amp;").replace("<", "&lt;")).append("</text>\n");
    }
}
