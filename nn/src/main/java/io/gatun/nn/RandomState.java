/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.InPlace;
import io.gatun.Layout;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Where a layer that draws in training has its randomness from: 64 bits, as four numbers of 16 bits
 * each, that are {@link Layer#state} of the layer. So they come from the seed that {@link
 * Layer#initialize} got, are saved and copied with the model, and no one else's draws change them.
 */
final class RandomState {
    private static final int PIECES = 4;
    private static final String NAME = "random";

    private final Parameter pieces;

    /** Two threads that train one model at once must not draw the same. */
    private final ReentrantLock lock = new ReentrantLock();

    private RandomState(Parameter pieces) {
        this.pieces = pieces;
    }

    /** A state that nobody can foresee, as fresh weights. */
    static RandomState of() {
        return new RandomState(
                Parameter.of(
                        NAME,
                        Layout.contiguous(Shape.of(PIECES)),
                        (shape, fanIn, fanOut, random) -> draw(random),
                        1,
                        1,
                        new SplittableRandom()));
    }

    /** Whether a piece of a model's state is one. */
    static boolean isOne(Parameter state) {
        return state.name().equals(NAME) || state.name().endsWith("." + NAME);
    }

    private static float[] draw(RandomGenerator random) {
        return split(random.nextLong());
    }

    private static float[] split(long bits) {
        float[] values = new float[PIECES];
        for (int i = 0; i < PIECES; i++) {
            values[i] = bits >>> (16 * i) & 0xffff;
        }
        return values;
    }

    /** A source for one pass; the next call gives another one. */
    SplittableRandom next() {
        lock.lock();
        try (Scope _ = Scope.open()) { // no part of the graph
            long seed = 0;
            for (float value : pieces.value().toFloatArray()) {
                seed = seed * 0x9e3779b97f4a7c15L + Float.floatToIntBits(value);
            }
            SplittableRandom random = new SplittableRandom(seed);
            InPlace.copy(pieces.value(), Tensor.of(split(random.nextLong())));
            return random;
        } finally {
            lock.unlock();
        }
    }

    Parameter parameter() {
        return pieces;
    }

    RandomState map(UnaryOperator<Parameter> change) {
        return new RandomState(change.apply(pieces));
    }
}
