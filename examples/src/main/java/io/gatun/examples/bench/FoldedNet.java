/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.examples.bench.NetWeights.Role;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A network with its weights, each batch norm folded into the convolution before it: what inference
 * engines do when they load a model, for those that do not.
 *
 * @param net the network without batch norm
 * @param weights its weights
 */
public record FoldedNet(Net net, NetWeights weights) {

    /**
     * Folds.
     *
     * @throws IllegalArgumentException if a batch norm does not read a convolution
     */
    public static FoldedNet of(Net net, NetWeights weights) {
        List<Op> ops = new ArrayList<>();
        List<Map<Role, float[]>> arrays = new ArrayList<>();
        int[] moved = new int[net.ops().size()]; // where the result of each operation is now
        for (int i = 0; i < moved.length; i++) {
            Op op = net.ops().get(i);
            if (op instanceof Op.BatchNorm norm) {
                int target = norm.from() == Op.INPUT ? Op.INPUT : moved[norm.from()];
                if (target == Op.INPUT || !(ops.get(target) instanceof Op.Conv conv)) {
                    throw new IllegalArgumentException("nothing to fold operation " + i + " into");
                }
                ops.set(target, withBias(conv));
                arrays.set(target, fold(weights, norm.from(), i));
                moved[i] = target;
            } else {
                ops.add(rewired(op, moved));
                arrays.add(copy(weights, i));
                moved[i] = ops.size() - 1;
            }
        }
        return new FoldedNet(new Net(net.name(), net.input(), ops), new NetWeights(arrays));
    }

    private static Op.Conv withBias(Op.Conv c) {
        return new Op.Conv(c.from(), c.in(), c.out(), c.kernel(), c.stride(), c.padding(), true);
    }

    private static Op rewired(Op op, int[] moved) {
        int from = op.from() == Op.INPUT ? Op.INPUT : moved[op.from()];
        return switch (op) {
            case Op.Conv c ->
                    new Op.Conv(
                            from, c.in(), c.out(), c.kernel(), c.stride(), c.padding(), c.bias());
            case Op.MaxPool p -> new Op.MaxPool(from, p.kernel(), p.stride(), p.padding());
            case Op.BatchNorm n -> new Op.BatchNorm(from, n.channels());
            case Op.Relu _ -> new Op.Relu(from);
            case Op.Add a -> new Op.Add(from, a.other() == Op.INPUT ? Op.INPUT : moved[a.other()]);
            case Op.GlobalAverage _ -> new Op.GlobalAverage(from);
            case Op.Flatten _ -> new Op.Flatten(from);
            case Op.Dense d -> new Op.Dense(from, d.in(), d.out());
        };
    }

    private static Map<Role, float[]> copy(NetWeights weights, int op) {
        Map<Role, float[]> own = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            if (weights.has(op, role)) {
                own.put(role, weights.get(op, role));
            }
        }
        return own;
    }

    private static Map<Role, float[]> fold(NetWeights weights, int conv, int norm) {
        float[] filters = weights.get(conv, Role.WEIGHT).clone();
        int channels = weights.get(norm, Role.WEIGHT).length;
        int each = filters.length / channels;
        float[] bias = new float[channels];
        for (int c = 0; c < channels; c++) {
            double scale =
                    weights.get(norm, Role.WEIGHT)[c]
                            / Math.sqrt(weights.get(norm, Role.VARIANCE)[c] + Op.BatchNorm.EPSILON);
            for (int i = c * each; i < (c + 1) * each; i++) {
                filters[i] = (float) (filters[i] * scale);
            }
            double own = weights.has(conv, Role.BIAS) ? weights.get(conv, Role.BIAS)[c] : 0;
            bias[c] =
                    (float)
                            ((own - weights.get(norm, Role.MEAN)[c]) * scale
                                    + weights.get(norm, Role.BIAS)[c]);
        }
        return new EnumMap<>(Map.of(Role.WEIGHT, filters, Role.BIAS, bias));
    }
}
