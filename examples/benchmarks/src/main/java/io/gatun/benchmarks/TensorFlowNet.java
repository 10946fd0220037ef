/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.Dims;
import io.gatun.examples.bench.Net;
import io.gatun.examples.bench.NetWeights;
import io.gatun.examples.bench.NetWeights.Role;
import io.gatun.examples.bench.Op;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Constant;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * A network as a TensorFlow graph, channels last, which is the layout that TensorFlow's kernels for
 * processors are written for.
 */
final class TensorFlowNet {
    /** A parameter: the variable, and its value in this step. */
    record Parameter(VarHandleOp variable, Operand<TFloat32> value, Shape shape) {}

    private final Ops tf;
    private final Net net;
    private final NetWeights weights;
    private final List<Dims> shapes;
    private final boolean training;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<org.tensorflow.op.Op> statistics = new ArrayList<>();
    private final List<org.tensorflow.op.Op> initializers = new ArrayList<>();

    /**
     * A network whose weights are variables in training; in inference they are constants, which
     * TensorFlow folds and packs when it loads the graph.
     */
    TensorFlowNet(Ops tf, Net net, NetWeights weights, boolean training) {
        this.tf = tf;
        this.net = net;
        this.weights = weights;
        this.shapes = net.shapes();
        this.training = training;
    }

    /** The shape of a batch. */
    static Shape input(Net net, int batch) {
        Dims dims = net.input();
        return Shape.of(batch, dims.height(), dims.width(), dims.channels());
    }

    /** The parameters; complete once the graph is built. */
    List<Parameter> parameters() {
        return parameters;
    }

    /** What gives the variables their first values, to be run once. */
    List<org.tensorflow.op.Op> initializers() {
        return initializers;
    }

    /** What updates batch norm's running statistics. */
    List<org.tensorflow.op.Op> statistics() {
        return statistics;
    }

    /** Builds the graph; the result are the scores. */
    Operand<TFloat32> build(Operand<TFloat32> input) {
        List<Operand<TFloat32>> results = new ArrayList<>();
        for (int i = 0; i < net.ops().size(); i++) {
            Op op = net.ops().get(i);
            Operand<TFloat32> x = op.from() == Op.INPUT ? input : results.get(op.from());
            results.add(
                    switch (op) {
                        case Op.Conv c -> convolution(i, c, x);
                        case Op.BatchNorm _ -> norm(i, x);
                        case Op.Relu _ -> tf.nn.relu(x);
                        case Op.MaxPool p -> pool(p, x);
                        case Op.Add a -> tf.math.add(x, results.get(a.other()));
                        case Op.GlobalAverage _ -> tf.math.mean(x, tf.array(1, 2));
                        case Op.Flatten _ -> flatten(op.from(), x);
                        case Op.Dense d -> dense(i, d, x);
                    });
        }
        return results.getLast();
    }

    private Operand<TFloat32> convolution(int op, Op.Conv c, Operand<TFloat32> x) {
        float[] filters = weights.get(op, Role.WEIGHT);
        int taps = c.kernel() * c.kernel();
        float[] turned = new float[filters.length];
        for (int i = 0; i < filters.length; i++) {
            int filter = i / (c.in() * taps);
            turned[(i % taps * c.in() + i / taps % c.in()) * c.out() + filter] = filters[i];
        }
        Shape shape = Shape.of(c.kernel(), c.kernel(), c.in(), c.out());
        List<Long> strides = List.of(1L, (long) c.stride(), (long) c.stride(), 1L);
        boolean same = c.stride() == 1 && 2 * c.padding() == c.kernel() - 1;
        Operand<TFloat32> y =
                tf.nn.conv2d(
                        same ? x : padded(x, c.padding()),
                        parameter(turned, shape),
                        strides,
                        same ? "SAME" : "VALID");
        return c.bias() ? tf.nn.biasAdd(y, vector(op, Role.BIAS)) : y;
    }

    /** With zeros around: what TensorFlow calls SAME is lopsided where the stride is 2. */
    private Operand<TFloat32> padded(Operand<TFloat32> x, int padding) {
        if (padding == 0) {
            return x;
        }
        int[][] around = {{0, 0}, {padding, padding}, {padding, padding}, {0, 0}};
        return tf.pad(x, tf.constant(around), tf.constant(0f));
    }

