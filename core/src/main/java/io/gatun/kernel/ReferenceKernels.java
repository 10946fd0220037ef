/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The kernels in plain Java, computed in double and rounded once: the reference that every native
 * kernel is tested against, one side of the native-versus-Java benchmarks, and the fall-back where
 * no native library exists. Written to be read, not to be fast; one thread.
 */
public final class ReferenceKernels implements Kernels {
    @Override
    public String name() {
        return "java";
    }

    static float at(MemorySegment s, long i) {
        return s.getAtIndex(JAVA_FLOAT, i);
    }

    static void put(MemorySegment s, long i, double value) {
        s.setAtIndex(JAVA_FLOAT, i, (float) value);
    }

    /**
     * What happens at one position of an iteration space; a, b, y are positions in the operands.
     */
    private interface Body {
        void at(long a, long b, long y);
    }

    private static void each(Nd nd, Body body) {
        long[] index = new long[nd.shape().length];
        long a = 0;
        long b = 0;
        long y = 0;
        for (long i = nd.size(); i > 0; i--) {
            body.at(a, b, y);
            for (int d = index.length - 1; d >= 0; d--) {
                a += nd.strideA()[d];
                b += nd.strideB()[d];
                y += nd.strideY()[d];
                if (++index[d] < nd.shape()[d]) {
                    break;
                }
                index[d] = 0;
                a -= nd.strideA()[d] * nd.shape()[d];
                b -= nd.strideB()[d] * nd.shape()[d];
                y -= nd.strideY()[d] * nd.shape()[d];
            }
        }
    }

    @Override
    public void unary(
            Unary op, Nd nd, float p, float q, MemorySegment a, MemorySegment y, int threads) {
        if (op == Unary.COPY) { // bit by bit: int32 elements pass too
            each(nd, (ia, ib, iy) -> y.setAtIndex(JAVA_INT, iy, a.getAtIndex(JAVA_INT, ia)));
            return;
        }
        each(nd, (ia, ib, iy) -> put(y, iy, apply(op, at(a, ia), p, q)));
    }

    private static double apply(Unary op, double x, double p, double q) {
        return switch (op) {
            case COPY -> x;
            case NEG -> -x;
            case ABS -> Math.abs(x);
            case SQUARE -> x * x;
            case SQRT -> Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case RELU -> Math.max(x, 0);
            case AFFINE -> p * x + q;
            case CLAMP -> Math.min(Math.max(x, p), q);
            default -> ReferenceFunctions.apply(op, x, p, q);
        };
    }

    @Override
    public void binary(
            Binary op, Nd nd, MemorySegment a, MemorySegment b, MemorySegment y, int threads) {
        each(nd, (ia, ib, iy) -> put(y, iy, apply(op, at(a, ia), at(b, ib))));
    }

