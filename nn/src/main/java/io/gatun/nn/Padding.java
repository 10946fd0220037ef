/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How an input is padded with zeros before a convolution (or with nothing that can win, before a
 * max pooling), along each of its axes after the channels.
 */
// No default method here: initialising a subtype must not initialise this interface (and so
// deadlock with it).
@SuppressWarnings("ClassInitializationDeadlock")
public sealed interface Padding {
    /** No padding: the output is smaller than the input by kernel - 1. */
    Padding VALID = new Valid();

    /**
     * The output has ceil(input / stride) rows and columns; where the padding is odd, the larger
     * half is at the end: below and at the right (as in TensorFlow and Keras).
     */
    Padding SAME = new Same();

    /**
     * kernel - 1 zeros on each side (dilation (kernel - 1) with a dilation): every position where
     * kernel and input overlap at all gives an output, input + kernel - 1 of them at stride 1.
     */
    Padding FULL = new Full();

    /**
     * As many zeros as {@link #FULL} before the first element and none after the last: output i of
     * a sequence sees nothing after input i (van den Oord et al., "WaveNet", 2016).
     */
    Padding CAUSAL = new Causal();

    /**
     * Nothing before the first element, and after the last one as much as is needed for every
     * element to be seen: ceil((input - kernel) / stride) + 1 outputs. Caffe's pooling, PyTorch's
     * {@code ceil_mode}.
     */
    Padding CEIL = new Ceil();

    /**
     * Numbers for one axis.
     *
     * @param before zeros before the first element
     * @param after zeros after the last element
     */
    record Sides(int before, int after) {
        /** Checks the numbers. */
        public Sides {
            if (before < 0 || after < 0) {
                throw new IllegalArgumentException(
                        "padding: before = "
                                + before
                                + ", after = "
                                + after
                                + ": neither may be negative");
            }
        }
    }

    /** See {@link Padding#VALID}. */
    record Valid() implements Padding {
        @Override
        public Sides along(int axis, int axes, long size, int span, int stride) {
            return new Sides(0, 0);
        }

        @Override
        public String toString() {
            return "valid";
        }
    }

    /** See {@link Padding#SAME}. */
    record Same() implements Padding {
        @Override
        public Sides along(int axis, int axes, long size, int span, int stride) {
            long outputs = (size + stride - 1) / stride;
            int total = (int) Math.max(0, (outputs - 1) * stride + span - size);
            return new Sides(total / 2, total - total / 2);
        }

        @Override
        public String toString() {
            return "same";
        }
    }

    /** See {@link Padding#FULL}. */
    record Full() implements Padding {
        @Override
        public Sides along(int axis, int axes, long size, int span, int stride) {
            return new Sides(span - 1, span - 1);
        }

        @Override
        public String toString() {
            return "full";
        }
    }

    /** See {@link Padding#CEIL}. */
    record Ceil() implements Padding {
        @Override
        public Sides along(int axis, int axes, long size, int span, int stride) {
            long steps = Math.max(0, (size - span + stride - 1) / stride);
            if (steps * stride >= size) { // a window would see padding alone
                steps--;
            }
            return new Sides(0, (int) Math.max(0, steps * stride + span - size));
        }

        @Override
        public String toString() {
            return "ceil";
        }
    }

    /** See {@link Padding#CAUSAL}. */
    record Causal() implements Padding {
        @Override
        public Sides along(int axis, int axes, long size, int span, int stride) {
            if (axes != 1) {
                throw new IllegalArgumentException(
                        "padding: CAUSAL is for sequences, of one axis after the channels; the input has "
                                + axes);
            }
            return new Sides(span - 1, 0);
        }

        @Override
        public String toString() {
            return "causal";
        }
    }

    /**
     * Numbers for each side of an image.
     *
     * @param top rows above
     * @param bottom rows below
     * @param left columns at the left
     * @param right columns at the right
     */
    record Explicit(int top, int bottom, int left, int right) implements Padding {
        /** Checks the numbers. */
        public Explicit {
            if (top < 0 || bottom < 0 || left < 0 || right < 0) {
                throw new IllegalArgumentException(
                        "padding: top = "
                                + top
                                + ", bottom = "
                                + bottom
                                + ", left = "
                                + left
                                + ", right = "
                                + right
                                + ": none may be negative");
            }
        }

        @Override
        public Sides along(int axis, int axes, long size, int span, int stride) {
            if (axes != 2) {
                throw new IllegalArgumentException(
                        "padding: "
                                + this
                                + " is for images, of two axes after the channels; the input has "
                                + axes
                                + ": use Padding.of(Sides...)");
            }
            return axis == 0 ? new Sides(top, bottom) : new Sides(left, right);
        }

        @Override
        public String toString() {
            return "padding top "
                    + top
                    + ", bottom "
                    + bottom
                    + ", left "
                    + left
                    + ", right "
                    + right;
        }
    }

    /**
     * Numbers for each axis.
     *
     * @param sides those of each axis after the channels; of one, for all of them
     */
    record PerAxis(List<Sides> sides) implements Padding {
        /** Keeps an unmodifiable copy. */
        public PerAxis {
            sides = List.copyOf(sides);
            if (sides.isEmpty()) {
                throw new IllegalArgumentException("padding: no sides are given");
            }
        }

        @Override
        public Sides along(int axis, int axes, long size, int span, int stride) {
            if (sides.size() != 1 && sides.size() != axes) {
                throw new IllegalArgumentException(
                        "padding: "
                                + sides
                                + " has "
                                + sides.size()
                                + " axes, the input has "
                                + axes
                                + " after the channels: give as many, or one for all");
            }
            return sides.get(sides.size() == 1 ? 0 : axis);
        }

        @Override
        public String toString() {
            return "padding "
                    + sides.stream()
                            .map(s ->
                                    s.before == s.after
                                            ? String.valueOf(s.before)
                                            : s.before + "+" + s.after)
                            .collect(Collectors.joining("x"));
        }
    }

    /**
     * The same number on all sides.
     *
     * @param all zeros on each side of each axis
     * @return the padding
     */
    static Padding of(int all) {
        return new PerAxis(List.of(new Sides(all, all)));
    }

    /**
     * Numbers for each axis.
     *
     * @param sides those of each axis after the channels
     * @return the padding
     */
    static Padding of(Sides... sides) {
        return new PerAxis(List.of(sides));
    }

    /**
     * The padding along one axis of an input.
     *
     * @param axis which axis, from 0, not counting samples and channels
     * @param axes how many there are
     * @param size the input's size along it
     * @param span the kernel's size along it, dilation included
     * @param stride the kernel's stride along it
     * @return zeros before and after
     * @throws IllegalArgumentException if this padding is not for so many axes
     */
    Sides along(int axis, int axes, long size, int span, int stride);
}