    /** Zeros never win against a ReLU's results, which are all that is pooled with padding. */
    private Operand<TFloat32> pool(Op.MaxPool p, Operand<TFloat32> x) {
        return tf.nn.maxPool(
                padded(x, p.padding()),
                tf.array(1, p.kernel(), p.kernel(), 1),
                tf.array(1, p.stride(), p.stride(), 1),
                "VALID");
    }

    private Operand<TFloat32> norm(int op, Operand<TFloat32> x) {
        float[] mean = weights.get(op, Role.MEAN);
        float[] variance = weights.get(op, Role.VARIANCE);
        Operand<TFloat32> scale = vector(op, Role.WEIGHT);
        Operand<TFloat32> offset = vector(op, Role.BIAS);
        Shape shape = Shape.of(mean.length);
        if (!training) {
            return tf.nn.fusedBatchNorm(
                            x,
                            scale,
                            offset,
                            constant(mean, shape),
                            constant(variance, shape),
                            FusedBatchNorm.isTraining(false),
                            FusedBatchNorm.epsilon((float) Op.BatchNorm.EPSILON))
                    .y();
        }
        VarHandleOp runningMean = variable(constant(mean, shape), shape);
        VarHandleOp runningVariance = variable(constant(variance, shape), shape);
        FusedBatchNorm<TFloat32, TFloat32> norm =
                tf.nn.fusedBatchNorm(
                        x,
                        scale,
                        offset,
                        tf.readVariableOp(runningMean, TFloat32.class),
                        tf.readVariableOp(runningVariance, TFloat32.class),
                        FusedBatchNorm.isTraining(true),
                        FusedBatchNorm.exponentialAvgFactor((float) Op.BatchNorm.MOMENTUM),
                        FusedBatchNorm.epsilon((float) Op.BatchNorm.EPSILON));
        statistics.add(tf.assignVariableOp(runningMean, norm.batchMean()));
        statistics.add(tf.assignVariableOp(runningVariance, norm.batchVariance()));
        return norm.y();
    }

    private Operand<TFloat32> flatten(int from, Operand<TFloat32> x) {
        long features = (from == Op.INPUT ? net.input() : shapes.get(from)).size();
        return tf.reshape(x, tf.constant(new long[] {-1, features}));
    }

    private Operand<TFloat32> dense(int op, Op.Dense d, Operand<TFloat32> x) {
        float[] matrix = weights.get(op, Role.WEIGHT);
        Dims before = beforeFlatten(d);
        int plane = before.height() * before.width();
        float[] turned = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            int feature = i % d.in();
            int row = feature % plane * before.channels() + feature / plane;
            turned[row * d.out() + i / d.in()] = matrix[i];
        }
        MatMul<TFloat32> y = tf.linalg.matMul(x, parameter(turned, Shape.of(d.in(), d.out())));
        return tf.nn.biasAdd(y, vector(op, Role.BIAS));
    }

    /** How the features of a dense layer lay before they were flattened. */
    private Dims beforeFlatten(Op.Dense d) {
        if (d.from() != Op.INPUT && net.ops().get(d.from()) instanceof Op.Flatten flatten) {
            return flatten.from() == Op.INPUT ? net.input() : shapes.get(flatten.from());
        }
        return new Dims(d.in(), 1, 1);
    }

    private Operand<TFloat32> vector(int op, Role role) {
        float[] values = weights.get(op, role);
        return parameter(values, Shape.of(values.length));
    }

    private Operand<TFloat32> parameter(float[] values, Shape shape) {
        Constant<TFloat32> first = constant(values, shape);
        if (!training) {
            return first;
        }
        VarHandleOp variable = variable(first, shape);
        Operand<TFloat32> value = tf.readVariableOp(variable, TFloat32.class);
        parameters.add(new Parameter(variable, value, shape));
        return value;
    }

    private Constant<TFloat32> constant(float[] values, Shape shape) {
        return tf.constant(shape, DataBuffers.of(values, true, false));
    }

    /** A variable with its first value. */
    VarHandleOp variable(Operand<TFloat32> first, Shape shape) {
        VarHandleOp variable =
                tf.varHandleOp(
                        TFloat32.class, shape, VarHandleOp.sharedName("v" + initializers.size()));
        initializers.add(tf.assignVariableOp(variable, first));
        return variable;
    }
}