    private static double apply(Binary op, double a, double b) {
        return switch (op) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAXIMUM -> Math.max(a, b);
            case MINIMUM -> Math.min(a, b);
            case RELU_GRAD -> a > 0 ? b : 0;
            case SIGMOID_GRAD -> b * a * (1 - a);
            case TANH_GRAD -> b * (1 - a * a);
            case GREATER -> a > b ? 1 : 0;
            case EQUAL -> a == b ? 1 : 0;
            case ADD_RELU -> Math.max(a + b, 0);
            default -> b * ReferenceFunctions.slope(op, a);
        };
    }

    @Override
    public void reduce(Reduction op, Nd nd, MemorySegment a, MemorySegment y, int threads) {
        int rank = nd.shape().length;
        long[] keptShape = new long[rank];
        long[] reducedShape = new long[rank];
        for (int i = 0; i < rank; i++) {
            boolean reduced = nd.strideY()[i] == 0;
            keptShape[i] = reduced ? 1 : nd.shape()[i];
            reducedShape[i] = reduced ? nd.shape()[i] : 1;
        }
        Nd kept = new Nd(keptShape, nd.strideA(), nd.strideB(), nd.strideY());
        Nd inner = new Nd(reducedShape, nd.strideA(), nd.strideB(), nd.strideY());
        double start =
                op == Reduction.MAX
                        ? Double.NEGATIVE_INFINITY
                        : op == Reduction.MIN ? Double.POSITIVE_INFINITY : 0;
        double[] total = new double[1];
        each(
                kept,
                (ia, ib, iy) -> {
                    total[0] = start;
                    each(
                            inner,
                            (ja, jb, jy) -> {
                                double x = at(a, ia + ja);
                                total[0] =
                                        switch (op) {
                                            case SUM -> total[0] + x;
                                            case SUM_SQUARES -> total[0] + x * x;
                                            case MAX -> Math.max(total[0], x);
                                            case MIN -> Math.min(total[0], x);
                                        };
                            });
                    put(y, iy, total[0]);
                });
    }

    @Override
    public void fill(long n, float value, MemorySegment y, int threads) {
        for (long i = 0; i < n; i++) {
            put(y, i, value);
        }
    }

    @Override
    public long firstNan(long n, MemorySegment a) {
        for (long i = 0; i < n; i++) {
            if (Float.isNaN(at(a, i))) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void gatherBytes(
            long rows,
            long rowSize,
            @Nullable MemorySegment index,
            float scale,
            float shift,
            MemorySegment src,
            MemorySegment y,
            int threads) {
        for (long r = 0; r < rows; r++) {
            long from = (index == null ? r : index.getAtIndex(JAVA_LONG, r)) * rowSize;
            for (long i = 0; i < rowSize; i++) {
                put(
                        y,
                        r * rowSize + i,
                        (double) scale * (src.get(JAVA_BYTE, from + i) & 0xff) + shift);
            }
        }
    }

    static double activate(Activation activation, double x) {
        return activation == Activation.RELU ? Math.max(x, 0) : x;
    }

    @Override
    public void matmul(
            Gemm g,
            MemorySegment a,
            MemorySegment b,
            @Nullable MemorySegment bias,
            MemorySegment c,
            int threads) {
        double[] row = new double[g.n()];
        for (int i = 0; i < g.m(); i++) {
            for (int j = 0; j < g.n(); j++) {
                long at = (long) i * g.ldc() + j;
                row[j] =
                        (g.beta() == 0 ? 0 : (double) g.beta() * at(c, at))
                                + (bias == null ? 0 : at(bias, j));
            }
            for (int p = 0; p < g.k(); p++) {
                double x = at(a, g.transposeA() ? (long) p * g.lda() + i : (long) i * g.lda() + p);
                for (int j = 0; j < g.n(); j++) {
                    row[j] +=
                            x
                                    * at(
                                            b,
                                            g.transposeB()
                                                    ? (long) j * g.ldb() + p
                                                    : (long) p * g.ldb() + j);
                }
            }
            for (int j = 0; j < g.n(); j++) {
                put(c, (long) i * g.ldc() + j, activate(g.activation(), row[j]));
            }
        }
    }

    @Override
    public void reluBiasBackward(
            long m,
            long n,
            MemorySegment y,
            MemorySegment dy,
            MemorySegment dz,
            MemorySegment dbias,
            int threads) {
        for (long j = 0; j < n; j++) {
            double sum = 0;
            for (long i = 0; i < m; i++) {
                double kept = at(y, i * n + j) > 0 ? at(dy, i * n + j) : 0;
                put(dz, i * n + j, kept);
                sum += kept;
            }
            put(dbias, j, sum);
        }
    }

    @Override
    public boolean conv2dSupports(Conv2d conv, ConvPass pass, ConvAlgorithm algorithm) {
        return algorithm == ConvAlgorithm.IM2COL;
    }

    @Override
    public ConvAlgorithm conv2dAlgorithm(Conv2d conv, ConvPass pass, int threads) {
        return ConvAlgorithm.IM2COL;
    }

    @Override
    public long conv2dPackedBytes(Conv2d conv, int threads) {
        return 0;
    }

    @Override
    public void conv2dPack(Conv2d conv, MemorySegment w, MemorySegment packed, int threads) {}

    @Override
    public long conv2dWorkspace(Conv2d conv, ConvPass pass, int threads) {
        return 0;
    }

    static double[] doubles(MemorySegment s, long n) {
        double[] out = new double[Math.toIntExact(n)];
        for (int i = 0; i < out.length; i++) {
            out[i] = at(s, i);
        }
        return out;
    }

    static void store(double[] from, MemorySegment to) {
        for (int i = 0; i < from.length; i++) {
            put(to, i, from[i]);
        }
    }

    @Override
    public void conv2dForward(
            Conv2d c,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            @Nullable MemorySegment residual,
            MemorySegment y,
            MemorySegment workspace,
            int threads) {
        ReferenceConvolution.forward(c, x, w, bias, residual, y);
    }

    @Override
    public void conv2dBackwardInput(
            Conv2d c,
            MemorySegment dy,
            MemorySegment w,
            MemorySegment dx,
            MemorySegment workspace,
            int threads) {
        double[] zeros = new double[Math.toIntExact(ReferenceConvolution.inputSize(c))];
        ReferenceConvolution.addInputGradient(c, dy, w, zeros, dx);
    }

    @Override
    public boolean conv2dAdds(Conv2d conv, int threads) {
        return true;
    }

    @Override
    public void conv2dBackwardInputAdd(
            Conv2d c,
            MemorySegment dy,
            MemorySegment w,
            MemorySegment dx,
            MemorySegment workspace,
            int threads) {
        double[] before = doubles(dx, ReferenceConvolution.inputSize(c));
        ReferenceConvolution.addInputGradient(c, dy, w, before, dx);
    }

    @Override
    public void conv2dBackwardWeight(
            Conv2d c,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment dw,
            @Nullable MemorySegment dbias,
            MemorySegment workspace,
            int threads) {
        ReferenceConvolution.weightGradient(c, x, dy, dw, dbias);
    }

    @Override
    public void maxPool2dForward(
            Pool2d p,
            MemorySegment x,
            MemorySegment y,
            @Nullable MemorySegment winners,
            int threads) {
        long out = 0;
        for (int n = 0; n < p.batch(); n++) {
            for (int oy = 0; oy < p.outHeight(); oy++) {
                for (int ox = 0; ox < p.outWidth(); ox++) {
                    for (int c = 0; c < p.channels(); c++, out++) {
                        float best = Float.NEGATIVE_INFINITY;
                        int winner = -1;
                        for (int k = 0;
                                k < p.kernelHeight() * p.kernelWidth() && !Float.isNaN(best);
                                k++) {
                            long at = input(p, n, oy, ox, c, k);
                            if (at < 0) {
                                continue;
                            }
                            float value = at(x, at);
                            if (winner < 0 || value > best || Float.isNaN(value)) {
                                best = value;
                                winner = k;
                            }
                        }
                        put(y, out, best);
                        if (winners != null && p.indexBytes() == 1) {
                            winners.set(JAVA_BYTE, out, (byte) winner);
                        } else if (winners != null) {
                            winners.setAtIndex(JAVA_INT, out, winner);
                        }
                    }
                }
            }
        }
    }

    /** Where the k-th position of a window lies in the input; -1 in the padding. */
    private static long input(Pool2d p, int n, int oy, int ox, int c, int k) {
        int iy = oy * p.strideHeight() - p.padTop() + k / p.kernelWidth();
        int ix = ox * p.strideWidth() - p.padLeft() + k % p.kernelWidth();
        return iy < 0 || iy >= p.inHeight() || ix < 0 || ix >= p.inWidth()
                ? -1
                : (((long) n * p.inHeight() + iy) * p.inWidth() + ix) * p.channels() + c;
    }

    @Override
    public void maxPool2dBackward(
            Pool2d p, MemorySegment dy, MemorySegment winners, MemorySegment dx, int threads) {
        double[] sum =
                new double
                        [Math.toIntExact(
                                (long) p.batch() * p.inHeight() * p.inWidth() * p.channels())];
        long out = 0;
        for (int n = 0; n < p.batch(); n++) {
            for (int oy = 0; oy < p.outHeight(); oy++) {
                for (int ox = 0; ox < p.outWidth(); ox++) {
                    for (int c = 0; c < p.channels(); c++, out++) {
                        int k =
                                p.indexBytes() == 1
                                        ? winners.get(JAVA_BYTE, out) & 0xff
                                        : winners.getAtIndex(JAVA_INT, out);
                        sum[(int) input(p, n, oy, ox, c, k)] += at(dy, out);
                    }
                }
            }
        }
        store(sum, dx);
    }

    @Override
    public boolean conv2dPools(Conv2d conv, Pool2d pool, int threads) {
        return true;
    }

    @Override
    public void conv2dPooledForward(
            Conv2d conv,
            Pool2d pool,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            MemorySegment y,
            @Nullable MemorySegment winners,
            MemorySegment workspace,
            int threads) {
        MemorySegment between =
                MemorySegment.ofArray(
                        new float[Math.toIntExact(ReferenceConvolution.outputSize(conv))]);
        conv2dForward(conv, x, w, bias, null, between, workspace, threads);
        maxPool2dForward(pool, between, y, winners, threads);
    }

    @Override
    public long conv2dPooledWorkspace(Conv2d conv, Pool2d pool, int threads) {
        return 0;
    }

    @Override
    public void conv2dPooledBackwardWeight(
            Conv2d conv,
            Pool2d pool,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment winners,
            MemorySegment dw,
            MemorySegment workspace,
            int threads) {
        MemorySegment between =
                MemorySegment.ofArray(
                        new float[Math.toIntExact(ReferenceConvolution.outputSize(conv))]);
        maxPool2dBackward(pool, dy, winners, between, threads);
        conv2dBackwardWeight(conv, x, between, dw, null, workspace, threads);
    }

    @Override
    public long batchNormWorkspace(BatchNorm norm, int threads) {
        return 0;
    }

    @Override
    public void batchNormStatistics(
            BatchNorm norm,
            MemorySegment x,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment workspace,
            int threads) {
        ReferenceNormalization.statistics(norm, x, mean, variance);
    }

    @Override
    public void batchNormApply(
            BatchNorm norm,
            MemorySegment x,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            @Nullable MemorySegment residual,
            MemorySegment y,
            MemorySegment workspace,
            int threads) {
        ReferenceNormalization.apply(norm, x, mean, variance, gamma, beta, residual, y);
    }

    @Override
    public void batchNormAffine(
            BatchNorm norm,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            MemorySegment affine,
            int threads) {
        ReferenceNormalization.affine(norm, mean, variance, gamma, beta, affine);
    }

    @Override
    public boolean conv2dNormalizes(Conv2d conv, int threads) {
        return true;
    }

    @Override
    public void conv2dNormalizedForward(
            Conv2d conv,
            MemorySegment affine,
            MemorySegment x,
            MemorySegment w,
            @Nullable MemorySegment bias,
            MemorySegment y,
            MemorySegment workspace,
            int threads) {
        conv2dForward(
                conv,
                ReferenceNormalization.normalized(
                        affine, x, ReferenceConvolution.inputSize(conv), conv.inChannels()),
                w,
                bias,
                null,
                y,
                workspace,
                threads);
    }

    @Override
    public void conv2dNormalizedBackwardWeight(
            Conv2d conv,
            MemorySegment affine,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment dw,
            @Nullable MemorySegment dbias,
            MemorySegment workspace,
            int threads) {
        conv2dBackwardWeight(
                conv,
                ReferenceNormalization.normalized(
                        affine, x, ReferenceConvolution.inputSize(conv), conv.inChannels()),
                dy,
                dw,
                dbias,
                workspace,
                threads);
    }

    @Override
    public void batchNormBackward(
            BatchNorm norm,
            MemorySegment x,
            @Nullable MemorySegment y,
            MemorySegment dy,
            MemorySegment mean,
            MemorySegment variance,
            MemorySegment gamma,
            MemorySegment beta,
            @Nullable MemorySegment dx,
            MemorySegment dgamma,
            MemorySegment dbeta,
            @Nullable MemorySegment dresidual,
            MemorySegment workspace,
            int threads) {
        ReferenceNormalization.backward(
                norm, x, y, dy, mean, variance, gamma, beta, dx, dgamma, dbeta, dresidual);
    }

    @Override
    public long groupNormWorkspace(GroupNorm norm, int threads) {
        return 0;
    }

    @Override
    public void groupNormForward(
            GroupNorm norm,
            MemorySegment x,
            MemorySegment gamma,
            MemorySegment beta,
            MemorySegment y,
            MemorySegment mean,
            MemorySegment inverse,
            MemorySegment workspace,
            int threads) {
        ReferenceGroupNorm.forward(norm, x, gamma, beta, y, mean, inverse);
    }

    @Override
    public void groupNormBackward(
            GroupNorm norm,
            MemorySegment x,
            MemorySegment dy,
            MemorySegment gamma,
            MemorySegment mean,
            MemorySegment inverse,
            MemorySegment dx,
            MemorySegment dgamma,
            MemorySegment dbeta,
            MemorySegment workspace,
            int threads) {
        ReferenceGroupNorm.backward(norm, x, dy, gamma, mean, inverse, dx, dgamma, dbeta);
    }

    @Override
    public void softmax(
            long rows, long cols, boolean log, MemorySegment x, MemorySegment y, int threads) {
        for (long r = 0; r < rows; r++) {
            double max = rowMax(x, r, cols);
            double sum = rowSum(x, r, cols, max);
            for (long i = r * cols; i < (r + 1) * cols; i++) {
                double shifted = at(x, i) - max;
                put(y, i, log ? shifted - Math.log(sum) : Math.exp(shifted) / sum);
            }
        }
    }

    private static double rowMax(MemorySegment x, long row, long cols) {
        double max = Double.NEGATIVE_INFINITY;
        for (long i = row * cols; i < (row + 1) * cols; i++) {
            max = Math.max(max, at(x, i));
        }
        return max;
    }

    private static double rowSum(MemorySegment x, long row, long cols, double max) {
        double sum = 0;
        for (long i = row * cols; i < (row + 1) * cols; i++) {
            sum += Math.exp(at(x, i) - max);
        }
        return sum;
    }

    @Override
    public void crossEntropyForward(
            long rows,
            long cols,
            MemorySegment x,
            MemorySegment label,
            MemorySegment loss,
            @Nullable MemorySegment probabilities,
            int threads) {
        for (long r = 0; r < rows; r++) {
            double max = rowMax(x, r, cols);
            double sum = rowSum(x, r, cols, max);
            put(loss, r, max + Math.log(sum) - at(x, r * cols + label.getAtIndex(JAVA_INT, r)));
        }
        if (probabilities != null) {
            softmax(rows, cols, false, x, probabilities, threads);
        }
    }

    @Override
    public void crossEntropyBackward(
            long rows,
            long cols,
            float scale,
            MemorySegment probabilities,
            MemorySegment label,
            MemorySegment dx,
            int threads) {
        for (long r = 0; r < rows; r++) {
            for (long i = 0; i < cols; i++) {
                double onehot = label.getAtIndex(JAVA_INT, r) == i ? 1 : 0;
                put(dx, r * cols + i, scale * (at(probabilities, r * cols + i) - onehot));
            }
        }
    }

    @Override
    public void optimize(Optimizer o, Update u, int threads) {
        ReferenceOptimizer.optimize(o, u);
    }
}
