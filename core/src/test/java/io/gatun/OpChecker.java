/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Checks one operation: the shape and value of its result against doubles, every gradient against
 * central differences of the doubles, second derivatives against mixed differences, and forward
 * mode against reverse mode, for inputs of many memory layouts, with each instruction set, on one
 * to three threads.
 */
final class OpChecker {
    /** Half a unit in the last place of a float near 1. */
    static final double ROUNDING = 0x1p-24;

    private static final double STEP = 1e-4;
    private static final int SAMPLES = 40;
    private static final int LAYOUTS = 5;

    private final OpCase op;
    private final SplittableRandom random;
    private final NdArray[] values;
    private final NdArray expected;
    private final NdArray seed;
    private final int[][] samples;
    private final double[][] slopes;
    private NdArray @Nullable [] u;
    private NdArray @Nullable [] v;
    private double curvature;
    private boolean curvatureExists;
    private int kinks;
    private int sampled;

    private OpChecker(OpCase op, long seed) {
        this.op = op;
        this.random = new SplittableRandom(seed);
        this.values = new NdArray[op.inputs().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = draw(op.inputs()[i]);
        }
        this.expected = op.reference().apply(values);
        this.seed = draw(OpCase.Input.of(expected.shape));
        this.samples = new int[values.length][];
        this.slopes = new double[values.length][];
        for (int i = 0; i < values.length; i++) {
            if (op.inputs()[i].differentiable()) {
                differentiate(i);
            }
        }
        if (kinks > sampled / 4) {
            op.fail(kinks + " of " + sampled + " derivatives do not exist: choose other inputs");
        }
    }

    /** Runs all checks. */
    static void check(OpCase op, long seed) {
        OpChecker checker = new OpChecker(op, seed);
        InstructionSets.forEach(isa -> {
            for (int layout = 0; layout < LAYOUTS; layout++) {
                checker.run(isa, layout);
            }
        });
    }

    private NdArray draw(OpCase.Input input) {
        int n = NdArray.size(input.shape());
        double[] out = new double[n];
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        double width = input.high() - input.low();
        for (int i = 0; i < n; i++) {
            double even = input.low() + width * random.nextDouble();
            out[i] =
                    switch (input.draw()) {
                        case EVEN -> even;
                        case AWAY_FROM_ZERO -> even + Math.copySign(width / 50, even);
                        case DISTINCT -> input.low() + width * (order[i] + 0.5) / n;
                    };
            out[i] = (float) out[i];
        }
        return new NdArray(input.shape(), out);
    }

    /** The number whose gradient the tape computes: the result weighted with the seed. */
    private double weighted() {
        NdArray y = op.reference().apply(values);
        double sum = 0;
        for (int i = 0; i < y.data.length; i++) {
            sum += y.data[i] * seed.data[i];
        }
        return sum;
    }

    private void differentiate(int input) {
        double[] x = values[input].data;
        int n = Math.min(x.length, SAMPLES);
        int[] at = new int[n];
        double[] slope = new double[n];
        for (int s = 0; s < n; s++) {
            // The ends and some in between: tails of vector loops are at the end.
            at[s] =
                    x.length <= SAMPLES || s < 2
                            ? s
                            : s < 18 ? x.length - 1 - (s - 2) : random.nextInt(x.length);
            double wide = slope(x, at[s], STEP);
            double narrow = slope(x, at[s], STEP / 2);
            slope[s] = (4 * narrow - wide) / 3;
            sampled++;
            if (Math.abs(wide - narrow) > tolerance(slope[s]) / 4) {
                slope[s] = Double.NaN; // a kink lies between: no derivative to compare with
                kinks++;
            }
        }
        samples[input] = at;
        slopes[input] = slope;
    }

    private double slope(double[] x, int at, double step) {
        double before = x[at];
        x[at] = before + step;
        double up = weighted();
        x[at] = before - step;
        double down = weighted();
        x[at] = before;
        return (up - down) / (2 * step);
    }

    private double tolerance(double slope) {
        return ROUNDING * (128 + 4 * op.terms()) * Math.max(1, Math.abs(slope));
    }

