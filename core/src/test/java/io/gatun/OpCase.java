/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.function.Function;
import org.junit.jupiter.api.Assertions;

/**
 * One operation on inputs of given shapes and ranges, and the same in double precision.
 *
 * @param name what failures call it
 * @param op the operation on tensors
 * @param reference the same on doubles
 * @param terms length of the longest sum, forward or backward: the tolerance follows from it
 * @param expandable whether the inputs may also be repeated views (not where ties have no gradient)
 * @param twice whether it can be differentiated twice
 * @param inputs what goes in
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two cases
record OpCase(
        String name,
        Function<Tensor[], Tensor> op,
        Function<NdArray[], NdArray> reference,
        int terms,
        boolean expandable,
        boolean twice,
        Input... inputs) {

    /** How the elements of an input are drawn. */
    enum Draw {
        /** Evenly from the range. */
        EVEN,
        /** Evenly from the range, but not near 0, where the operation has a kink. */
        AWAY_FROM_ZERO,
        /**
         * All different by more than a central difference moves them: the order is never in doubt.
         */
        DISTINCT
    }

    /** Shape and range of an input, and whether it is differentiated by. */
    @SuppressWarnings("ArrayRecordComponent")
    record Input(Draw draw, double low, double high, boolean differentiable, int... shape) {
        static Input of(double low, double high, int... shape) {
            return new Input(Draw.EVEN, low, high, true, shape);
        }

        static Input of(int... shape) {
            return of(-1, 1, shape);
        }

        Input with(Draw other) {
            return new Input(other, low, high, differentiable, shape);
        }

        Input constant() {
            return new Input(draw, low, high, false, shape);
        }

        @Override
        public String toString() {
            return java.util.Arrays.toString(shape);
        }
    }

    static OpCase of(
            String name,
            int terms,
            Function<Tensor[], Tensor> op,
            Function<NdArray[], NdArray> reference,
            Input... inputs) {
        return new OpCase(name, op, reference, terms, true, true, inputs);
    }

    OpCase notExpandable() {
        return new OpCase(name, op, reference, terms, false, twice, inputs);
    }

    OpCase notTwice() {
        return new OpCase(name, op, reference, terms, expandable, false, inputs);
    }

    /** The same operation on inputs whose outermost dimension repeats one element; null if none. */
    OpCase expanded() {
        Input[] narrow = inputs.clone();
        boolean any = false;
        for (int i = 0; i < narrow.length; i++) {
            int[] shape = narrow[i].shape().clone();
            if (shape.length > 0 && shape[0] > 1) {
                shape[0] = 1;
                any = true;
            }
            Input in = inputs[i];
            narrow[i] = new Input(in.draw(), in.low(), in.high(), in.differentiable(), shape);
        }
        if (!any || !expandable) {
            return null;
        }
        int longest = 1;
        for (Input in : inputs) {
            longest = Math.max(longest, in.shape().length == 0 ? 1 : in.shape()[0]);
        }
        Function<Tensor[], Tensor> wide =
                in -> {
                    Tensor[] out = in.clone();
                    for (int i = 0; i < out.length; i++) {
                        out[i] = in[i].expand(Shape.of(longs(inputs[i].shape())));
                    }
                    return op.apply(out);
                };
        Function<NdArray[], NdArray> wideReference =
                in -> {
                    NdArray[] out = in.clone();
                    for (int i = 0; i < out.length; i++) {
                        out[i] = in[i].expand(inputs[i].shape());
                    }
                    return reference.apply(out);
                };
        return new OpCase(
                name + " of repeated", wide, wideReference, terms * longest, false, twice, narrow);
    }

    static long[] longs(int... from) {
        return java.util.Arrays.stream(from).asLongStream().toArray();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name).append(" of");
        for (Input in : inputs) {
            text.append(' ').append(in);
        }
        return text.toString();
    }

    /** Fails with the case's name in front. */
    void fail(String what) {
        Assertions.fail(this + ": " + what);
    }
}
