/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import io.gatun.kernel.Kernels.Conv2d;
import io.gatun.kernel.Kernels.ConvPass;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A pass of a convolution by oneDNN, with input, weights and output in the formats that it chose:
 * they are converted to and from Gatun's before and after, and not in the call.
 */
final class OneDnnConvolution implements AutoCloseable {
    // Numbers of oneDNN's enumerations.
    private static final int FLOAT = 3;
    private static final int ANY = 1;
    private static final int CHANNELS_LAST = 22; // acdb
    private static final int OUT_CHANNELS_LAST = 28; // cdba
    private static final int TRAINING = 64;
    private static final int INFERENCE = 96;
    private static final int AUTO = 3;

    /** Bytes of an argument: its number, and the address of its data. */
    private static final long ARGUMENT = 16;

    /**
     * What a primitive reads or writes; the gradient has numbers of its own.
     *
     * @param query asks for its format
     * @param argument its number when the primitive runs
     */
    private record Role(int query, int argument) {
        static final Role SOURCE = new Role(129, 1);
        static final Role WEIGHTS = new Role(131, 33);
        static final Role DESTINATION = new Role(133, 17);

        Role gradient() {
            return new Role(query + 1, argument + 128);
        }
    }

    /**
     * Numbers in a format.
     *
     * @param format oneDNN's description of it
     * @param memory oneDNN's object of both
     */
    private record Data(MemorySegment format, MemorySegment memory) {}

    private record Argument(Role role, Data data) {}

    private final OneDnn oneDnn;
    private final Buffers buffers;
    private final Conv2d conv;
    private final ConvPass pass;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment primitive;
    private final Data x;
    private final Data w;
    private final Data y;
    private final MemorySegment arguments;

    /** Makes it; the memory of input, weights and output comes from the buffers. */
    OneDnnConvolution(OneDnn oneDnn, Buffers buffers, Conv2d conv, ConvPass pass) {
        this.oneDnn = oneDnn;
        this.buffers = buffers;
        this.conv = conv;
        this.pass = pass;
        MemorySegment description = describe();
        primitive = create("primitive", "dnnl_primitive_create", description);
        Role dx = pass == ConvPass.BACKWARD_INPUT ? Role.SOURCE.gradient() : Role.SOURCE;
        Role dw = pass == ConvPass.BACKWARD_WEIGHT ? Role.WEIGHTS.gradient() : Role.WEIGHTS;
        Role dy = pass == ConvPass.FORWARD ? Role.DESTINATION : Role.DESTINATION.gradient();
        x = chosen(description, dx);
        w = chosen(description, dw);
        y = chosen(description, dy);
        arguments = arguments(new Argument(dx, x), new Argument(dw, w), new Argument(dy, y));
    }

    /** Takes input, weights and output, or their gradients, as Gatun has them. */
    void load(MemorySegment plainX, MemorySegment plainW, MemorySegment plainY) {
        reorder(plainX(plainX), x);
        reorder(plainW(plainW), w);
        reorder(plainY(plainY), y);
    }

    /** One call, to be timed. */
    void run() {
        oneDnn.execute(primitive, 3, arguments);
    }

