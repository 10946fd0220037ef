/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.Bench;
import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.Workload;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Training steps as one run of a graph each: loss, gradients and updates. */
final class TensorFlowTraining implements Workload {
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;

    private final Job job;
    private final Graph graph = new Graph();
    private final Session session;
    private final Placeholder<TFloat32> input;
    private final Placeholder<TInt32> labels;
    private final Placeholder<TFloat32> power1;
    private final Placeholder<TFloat32> power2;
    private final Operand<TFloat32> loss;
    private final List<Op> updates;
    private final TFloat32 pixels;
    private final TInt32 classes;
    private int steps;
    private float last = Float.NaN;

    TensorFlowTraining(Job job) {
        this.job = job;
        Bench bench = job.bench();
        Ops tf = Ops.create(graph);
        input = placeholder(tf, job);
        labels = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(job.batch())));
        power1 = tf.placeholder(TFloat32.class);
        power2 = tf.placeholder(TFloat32.class);
        TensorFlowNet net = new TensorFlowNet(tf, bench.net(), bench.weights(), true);
        Operand<TFloat32> scores = net.build(input);
        SparseSoftmaxCrossEntropyWithLogits<TFloat32> each =
                tf.nn.sparseSoftmaxCrossEntropyWithLogits(scores, labels);
        loss = tf.math.mean(each.loss(), tf.array(0));
        Operand<TFloat32> outer = tf.math.mul(each.backprop(), tf.constant(1f / job.batch()));
        updates = updates(tf, net, gradients(tf, scores, outer, net.parameters()));
        updates.addAll(net.statistics());

        session = TensorFlowEngine.session(graph, job.threads());
        Session.Runner first = session.runner();
        net.initializers().forEach(first::addTarget);
        first.run().close();
        pixels = TensorFlowInference.pixels(job);
        classes = TInt32.vectorOf(job.labels());
    }

    static Placeholder<TFloat32> placeholder(Ops tf, Job job) {
        return tf.placeholder(
                TFloat32.class,
                Placeholder.shape(TensorFlowNet.input(job.bench().net(), job.batch())));
    }

    private List<Op> updates(Ops tf, TensorFlowNet net, List<Operand<TFloat32>> gradients) {
        Bench bench = job.bench();
        List<TensorFlowNet.Parameter> parameters = net.parameters();
        Operand<TFloat32> rate = tf.constant((float) bench.rate());
        List<Op> all = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            TensorFlowNet.Parameter parameter = parameters.get(i);
            if (bench.adam()) {
                all.add(
                        tf.train.resourceApplyAdam(
                                parameter.variable(),
                                state(tf, net, parameter),
                                state(tf, net, parameter),
                                power1,
                                power2,
                                rate,
                                tf.constant(BETA1),
                                tf.constant(BETA2),
                                tf.constant(1e-8f),
                                gradients.get(i)));
            } else {
                all.add(
                        tf.train.resourceApplyMomentum(
                                parameter.variable(),
                                state(tf, net, parameter),
                                rate,
                                gradients.get(i),
                                tf.constant((float) bench.momentum())));
            }
        }
        return all;
    }

    private static VarHandleOp state(Ops tf, TensorFlowNet net, TensorFlowNet.Parameter parameter) {
        return net.variable(
                tf.fill(tf.constant(parameter.shape()), tf.constant(0f)), parameter.shape());
    }

    /** From the scores on: the C++ library has no gradient of the loss, which tells it itself. */
    private static List<Operand<TFloat32>> gradients(
            Ops tf,
            Operand<TFloat32> scores,
            Operand<TFloat32> outer,
            List<TensorFlowNet.Parameter> parameters) {
        List<Operand<TFloat32>> gradients = new ArrayList<>();
        tf.gradients(
                        List.of(scores),
                        parameters.stream().map(TensorFlowNet.Parameter::value).toList(),
                        Gradients.dx(List.of(outer)))
                .forEach(gradient -> gradients.add(gradient.asOutput().expect(TFloat32.class)));
        return gradients;
    }

    @Override
    public Job job() {
        return job;
    }

    @Override
    public String peer() {
        return TensorFlowProvider.NAME;
    }

    @Override
    public void step() {
        steps++;
        Session.Runner runner =
                session.runner()
                        .setOptions(TensorFlowEngine.IN_CALLER)
                        .feed(input, pixels)
                        .feed(labels, classes)
                        .fetch(loss);
        updates.forEach(runner::addTarget);
        if (!job.bench().adam()) {
            last = read(runner);
            return;
        }
        try (TFloat32 one = TFloat32.scalarOf((float) Math.pow(BETA1, steps));
                TFloat32 two = TFloat32.scalarOf((float) Math.pow(BETA2, steps))) {
            last = read(runner.feed(power1, one).feed(power2, two));
        }
    }

    private static float read(Session.Runner runner) {
        try (Result result = runner.run()) {
            return ((TFloat32) result.get(0)).getFloat();
        }
    }

    @Override
    public float[] output() {
        return new float[] {last};
    }

    @Override
    public void close() {
        pixels.close();
        classes.close();
        session.close();
        graph.close();
    }
}