    private void run(String isa, int layout) {
        int threads = 1 + layout % 3;
        String where = isa + ", " + threads + " threads, layout " + layout + ": ";
        try (Scope outer = Scope.open(threads)) {
            Tensor[] inputs = new Tensor[values.length];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = TestTensors.laidOut(values[i], layout == 4 ? i + 1 : layout);
            }
            compare(where + "value", expected, op.op().apply(inputs), op.terms());
            try (Tape tape = Tape.open()) {
                Tensor y = op.op().apply(inputs);
                compare(where + "value on a tape", expected, y, op.terms());
                compareGradients(where, inputs, layout, tape, y);
            }
            if (op.twice() && (layout == 0 || layout == 3)) {
                compareSecondDerivative(where, inputs);
            }
            assertEquals(where + "scope left open", outer, Scope.current());
        }
    }

    private void compareGradients(String where, Tensor[] inputs, int layout, Tape tape, Tensor y) {
        Tensor[] targets = new Tensor[inputs.length];
        int n = 0;
        for (int i = 0; i < inputs.length; i++) {
            if (slopes[i] != null) {
                targets[n++] = inputs[i];
            }
        }
        if (n == 0) {
            return;
        }
        Tensor weights = TestTensors.laidOut(seed, (layout + 2) % 4);
        Gradients gradients = tape.vjp(y, weights, Arrays.copyOf(targets, n));
        for (int i = 0; i < inputs.length; i++) {
            if (slopes[i] == null) {
                continue;
            }
            Tensor gradient = gradients.of(inputs[i]);
            assertEquals(where + "gradient's shape", inputs[i].shape(), gradient.shape());
            float[] got = gradient.toFloatArray();
            for (int s = 0; s < slopes[i].length; s++) {
                double want = slopes[i][s];
                double is = got[samples[i][s]];
                double tolerance = tolerance(want);
                if (!Double.isNaN(want) && !(Math.abs(is - want) <= tolerance)) {
                    op.fail(
                            where
                                    + "gradient by input "
                                    + i
                                    + " at "
                                    + samples[i][s]
                                    + " is "
                                    + is
                                    + ", central difference "
                                    + want
                                    + ", tolerance "
                                    + tolerance);
                }
            }
        }
        compareWithForwardMode(where, tape, y, weights, gradients, Arrays.copyOf(targets, n));
    }

    /** A direction in which the differentiable inputs move. */
    private NdArray[] direction() {
        NdArray[] all = new NdArray[values.length];
        for (int i = 0; i < all.length; i++) {
            OpCase.Input in = op.inputs()[i];
            all[i] =
                    in.differentiable()
                            ? draw(OpCase.Input.of(in.shape()))
                            : NdArray.build(in.shape(), at -> 0);
        }
        return all;
    }

    private double moved(NdArray[] u, double alongU, NdArray[] v, double alongV) {
        NdArray[] at = new NdArray[values.length];
        for (int i = 0; i < at.length; i++) {
            double[] x = values[i].data.clone();
            for (int j = 0; j < x.length; j++) {
                x[j] += alongU * u[i].data[j] + alongV * v[i].data[j];
            }
            at[i] = new NdArray(values[i].shape, x);
        }
        NdArray y = op.reference().apply(at);
        double sum = 0;
        for (int i = 0; i < y.data.length; i++) {
            sum += y.data[i] * seed.data[i];
        }
        return sum;
    }

    private double mixed(NdArray[] u, NdArray[] v, double step) {
        return (moved(u, step, v, step)
                        - moved(u, step, v, -step)
                        - moved(u, -step, v, step)
                        + moved(u, -step, v, -step))
                / (4 * step * step);
    }

    /** Differentiates the gradient's product with u again, and compares with differences. */
    private void compareSecondDerivative(String where, Tensor[] inputs) {
        if (u == null) {
            u = direction();
            v = direction();
            double wide = mixed(u, v, 2e-4);
            curvature = mixed(u, v, 1e-4);
            curvatureExists = Math.abs(wide - curvature) <= 1e-4 * Math.max(1, Math.abs(wide));
        }
        Tensor[] targets = new Tensor[inputs.length];
        Tensor[] along = new Tensor[inputs.length];
        Tensor[] moves = new Tensor[inputs.length];
        int n = 0;
        for (int i = 0; i < inputs.length; i++) {
            if (op.inputs()[i].differentiable()) {
                along[n] = TestTensors.of(u[i]);
                moves[n] = TestTensors.of(v[i]);
                targets[n++] = inputs[i];
            }
        }
        if (n == 0) {
            return;
        }
        targets = Arrays.copyOf(targets, n);
        try (Tape tape = Tape.open()) {
            Tensor y = op.op().apply(inputs);
            Tensor weights = TestTensors.of(seed);
            Gradients first = tape.recordedVjp(y, weights, targets);
            Tensor product = Tensor.scalar(0).mul(1);
            for (int i = 0; i < n; i++) {
                product = product.add(first.of(targets[i]).mul(along[i]).sum());
            }
            Gradients second = tape.gradients(product, targets);
            double got = 0;
            double size = 1;
            for (int i = 0, at = 0; i < inputs.length; i++) {
                if (op.inputs()[i].differentiable()) {
                    float[] g = second.of(targets[at++]).toFloatArray();
                    for (int j = 0; j < g.length; j++) {
                        got += g[j] * v[i].data[j];
                        size += Math.abs(g[j] * v[i].data[j]);
                    }
                }
            }
            double tolerance = (ROUNDING * (512 + 16 * op.terms()) + 1e-4) * size;
            // The same by a walk forward over the walk back: what the rules of rules are for.
            double forward = tape.jvp(product, targets, Arrays.copyOf(moves, n)).item();
            if (!(Math.abs(forward - got) <= tolerance)) {
                op.fail(
                        where
                                + "second derivative: "
                                + got
                                + " by two walks back, "
                                + forward
                                + " by one back and one forward, tolerance "
                                + tolerance);
            }
            if (curvatureExists && !(Math.abs(got - curvature) <= tolerance)) {
                op.fail(
                        where
                                + "second derivative: "
                                + got
                                + ", mixed difference "
                                + curvature
                                + ", tolerance "
                                + tolerance);
            }
            compareLinearity(where, tape, product, weights, Arrays.copyOf(along, n));
        }
    }

    /**
     * The product w J u is linear in w and in u, so its derivative by either along itself is the
     * product again: for the rules of a gradient's own gradient, of which no difference of the
     * function tells anything.
     */
    private void compareLinearity(
            String where, Tape tape, Tensor product, Tensor weights, Tensor[] along) {
        Tensor[] w = {weights};
        Tensor tangent = tape.recordedVjp(product, null, weights).of(weights); // J u
        Tensor again = tangent.mul(weights.detach()).sum();
        Gradients byAlong = tape.gradients(again, along);
        double reverse = 0;
        double size = 1 + tangent.mul(weights).abs().sum().item();
        for (Tensor u : along) {
            Tensor share = byAlong.of(u).mul(u);
            reverse += share.sum().item();
            size += share.abs().sum().item();
        }
        double[] found = {
            tape.jvp(product, w, w).item(),
            again.item(),
            tape.jvp(again, along, along).item(),
            reverse
        };
        double want = product.item();
        double tolerance = (ROUNDING * (512 + 16 * op.terms()) + 1e-4) * size;
        for (double is : found) {
            if (!(Math.abs(is - want) <= tolerance)) {
                op.fail(
                        where
                                + "second derivative: the product w J u is "
                                + want
                                + ", its derivatives by w and u along themselves are "
                                + Arrays.toString(found)
                                + ", tolerance "
                                + tolerance);
            }
        }
    }

    /** Of one Jacobian J: u (J v), by forward mode, is (u J) v, by reverse mode. */
    private void compareWithForwardMode(
            String where,
            Tape tape,
            Tensor y,
            Tensor weights,
            Gradients gradients,
            Tensor[] targets) {
        Tensor[] vectors = new Tensor[targets.length];
        double reverse = 0;
        double size = 1;
        for (int i = 0; i < targets.length; i++) {
            int[] shape =
                    Arrays.stream(targets[i].shape().toArray()).mapToInt(d -> (int) d).toArray();
            NdArray v = draw(OpCase.Input.of(shape));
            vectors[i] = TestTensors.laidOut(v, i % 4);
            float[] g = gradients.of(targets[i]).toFloatArray();
            for (int j = 0; j < g.length; j++) {
                reverse += g[j] * v.data[j];
                size += Math.abs(g[j] * v.data[j]);
            }
        }
        Tensor moved = tape.jvp(y, targets, vectors);
        assertEquals(where + "tangent's shape", y.shape(), moved.shape());
        float[] tangent = moved.toFloatArray();
        float[] u = weights.toFloatArray();
        double forward = 0;
        for (int i = 0; i < u.length; i++) {
            forward += (double) u[i] * tangent[i];
            size += Math.abs((double) u[i] * tangent[i]);
        }
        double tolerance = ROUNDING * (128 + 4 * op.terms()) * size;
        if (!(Math.abs(forward - reverse) <= tolerance)) {
            op.fail(
                    where
                            + "JVP-VJP dot product: "
                            + forward
                            + " by forward mode, "
                            + reverse
                            + " by reverse mode, tolerance "
                            + tolerance);
        }
    }

    private void compare(String where, NdArray want, Tensor got, int terms) {
        assertEquals(where + " shape", Shape.of(OpCase.longs(want.shape)), got.shape());
        float[] is = got.toFloatArray();
        for (int i = 0; i < is.length; i++) {
            double w = want.data[i];
            double tolerance = ROUNDING * (16 + 2 * terms) * Math.max(1, Math.abs(w));
            if (!(Math.abs(is[i] - w) <= tolerance)) {
                op.fail(
                        where
                                + " at "
                                + i
                                + " is "
                                + is[i]
                                + ", in doubles "
                                + w
                                + ", tolerance "
                                + tolerance);
            }
        }
    }

    private void assertEquals(String what, Object want, Object got) {
        if (!want.equals(got)) {
            op.fail(what + ": expected " + want + ", got " + got);
        }
    }
}