    /** Gives the result back as Gatun has it. */
    void store(MemorySegment result) {
        switch (pass) {
            case FORWARD -> reorder(y, plainY(result));
            case BACKWARD_INPUT -> reorder(x, plainX(result));
            case BACKWARD_WEIGHT -> reorder(w, plainW(result));
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    /** The primitive's description, for which oneDNN chooses an algorithm and formats. */
    private MemorySegment describe() {
        MemorySegment none = MemorySegment.NULL;
        MemorySegment source = formatX(ANY);
        MemorySegment weights = formatW(ANY);
        MemorySegment destination = formatY(ANY);
        MemorySegment strides = numbers(conv.strideHeight(), conv.strideWidth());
        MemorySegment dilation = numbers(conv.dilationHeight() - 1L, conv.dilationWidth() - 1L);
        MemorySegment padding = numbers(conv.padTop(), conv.padLeft()); // the same at the end
        MemorySegment forward =
                create(
                        "primitive_desc",
                        "dnnl_convolution_forward_primitive_desc_create",
                        oneDnn.engine(),
                        pass == ConvPass.FORWARD ? INFERENCE : TRAINING,
                        AUTO,
                        source,
                        weights,
                        none,
                        destination,
                        strides,
                        dilation,
                        padding,
                        padding,
                        none);
        return switch (pass) {
            case FORWARD -> forward;
            case BACKWARD_INPUT ->
                    create(
                            "primitive_desc",
                            "dnnl_convolution_backward_data_primitive_desc_create",
                            oneDnn.engine(),
                            AUTO,
                            source,
                            weights,
                            destination,
                            strides,
                            dilation,
                            padding,
                            padding,
                            forward,
                            none);
            case BACKWARD_WEIGHT ->
                    create(
                            "primitive_desc",
                            "dnnl_convolution_backward_weights_primitive_desc_create",
                            oneDnn.engine(),
                            AUTO,
                            source,
                            weights,
                            none,
                            destination,
                            strides,
                            dilation,
                            padding,
                            padding,
                            forward,
                            none);
        };
    }

    private MemorySegment formatX(int tag) {
        return format(tag, conv.batch(), conv.inChannels(), conv.inHeight(), conv.inWidth());
    }

    private MemorySegment formatW(int tag) {
        return format(
                tag,
                conv.outChannels(),
                conv.inChannels(),
                conv.kernelHeight(),
                conv.kernelWidth());
    }

    private MemorySegment formatY(int tag) {
        return format(tag, conv.batch(), conv.outChannels(), conv.outHeight(), conv.outWidth());
    }

    private MemorySegment format(int tag, long... sizes) {
        return create(
                "memory_desc",
                "dnnl_memory_desc_create_with_tag",
                sizes.length,
                numbers(sizes),
                FLOAT,
                tag);
    }

    private Data plainX(MemorySegment numbers) {
        return data(formatX(CHANNELS_LAST), numbers);
    }

    private Data plainW(MemorySegment numbers) {
        return data(formatW(OUT_CHANNELS_LAST), numbers);
    }

    private Data plainY(MemorySegment numbers) {
        return data(formatY(CHANNELS_LAST), numbers);
    }

    /** Memory in the format that a primitive wants. */
    private Data chosen(MemorySegment description, Role role) {
        MemorySegment format =
                (MemorySegment)
                        oneDnn.result(
                                ValueLayout.ADDRESS,
                                "dnnl_primitive_desc_query_md",
                                description,
                                role.query(),
                                0);
        long bytes =
                (long) oneDnn.result(ValueLayout.JAVA_LONG, "dnnl_memory_desc_get_size", format);
        return data(format, buffers.bytes(bytes));
    }

    private Data data(MemorySegment format, MemorySegment numbers) {
        return new Data(
                format, create("memory", "dnnl_memory_create", format, oneDnn.engine(), numbers));
    }

    private void reorder(Data from, Data to) {
        MemorySegment description =
                create(
                        "primitive_desc",
                        "dnnl_reorder_primitive_desc_create",
                        from.format(),
                        oneDnn.engine(),
                        to.format(),
                        oneDnn.engine(),
                        MemorySegment.NULL);
        MemorySegment reorder = create("primitive", "dnnl_primitive_create", description);
        Argument read = new Argument(Role.SOURCE, from);
        Argument written = new Argument(Role.DESTINATION, to);
        oneDnn.execute(reorder, 2, arguments(read, written));
    }

    private MemorySegment arguments(Argument... all) {
        MemorySegment array = arena.allocate(ARGUMENT * all.length, Long.BYTES);
        for (int i = 0; i < all.length; i++) {
            array.set(ValueLayout.JAVA_INT, ARGUMENT * i, all[i].role().argument());
            array.set(ValueLayout.ADDRESS, ARGUMENT * i + Long.BYTES, all[i].data().memory());
        }
        return array;
    }

    private MemorySegment numbers(long... values) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, values);
    }

    private MemorySegment create(String kind, String name, Object... rest) {
        return oneDnn.create(arena, kind, name, rest);
    }
}
