/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import io.gatun.examples.bench.Dims;
import io.gatun.examples.bench.Job;
import io.gatun.examples.bench.Net;
import io.gatun.examples.bench.NetWeights;
import io.gatun.examples.bench.NetWeights.Role;
import io.gatun.examples.bench.Op;
import java.util.List;

/** What a network computes, written out as loops in double precision. */
final class NetReference {
    private final Net net;
    private final NetWeights weights;
    private final List<Dims> shapes;
    private final int batch;
    private final boolean training;

    private NetReference(Job job) {
        this.net = job.bench().net();
        this.weights = job.bench().weights();
        this.shapes = net.shapes();
        this.batch = job.batch();
        this.training = job.bench().training();
    }

    /** Scores of all samples; batch norm takes the batch's own statistics if the job trains. */
    static double[] scores(Job job) {
        return new NetReference(job).run(job.pixels());
    }

    /** The mean cross-entropy of the job's labels. */
    static double loss(Job job) {
        double[] scores = scores(job);
        int classes = job.bench().net().classes();
        int[] labels = job.labels();
        double sum = 0;
        for (int n = 0; n < labels.length; n++) {
            double all = 0;
            for (int c = 0; c < classes; c++) {
                all += Math.exp(scores[n * classes + c]);
            }
            sum += Math.log(all) - scores[n * classes + labels[n]];
        }
        return sum / labels.length;
    }

    private double[] run(float[] pixels) {
        double[] input = new double[pixels.length];
        for (int i = 0; i < input.length; i++) {
            input[i] = pixels[i];
        }
        double[][] results = new double[net.ops().size()][];
        for (int i = 0; i < results.length; i++) {
            Op op = net.ops().get(i);
            double[] x = op.from() == Op.INPUT ? input : results[op.from()];
            Dims in = op.from() == Op.INPUT ? net.input() : shapes.get(op.from());
            results[i] =
                    switch (op) {
                        case Op.Conv c -> convolution(i, c, in, x);
                        case Op.Dense d -> dense(i, d, x);
                        case Op.BatchNorm _ -> norm(i, in, x);
                        case Op.Relu _ -> relu(x);
                        case Op.MaxPool p -> pool(p, in, shapes.get(i), x);
                        case Op.Add a -> sum(x, results[a.other()]);
                        case Op.GlobalAverage _ -> average(in, x);
                        case Op.Flatten _ -> x;
                    };
        }
        return results[results.length - 1];
    }

    private double[] convolution(int op, Op.Conv c, Dims in, double[] x) {
        Dims out = shapes.get(op);
        float[] filters = weights.get(op, Role.WEIGHT);
        double[] y = new double[batch * out.size()];
        int taps = c.kernel() * c.kernel();
        for (int i = 0; i < y.length; i++) {
            int filter = i / (out.height() * out.width()) % c.out();
            int row = i / out.width() % out.height() * c.stride() - c.padding();
            int column = i % out.width() * c.stride() - c.padding();
            int image = i / out.size() * in.size();
            double sum = c.bias() ? weights.get(op, Role.BIAS)[filter] : 0;
            for (int tap = 0; tap < taps; tap++) {
                int h = row + tap / c.kernel();
                int w = column + tap % c.kernel();
                if (h >= 0 && h < in.height() && w >= 0 && w < in.width()) {
                    int from = image + h * in.width() + w;
                    int weight = filter * c.in() * taps + tap;
                    for (int k = 0; k < c.in(); k++) {
                        sum += filters[weight] * x[from];
                        weight += taps;
                        from += in.height() * in.width();
                    }
                }
            }
            y[i] = sum;
        }
        return y;
    }

    private double[] dense(int op, Op.Dense d, double[] x) {
        float[] matrix = weights.get(op, Role.WEIGHT);
        double[] y = new double[batch * d.out()];
        for (int i = 0; i < y.length; i++) {
            double sum = weights.get(op, Role.BIAS)[i % d.out()];
            for (int k = 0; k < d.in(); k++) {
                sum += matrix[i % d.out() * d.in() + k] * x[i / d.out() * d.in() + k];
            }
            y[i] = sum;
        }
        return y;
    }

    private double[] norm(int op, Dims dims, double[] x) {
        int plane = dims.height() * dims.width();
        double[] y = new double[x.length];
        for (int c = 0; c < dims.channels(); c++) {
            double mean = weights.get(op, Role.MEAN)[c];
            double variance = weights.get(op, Role.VARIANCE)[c];
            if (training) {
                double sum = 0;
                double squares = 0;
                for (int i = 0; i < x.length; i++) {
                    if (i / plane % dims.channels() == c) {
                        sum += x[i];
                        squares += x[i] * x[i];
                    }
                }
                mean = sum / (batch * plane);
                variance = squares / (batch * plane) - mean * mean;
            }
            double scale =
                    weights.get(op, Role.WEIGHT)[c] / Math.sqrt(variance + Op.BatchNorm.EPSILON);
            for (int i = 0; i < x.length; i++) {
                if (i / plane % dims.channels() == c) {
                    y[i] = (x[i] - mean) * scale + weights.get(op, Role.BIAS)[c];
                }
            }
        }
        return y;
    }

    private static double[] relu(double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.max(x[i], 0);
        }
        return y;
    }

    private static double[] sum(double[] a, double[] b) {
        double[] y = new double[a.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = a[i] + b[i];
        }
        return y;
    }

    private double[] pool(Op.MaxPool p, Dims in, Dims out, double[] x) {
        double[] y = new double[batch * out.size()];
        for (int i = 0; i < y.length; i++) {
            int plane = i / (out.height() * out.width());
            double largest = Double.NEGATIVE_INFINITY;
            for (int tap = 0; tap < p.kernel() * p.kernel(); tap++) {
                int h =
                        i / out.width() % out.height() * p.stride()
                                - p.padding()
                                + tap / p.kernel();
                int w = i % out.width() * p.stride() - p.padding() + tap % p.kernel();
                if (h >= 0 && h < in.height() && w >= 0 && w < in.width()) {
                    largest = Math.max(largest, x[(plane * in.height() + h) * in.width() + w]);
                }
            }
            y[i] = largest;
        }
        return y;
    }

    private double[] average(Dims in, double[] x) {
        int plane = in.height() * in.width();
        double[] y = new double[batch * in.channels()];
        for (int i = 0; i < x.length; i++) {
            y[i / plane] += x[i] / plane;
        }
        return y;
    }
}
