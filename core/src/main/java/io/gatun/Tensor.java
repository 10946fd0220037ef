/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array in native memory: a {@link Layout} over storage that views share without
 * copying.
 *
 * <p>A tensor made while a {@link Scope} (or {@link Tape}) is open belongs to it and to its thread,
 * and ends with it. A tensor made outside of all scopes may be used by any thread and lives as long
 * as it is reachable. Nothing needs to be closed.
 *
 * <p>Operations never change their inputs, and their results are new tensors or views; only {@link
 * InPlace} writes to existing ones. Computation is in {@link DType#FLOAT32}.
 */
public final class Tensor implements Supplier<Tensor> {
    private final Storage storage;
    private final Layout layout;
    private final DType dtype;
    private final Tape.@Nullable Node node;

    Tensor(Storage storage, Layout layout, DType dtype, Tape.@Nullable Node node) {
        this.storage = storage;
        this.layout = layout;
        this.dtype = dtype;
        this.node = node;
    }

    /* ---------------------------------------------------------------- making tensors */

    /** A tensor of the current scope with undefined content: its maker writes every element. */
    static Tensor empty(Layout layout, DType dtype) {
        return empty(layout, dtype, Scope.current());
    }

    static Tensor empty(Layout layout, DType dtype, @Nullable Scope scope) {
        long bytes;
        try {
            bytes = Math.multiplyExact(layout.shape().size(), (long) dtype.bytes());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "a tensor of shape " + layout.shape() + " has more than 2^63 - 1 bytes", e);
        }
        return new Tensor(Storage.allocate(bytes, scope), layout, dtype, null);
    }

    /**
     * A float tensor with a copy of the given values.
     *
     * @param values the elements in row-major order
     * @param dims the shape; none means one dimension of all values
     * @return the tensor
     * @throws IllegalArgumentException if the shape needs another number of values
     */
    public static Tensor of(float[] values, long... dims) {
        Shape shape = dims.length == 0 ? Shape.of(values.length) : Shape.of(dims);
        checkCount("Tensor.of", values.length, shape);
        Tensor t = empty(Layout.contiguous(shape), DType.FLOAT32);
        MemorySegment.copy(
                values, 0, t.storage.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
        return t;
    }

    /**
     * An integer tensor with a copy of the given values, such as labels.
     *
     * @param values the elements in row-major order
     * @param dims the shape; none means one dimension of all values
     * @return the tensor
     * @throws IllegalArgumentException if the shape needs another number of values
     */
    public static Tensor of(int[] values, long... dims) {
        Shape shape = dims.length == 0 ? Shape.of(values.length) : Shape.of(dims);
        checkCount("Tensor.of", values.length, shape);
        Tensor t = empty(Layout.contiguous(shape), DType.INT32);
        MemorySegment.copy(values, 0, t.storage.segment(), ValueLayout.JAVA_INT, 0, values.length);
        return t;
    }

    /**
     * A tensor of rank 0.
     *
     * @param value its element
     * @return the tensor
     */
    public static Tensor scalar(float value) {
        return full(Shape.of(), value);
    }

    /**
     * A float tensor of zeros.
     *
     * @param shape its shape
     * @return the tensor
     */
    public static Tensor zeros(Shape shape) {
        return full(shape, 0);
    }

    /**
     * A float tensor of ones.
     *
     * @param shape its shape
     * @return the tensor
     */
    public static Tensor ones(Shape shape) {
        return full(shape, 1);
    }

    /**
     * A float tensor of one value.
     *
     * @param shape its shape
     * @param value every element
     * @return the tensor
     */
    public static Tensor full(Shape shape, float value) {
        Tensor t = empty(Layout.contiguous(shape), DType.FLOAT32);
        Backend.kernels().fill(shape.size(), value, t.data(), Scope.currentThreads());
        return t;
    }

    /**
     * A float tensor drawn evenly from an interval.
     *
     * @param shape its shape
     * @param low lower end, included
     * @param high upper end, excluded
     * @param random the source; the same seed gives the same tensor
     * @return the tensor
     */
    public static Tensor uniform(Shape shape, float low, float high, RandomGenerator random) {
        return generate(shape, () -> low + (high - low) * random.nextFloat());
    }

    /**
     * A float tensor drawn from a normal distribution.
     *
     * @param shape its shape
     * @param mean its mean
     * @param deviation its standard deviation
     * @param random the source; the same seed gives the same tensor
     * @return the tensor
     */
    public static Tensor normal(Shape shape, float mean, float deviation, RandomGenerator random) {
        return generate(shape, () -> (float) (mean + deviation * random.nextGaussian()));
    }

    private interface FloatSource {
        float next();
    }

    private static Tensor generate(Shape shape, FloatSource source) {
        Tensor t = empty(Layout.contiguous(shape), DType.FLOAT32);
        MemorySegment data = t.data();
        for (long i = 0; i < shape.size(); i++) {
            data.setAtIndex(ValueLayout.JAVA_FLOAT, i, source.next());
        }
        return t;
    }

    /**
     * A float tensor that shares the given memory, without a copy: see {@link #wrap(MemorySegment,
     * Shape, DType)}.
     *
     * @param memory native or memory-mapped, aligned to 4 bytes
     * @param shape the shape, row-major
     * @return the tensor
     */
    public static Tensor wrap(MemorySegment memory, Shape shape) {
        return wrap(memory, shape, DType.FLOAT32);
    }

    /**
     * A tensor that shares the given memory, without a copy; a memory-mapped file too. The memory's
     * own arena decides how long it lives and which threads may use it; use after its end is an
     * exception. A read-only segment can be an input of any operation, but not the target of an
     * {@link InPlace} one.
     *
     * @param memory native or memory-mapped memory with at least as many bytes as the shape needs,
     *     aligned to the element type
     * @param shape the shape, row-major
     * @param dtype the element type
     * @return the tensor
     * @throws IllegalArgumentException if the memory is on the Java heap, too small, or not aligned
     */
    public static Tensor wrap(MemorySegment memory, Shape shape, DType dtype) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException(
                    "Tensor.wrap: the memory is on the Java heap, where kernels cannot reach it:"
                            + " allocate it with an Arena, or copy an array with Tensor.of(array, shape)");
        }
        if (memory.byteSize() / dtype.bytes() < shape.size()) {
            throw new IllegalArgumentException(
                    "Tensor.wrap: shape "
                            + shape
                            + " of "
                            + dtype
                            + " needs "
                            + shape.size()
                            + " elements of "
                            + dtype.bytes()
                            + " bytes, the memory has "
                            + memory.byteSize()
                            + " bytes");
        }
        if (memory.address() % dtype.bytes() != 0) {
            throw new IllegalArgumentException(
                    "Tensor.wrap: the memory starts at address 0x"
                            + Long.toHexString(memory.address())
                            + ", which is not a multiple of "
                            + dtype.bytes()
                            + ": wrap an aligned slice, or copy it");
        }
        MemorySegment part = memory.asSlice(0, shape.size() * dtype.bytes());
        return new Tensor(Storage.wrap(part), Layout.contiguous(shape), dtype, null);
    }

    private static void checkCount(String op, long count, Shape shape) {
        if (count != shape.size()) {
            throw new IllegalArgumentException(
                    op + ": shape " + shape + " needs " + shape.size() + " values, got " + count);
        }
    }

    /* ---------------------------------------------------------------- facts */

    /**
     * The sizes of the dimensions.
     *
     * @return the shape
     */
    public Shape shape() {
        return layout.shape();
    }

    /**
     * How the elements lie in memory.
     *
     * @return the layout
     */
    public Layout layout() {
        return layout;
    }

    /**
     * The element type.
     *
     * @return the type
     */
    public DType dtype() {
        return dtype;
    }

    /** This tensor: it is its own supplier where something to differentiate by is asked for. */
    @Override
    public Tensor get() {
        return this;
    }

    Storage storage() {
        return storage;
    }

    Tape.@Nullable Node node() {
        return node;
    }

    Tensor withNode(Tape.Node of) {
        return new Tensor(storage, layout, dtype, of);
    }

    /** Another tensor object for the same place in the graph. */
    Tensor again() {
        return new Tensor(storage, layout, dtype, node);
    }

    Tensor withoutNode() {
        return node == null ? this : detach();
    }

    /** The same storage under another layout, without a place in the graph. */
    Tensor view(Layout other) {
        return new Tensor(storage, other, dtype, null);
    }

    /** A matrix transposed, without a place in the graph. */
    Tensor transposed() {
        return view(layout.permute(1, 0));
    }

    /** Memory from the first element on. */
    MemorySegment data() {
        MemorySegment segment = storage.segment();
        return layout.offset() == 0 ? segment : segment.asSlice(layout.offset() * dtype.bytes());
    }

    /**
     * The memory of a contiguous tensor, for zero-copy exchange: valid as long as the tensor.
     *
     * @return its elements in row-major order
     * @throws IllegalStateException if the tensor is a view that is not contiguous
     */
    public MemorySegment segment() {
        if (!layout.isContiguous()) {
            throw new IllegalStateException(
                    "segment: this tensor is not contiguous ("
                            + layout
                            + "): call contiguous() first");
        }
        return data().asSlice(0, shape().size() * dtype.bytes());
    }

    /**
     * A copy of a float tensor's elements.
     *
     * @return the elements in row-major order
     * @throws IllegalStateException if the tensor is not FLOAT32
     */
    public float[] toFloatArray() {
        Checks.dtype("toFloatArray", this, DType.FLOAT32);
        float[] out = new float[Math.toIntExact(shape().size())];
        if (layout.isContiguous()) {
            MemorySegment.copy(data(), ValueLayout.JAVA_FLOAT, 0, out, 0, out.length);
        } else {
            try (Scope _ = Scope.open()) {
                MemorySegment.copy(
                        contiguous().data(), ValueLayout.JAVA_FLOAT, 0, out, 0, out.length);
            }
        }
        return out;
    }

    /**
     * A copy of an integer tensor's elements.
     *
     * @return the elements in row-major order
     * @throws IllegalStateException if the tensor is not INT32
     */
    public int[] toIntArray() {
        Checks.dtype("toIntArray", this, DType.INT32);
        int[] out = new int[Math.toIntExact(shape().size())];
        MemorySegment data = data();
        if (layout.isContiguous()) {
            MemorySegment.copy(data, ValueLayout.JAVA_INT, 0, out, 0, out.length);
        } else {
            for (int i = 0; i < out.length; i++) {
                out[i] = data.getAtIndex(ValueLayout.JAVA_INT, position(i));
            }
        }
        return out;
    }

    /**
     * The only element of a float tensor.
     *
     * @return its value
     * @throws IllegalStateException if there is not exactly one element, or it is not FLOAT32
     */
    public float item() {
        Checks.dtype("item", this, DType.FLOAT32);
        if (shape().size() != 1) {
            throw new IllegalStateException(
                    "item: the tensor has shape "
                            + shape()
                            + ", not one element: reduce it, or read all with toFloatArray()");
        }
        return data().get(ValueLayout.JAVA_FLOAT, 0);
    }

    /** Where the i-th element of row-major order lies, relative to the first. */
    private long position(long i) {
        long at = 0;
        for (int axis = shape().rank() - 1; axis >= 0; axis--) {
            long d = shape().dim(axis);
            at += i % d * layout.stride(axis);
            i /= d;
        }
        return at;
    }

    /* ---------------------------------------------------------------- operations */

    /**
     * This tensor without its place in the graph: no gradient flows through it.
     *
     * @return a view of the same memory
     */
    public Tensor detach() {
        return new Tensor(storage, layout, dtype, null);
    }

    /** Elementwise sum with broadcasting. */
    public Tensor add(Tensor other) {
        return Elementwise.add(this, other);
    }

    /** The rectified sum max(this + other, 0) with broadcasting, in one pass over memory. */
    public Tensor addRelu(Tensor other) {
        return Elementwise.addRelu(this, other);
    }

    /** Elementwise difference with broadcasting. */
    public Tensor sub(Tensor other) {
        return Elementwise.sub(this, other);
    }

    /** Elementwise product with broadcasting. */
    public Tensor mul(Tensor other) {
        return Elementwise.mul(this, other);
    }

    /** Elementwise quotient with broadcasting. */
    public Tensor div(Tensor other) {
        return Elementwise.div(this, other);
    }

    /** Every element plus a number. */
    public Tensor add(float value) {
        return Elementwise.affine(this, 1, value);
    }

    /** Every element times a number. */
    public Tensor mul(float value) {
        return Elementwise.affine(this, value, 0);
    }

    /** Every element negated. */
    public Tensor neg() {
        return Elementwise.neg(this);
    }

    /** Absolute values; the gradient at 0 is 0. */
    public Tensor abs() {
        return Elementwise.abs(this);
    }

    /** Every element squared. */
    public Tensor square() {
        return Elementwise.square(this);
    }

    /** Square roots. */
    public Tensor sqrt() {
        return Elementwise.sqrt(this);
    }

    /** One over every element. */
    public Tensor reciprocal() {
        return Elementwise.reciprocal(this);
    }

    /** e to every element. */
    public Tensor exp() {
        return Elementwise.exp(this);
    }

    /** Natural logarithms. */
    public Tensor log() {
        return Elementwise.log(this);
    }

    /** Logistic function 1 / (1 + e^-x). */
    public Tensor sigmoid() {
        return Elementwise.sigmoid(this);
    }

    /** Hyperbolic tangents. */
    public Tensor tanh() {
        return Elementwise.tanh(this);
    }

    /** Rectified linear unit max(x, 0); the gradient at 0 is 0. */
    public Tensor relu() {
        return Elementwise.relu(this);
    }

    /** Sum of all elements, of rank 0. */
    public Tensor sum() {
        return Reductions.sum(this, false);
    }

    /**
     * Sums along dimensions.
     *
     * @param keepDims whether these dimensions stay, with size 1
     * @param axes the dimensions to add up; none means all
     */
    public Tensor sum(boolean keepDims, int... axes) {
        return Reductions.sum(this, keepDims, axes);
    }

    /** Mean of all elements, of rank 0; NaN if there are none. */
    public Tensor mean() {
        return Reductions.mean(this, false);
    }

    /**
     * Means along dimensions.
     *
     * @param keepDims whether these dimensions stay, with size 1
     * @param axes the dimensions to average over; none means all
     */
    public Tensor mean(boolean keepDims, int... axes) {
        return Reductions.mean(this, keepDims, axes);
    }

    /**
     * Largest elements along dimensions. The gradient goes to every element that equals the
     * largest, in equal shares.
     *
     * @param keepDims whether these dimensions stay, with size 1
     * @param axes the dimensions to search; none means all
     */
    public Tensor max(boolean keepDims, int... axes) {
        return Reductions.max(this, keepDims, axes);
    }

    /**
     * Positions of the largest elements along one dimension, the first of equals; a NaN counts as
     * largest.
     *
     * @param axis the dimension
     * @return an INT32 tensor without that dimension
     */
    public Tensor argmax(int axis) {
        return Reductions.argmax(this, axis);
    }

    /**
     * Matrix product, of all matrices in the last two dimensions; the dimensions before them
     * broadcast.
     *
     * @param other [..., k, n], where this is [..., m, k]
     * @return [..., m, n]
     */
    public Tensor matmul(Tensor other) {
        return LinearAlgebra.matmul(this, other);
    }

    /**
     * The same elements in row-major order under another shape: a view where memory allows it, else
     * a copy.
     *
     * @param dims the new shape; one size may be -1 and follows from the others
     */
    public Tensor reshape(long... dims) {
        return Views.reshape(this, dims);
    }

    /**
     * Dimensions in a new order: a view.
     *
     * @param axes which old dimension comes at each place
     */
    public Tensor permute(int... axes) {
        return Views.permute(this, axes);
    }

    /**
     * A matrix with rows and columns exchanged, or a tensor with its last two dimensions exchanged:
     * a view.
     */
    public Tensor transpose() {
        return Views.transpose(this);
    }

    /**
     * A part of one dimension: a view.
     *
     * @param axis the dimension
     * @param start first position, included; negative counts from the end
     * @param end last position, excluded; negative counts from the end
     */
    public Tensor slice(int axis, long start, long end) {
        return Views.slice(this, axis, start, end, 1);
    }

    /**
     * Every step-th position of a part of one dimension: a view.
     *
     * @param axis the dimension
     * @param start first position, included; negative counts from the end
     * @param end last position, excluded; negative counts from the end
     * @param step distance, at least 1
     */
    public Tensor slice(int axis, long start, long end, long step) {
        return Views.slice(this, axis, start, end, step);
    }

    /**
     * Dimensions of size 1 repeated to a larger shape: a view.
     *
     * @param target the shape
     */
    public Tensor expand(Shape target) {
        return Views.expand(this, target);
    }

    /** This tensor in row-major memory without gaps: itself, if it lies so already, else a copy. */
    public Tensor contiguous() {
        return Views.contiguous(this);
    }

    /**
     * A tensor [N, C, H, W] with channels last in memory: itself, if it lies so already, else a
     * copy.
     */
    public Tensor channelsLast() {
        return Views.channelsLast(this);
    }

    /**
     * Shape, type and elements in nested brackets, for people; of long dimensions the first and
     * last three.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Tensor").append(shape()).append(' ').append(dtype);
        try {
            return text.append(new Printer().text()).toString();
        } catch (IllegalStateException | WrongThreadException e) {
            return text.append(" (not accessible: ").append(e.getMessage()).append(')').toString();
        }
    }

    private final class Printer {
        private static final long WHOLE = 200;
        private static final int ENDS = 3;

        private final MemorySegment data = data();
        private final StringBuilder text = new StringBuilder();
        private int width;

        String text() {
            if (shape().size() == 0) {
                return " []";
            }
            walk(0, 0, (at, gap) -> width = Math.max(width, element(at).length()));
            if (shape().rank() == 0) {
                return " " + element(0);
            }
            text.append(shape().rank() == 1 ? " [" : "\n[");
            print(0, 0);
            return text.append(']').toString();
        }

        private interface Visitor {
            void visit(long at, boolean gap);
        }

        /** Visits the parts of a dimension that are shown. */
        private void each(int axis, long at, Visitor part) {
            long n = shape().dim(axis);
            boolean all = n <= 2 * ENDS + 1 || shape().size() <= WHOLE;
            for (long i = 0; i < n; i++) {
                boolean gap = !all && i == ENDS;
                i = gap ? n - ENDS : i;
                part.visit(at + i * layout.stride(axis), gap);
            }
        }

        private void walk(int axis, long at, Visitor element) {
            if (axis == shape().rank()) {
                element.visit(at, false);
            } else {
                each(axis, at, (next, gap) -> walk(axis + 1, next, element));
            }
        }

        private void print(int axis, long at) {
            boolean last = axis == shape().rank() - 1;
            String between =
                    last ? ", " : "," + "\n".repeat(Math.min(2, shape().rank() - 1 - axis));
            String indent = last ? "" : " ".repeat(axis + 1);
            int start = text.length();
            each(
                    axis,
                    at,
                    (next, gap) -> {
                        text.append(text.length() == start ? "" : between + indent);
                        text.append(gap ? "..." + between + indent : "");
                        if (last) {
                            String element = element(next);
                            text.repeat(' ', width - element.length()).append(element);
                        } else {
                            text.append('[');
                            print(axis + 1, next);
                            text.append(']');
                        }
                    });
        }

        private String element(long at) {
            return switch (dtype) {
                case FLOAT32 -> {
                    float value = data.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                    double size = Math.abs((double) value);
                    boolean plain = size == 0 || (size >= 1e-4 && size < 1e6);
                    int digits = size < 10 ? 5 : size < 100 ? 4 : size < 1000 ? 3 : 2;
                    yield !Float.isFinite(value)
                            ? Float.toString(value)
                            : plain
                                    ? String.format(Locale.ROOT, "%." + digits + "f", value)
                                    : String.format(Locale.ROOT, "%.4e", value);
                }
                case INT32 -> Integer.toString(data.getAtIndex(ValueLayout.JAVA_INT, at));
                case UINT8 -> Integer.toString(data.get(ValueLayout.JAVA_BYTE, at) & 0xff);
            };
        }
    }
}
