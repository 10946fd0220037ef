/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.DType;
import io.gatun.Indexing;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One change of a {@link Preparation}: what to do, and the numbers that fitting found.
 *
 * @param kind what to do
 * @param shape of a sample that comes out, where the kind needs it; else empty
 * @param numbers the tensors by name, of no scope, in the order of {@link Kind#names}
 */
record PreparationStep(Kind kind, Shape shape, Map<String, Tensor> numbers) {
    /** Kinds of changes. */
    enum Kind {
        /** x * scale + shift, broadcast over samples. */
        SCALING,
        /** (x - mean) * matrix over flattened samples. */
        PROJECTION,
        /** Each sample less its mean, over its deviation. */
        SAMPLE,
        /** Numbers of classes to zeros and a one. */
        ONE_HOT;

        /** The tensors that this kind has. */
        List<String> names() {
            return switch (this) {
                case SCALING -> List.of("scale", "shift");
                case PROJECTION -> List.of("mean", "matrix");
                case SAMPLE, ONE_HOT -> List.of();
            };
        }
    }

    /** Keeps constant samples from being divided by 0. */
    private static final float TINY = 1e-12f;

    Tensor apply(Tensor x) {
        return apply(x, kind.names().stream().map(this::number).toList());
    }

    Tensor number(String name) {
        Tensor tensor = numbers.get(name);
        if (tensor == null) {
            throw new IllegalStateException("Preparation: no " + name);
        }
        return tensor;
    }

    /** Changes inputs [b, ...], with the numbers from elsewhere. */
    Tensor apply(Tensor x, List<Tensor> with) {
        return switch (kind) {
            case SCALING -> {
                same(x, with.get(0).shape());
                yield x.mul(with.get(0)).add(with.get(1));
            }
            case PROJECTION -> {
                long features = with.get(0).shape().size();
                if (perSample(x) != features) {
                    throw new IllegalArgumentException(
                            "Preparation: samples of "
                                    + perSample(x)
                                    + " numbers (shape "
                                    + x.shape()
                                    + ") for a projection that was fitted to "
                                    + features);
                }
                Tensor y = x.reshape(x.shape().dim(0), features).sub(with.get(0));
                yield y.matmul(with.get(1)).reshape(shape.prepend(x.shape().dim(0)).toArray());
            }
            case SAMPLE -> {
                int[] axes = new int[x.shape().rank() - 1];
                Arrays.setAll(axes, i -> i + 1);
                Tensor centred = x.sub(x.mean(true, axes));
                yield centred.div(centred.square().mean(true, axes).add(TINY).sqrt());
            }
            case ONE_HOT -> {
                if (x.dtype() != DType.INT32) {
                    throw new IllegalArgumentException(
                            "Preparation.oneHot: takes INT32 numbers of classes, got " + x.dtype());
                }
                yield Indexing.oneHot(x, Math.toIntExact(shape.dim(0)));
            }
        };
    }

    private static long perSample(Tensor x) {
        return x.shape().rank() == 0 || x.shape().dim(0) == 0
                ? 0
                : x.shape().size() / x.shape().dim(0);
    }

    private static void same(Tensor x, Shape scale) {
        boolean fits = x.shape().rank() == scale.rank() + 1;
        for (int i = 0; fits && i < scale.rank(); i++) {
            fits = scale.dim(i) == 1 || scale.dim(i) == x.shape().dim(i + 1);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "Preparation: samples of shape "
                            + x.shape()
                            + " (the first size is their number) for a scale that was fitted to "
                            + scale);
        }
    }

    Shape outputShape(Shape input) {
        return switch (kind) {
            case SCALING, SAMPLE -> input;
            case PROJECTION -> shape;
            case ONE_HOT -> {
                long[] dims = Arrays.copyOf(input.toArray(), input.rank() + 1);
                dims[input.rank()] = shape.dim(0);
                yield Shape.of(dims);
            }
        };
    }

    /** Kind and shape, such as "projection:3x32x32". */
    String describe() {
        return kind.name().toLowerCase(Locale.ROOT)
                + ":"
                + Arrays.stream(shape.toArray())
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining("x"));
    }

    /** Reads what {@link #describe} wrote. */
    static PreparationStep parse(String text, Map<String, Tensor> numbers) {
        String[] parts = text.split(":", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("step \"" + text + "\" is not kind:shape");
        }
        Kind kind;
        long[] dims;
        try {
            kind = Kind.valueOf(parts[0].toUpperCase(Locale.ROOT));
            dims =
                    parts[1].isEmpty()
                            ? new long[0]
                            : Arrays.stream(parts[1].split("x", -1))
                                    .mapToLong(Long::parseLong)
                                    .toArray();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("step \"" + text + "\" is not known", e);
        }
        if (!numbers.keySet().containsAll(kind.names()) || numbers.size() != kind.names().size()) {
            throw new IllegalArgumentException(
                    "step \""
                            + text
                            + "\" needs the tensors "
                            + kind.names()
                            + ", the file holds "
                            + numbers.keySet());
        }
        return new PreparationStep(kind, Shape.of(dims), numbers);
    }
}
