/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The first values of a network's parameters, drawn once for all libraries: every one of them
 * starts from the same numbers, so their losses and scores can be compared.
 */
public final class NetWeights {
    /** What an array is to its operation; a batch norm's scale and shift are weight and bias. */
    public enum Role {
        /** Filters [out, in, height, width], a matrix [out, in], or a scale [channels]. */
        WEIGHT,
        /** One value per output channel. */
        BIAS,
        /** Running mean, which is no parameter. */
        MEAN,
        /** Running variance, which is no parameter. */
        VARIANCE
    }

    private final List<Map<Role, float[]>> arrays;

    NetWeights(List<Map<Role, float[]>> arrays) {
        this.arrays = List.copyOf(arrays);
    }

    /**
     * Draws weights that keep the scale of what flows through the network (He et al., 2015), and
     * running statistics away from 0 and 1, which would hide mistakes.
     */
    public static NetWeights random(Net net, long seed) {
        Random random = new Random(seed);
        List<Map<Role, float[]>> arrays = new ArrayList<>();
        for (int i = 0; i < net.ops().size(); i++) {
            Map<Role, float[]> own = new EnumMap<>(Role.class);
            boolean last = i == net.ops().size() - 1;
            switch (net.ops().get(i)) {
                case Op.Conv c -> {
                    int fanIn = c.in() * c.kernel() * c.kernel();
                    double bound = Math.sqrt(6.0 / fanIn);
                    own.put(Role.WEIGHT, uniform(random, c.out() * fanIn, -bound, bound));
                    if (c.bias()) {
                        own.put(Role.BIAS, uniform(random, c.out(), -0.05, 0.05));
                    }
                }
                case Op.Dense d -> {
                    double bound = Math.sqrt((last ? 1.0 : 6.0) / d.in());
                    own.put(Role.WEIGHT, uniform(random, d.out() * d.in(), -bound, bound));
                    own.put(Role.BIAS, uniform(random, d.out(), -0.05, 0.05));
                }
                case Op.BatchNorm n -> {
                    own.put(Role.WEIGHT, uniform(random, n.channels(), 0.8, 1.2));
                    own.put(Role.BIAS, uniform(random, n.channels(), -0.1, 0.1));
                    own.put(Role.MEAN, uniform(random, n.channels(), -0.1, 0.1));
                    own.put(Role.VARIANCE, uniform(random, n.channels(), 0.8, 1.2));
                }
                default -> {}
            }
            arrays.add(own);
        }
        return new NetWeights(arrays);
    }

    private static float[] uniform(Random random, int size, double low, double high) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (low + (high - low) * random.nextDouble());
        }
        return values;
    }

    /** Whether an operation has such an array. */
    public boolean has(int op, Role role) {
        return arrays.get(op).containsKey(role);
    }

    /**
     * An array of an operation, which is not to be changed.
     *
     * @throws IllegalArgumentException if it has none
     */
    public float[] get(int op, Role role) {
        float[] values = arrays.get(op).get(role);
        if (values == null) {
            throw new IllegalArgumentException("operation " + op + " has no " + role);
        }
        return values;
    }

    /** The parameters one after the other: of each operation the weight, then the bias. */
    List<float[]> parameters() {
        return all(Role.WEIGHT, Role.BIAS);
    }

    /** The running statistics: of each batch norm the mean, then the variance. */
    List<float[]> state() {
        return all(Role.MEAN, Role.VARIANCE);
    }

    private List<float[]> all(Role first, Role second) {
        List<float[]> all = new ArrayList<>();
        for (Map<Role, float[]> own : arrays) {
            for (Role role : List.of(first, second)) {
                float[] values = own.get(role);
                if (values != null) {
                    all.add(values);
                }
            }
        }
        return all;
    }
}
