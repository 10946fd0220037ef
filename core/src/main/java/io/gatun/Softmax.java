/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.UnaryOperator;

/**
 * Softmax, its logarithm and the cross-entropy loss, stable for logits of any finite size, and
 * their gradient rules.
 */
public final class Softmax {
    private Softmax() {}

    /**
     * e^x / sum(e^x) over the last dimension.
     *
     * @param x at least one dimension
     * @return the same shape, each row adding up to 1
     */
    public static Tensor softmax(Tensor x) {
        Tensor y = run("softmax", x, false);
        Tape tape = Tape.recording();
        if (tape == null) {
            return y;
        }
        Tensor out = tape.begin("softmax", y);
        // The Jacobian diag(y) - y y' is symmetric: one rule serves both ways.
        UnaryOperator<Tensor> rule =
                g -> {
                    Tensor weighted = g.mul(out);
                    return weighted.sub(out.mul(weighted.sum(true, -1)));
                };
        return tape.connect(out, new Tape.Edge(x, rule, rule));
    }

    /**
     * e^x / sum(e^x) over any dimension.
     *
     * @param x at least one dimension
     * @param axis the dimension; negative ones count from the last
     * @return the same shape, adding up to 1 along that dimension
     */
    public static Tensor softmax(Tensor x, int axis) {
        int[] order = toLast(x.shape(), axis);
        return order.length == 0 ? softmax(x) : softmax(x.permute(order)).permute(order);
    }

    /**
     * Logarithm of the softmax over any dimension.
     *
     * @param x at least one dimension
     * @param axis the dimension; negative ones count from the last
     * @return the same shape
     */
    public static Tensor logSoftmax(Tensor x, int axis) {
        int[] order = toLast(x.shape(), axis);
        return order.length == 0 ? logSoftmax(x) : logSoftmax(x.permute(order)).permute(order);
    }

    /** Exchanges a dimension with the last one; empty if it is the last. */
    private static int[] toLast(Shape shape, int axis) {
        int along = shape.axis(axis);
        int last = shape.rank() - 1;
        int[] order = new int[along == last ? 0 : last + 1];
        for (int i = 0; i < order.length; i++) {
            order[i] = i == along ? last : i == last ? along : i;
        }
        return order;
    }

    /**
     * Logarithm of the softmax over the last dimension.
     *
     * @param x at least one dimension
     * @return the same shape
     */
    public static Tensor logSoftmax(Tensor x) {
        Tensor y = run("logSoftmax", x, true);
        Tape tape = Tape.recording();
        if (tape == null) {
            return y;
        }
        Tensor out = tape.begin("logSoftmax", y);
        return tape.connect(
                out,
                new Tape.Edge(
                        x,
                        g -> g.sub(out.exp().mul(g.sum(true, -1))),
                        v -> v.sub(out.exp().mul(v).sum(true, -1))));
    }

    private static Tensor run(String op, Tensor x, boolean log) {
        Checks.floats(op, x);
        if (x.shape().rank() == 0) {
            throw new IllegalArgumentException(op + ": needs at least one dimension, got a scalar");
        }
        Tensor rows = x.detach().contiguous();
        Tensor y = Tensor.empty(Layout.contiguous(x.shape()), DType.FLOAT32);
        long cols = x.shape().dim(-1);
        Backend.kernels()
                .softmax(
                        cols == 0 ? 0 : x.shape().size() / cols,
                        cols,
                        log,
                        rows.data(),
                        y.data(),
                        Scope.currentThreads());
        return y;
    }

    /**
     * Mean cross-entropy of softmax(logits) against class labels: the mean of log(sum(e^x)) -
     * x[label].
     *
     * @param logits [n, classes]
     * @param labels INT32 [n], each from 0 to classes - 1
     * @return a scalar
     * @throws IllegalArgumentException if shapes clash, there are no rows, or a label is out of
     *     range
     */
    public static Tensor crossEntropy(Tensor logits, Tensor labels) {
        Checks.floats("crossEntropy", logits);
        Checks.rank("crossEntropy", "logits", logits, 2, "[n, classes]");
        Checks.dtype("crossEntropy labels", labels, DType.INT32);
        long rows = logits.shape().dim(0);
        long cols = logits.shape().dim(1);
        if (labels.shape().rank() != 1 || labels.shape().dim(0) != rows) {
            throw new IllegalArgumentException(
                    "crossEntropy: logits of shape "
                            + logits.shape()
                            + " need labels of shape ["
                            + rows
                            + "], got "
                            + labels.shape());
        }
        if (rows == 0) {
            throw new IllegalArgumentException(
                    "crossEntropy: no rows: the mean of nothing does not exist");
        }
        Tensor target = labels.contiguous();
        MemorySegment label = target.data();
        for (long i = 0; i < rows; i++) {
            int at = label.getAtIndex(ValueLayout.JAVA_INT, i);
            if (at < 0 || at >= cols) {
                throw new IllegalArgumentException(
                        "crossEntropy: labels["
                                + i
                                + "] = "
                                + at
                                + " is not in 0.."
                                + (cols - 1)
                                + ", the classes of logits "
                                + logits.shape());
            }
        }
        Tape tape = Tape.recording();
        Tensor x = logits.detach().contiguous();
        Tensor losses = Tensor.empty(Layout.contiguous(Shape.of(rows)), DType.FLOAT32);
        Tensor probabilities =
                tape == null
                        ? null
                        : Tensor.empty(Layout.contiguous(logits.shape()), DType.FLOAT32);
        Backend.kernels()
                .crossEntropyForward(
                        rows,
                        cols,
                        x.data(),
                        label,
                        losses.data(),
                        probabilities == null ? null : probabilities.data(),
                        Scope.currentThreads());
        Tensor loss =
                Elementwise.run(
                        "mean",
                        io.gatun.kernel.Kernels.Unary.AFFINE,
                        (float) (1.0 / rows),
                        0,
                        Reductions.sumOf(losses));
        if (tape == null || probabilities == null) {
            return loss;
        }
        return tape.record(
                "crossEntropy",
                loss,
                new Tape.Edge(
                        logits,
                        g -> {
                            if (Tape.recording() != null) { // for second derivatives
                                return softmax(logits)
                                        .sub(oneHot(target, cols))
                                        .mul(g.mul((float) (1.0 / rows)));
                            }
                            double scale = g.item() / (double) rows;
                            return gradient(rows, cols, (float) scale, probabilities, target);
                        },
                        v ->
                                (Tape.recording() != null
                                                ? softmax(logits).sub(oneHot(target, cols))
                                                : gradient(rows, cols, 1, probabilities, target))
                                        .mul(v)
                                        .sum()
                                        .mul((float) (1.0 / rows))));
    }

    /** scale (probabilities - onehot(label)). */
    private static Tensor gradient(
            long rows, long cols, float scale, Tensor probabilities, Tensor label) {
        Tensor dx = Tensor.empty(Layout.contiguous(probabilities.shape()), DType.FLOAT32);
        Backend.kernels()
                .crossEntropyBackward(
                        rows,
                        cols,
                        scale,
                        probabilities.data(),
                        label.data(),
                        dx.data(),
                        Scope.currentThreads());
        return dx;
    }

    private static Tensor oneHot(Tensor label, long classes) {
        int[] at = label.toIntArray();
        float[] ones = new float[Math.toIntExact(at.length * classes)];
        for (int i = 0; i < at.length; i++) {
            ones[Math.toIntExact(i * classes + at[i])] = 1;
        }
        return Tensor.of(ones, at.length, classes);
    }
}
