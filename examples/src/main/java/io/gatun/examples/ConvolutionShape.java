/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Convolution.Geometry;
import io.gatun.Shape;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A convolution as people write it on a command line: {@code NxCxHxW:KxRxS}, then as wanted {@code
 * :s2} for the stride, {@code :p1} for the padding of every side (default: half of the kernel),
 * {@code :d2} for the dilation and {@code :g4} for groups.
 *
 * @param input [N, C, H, W]
 * @param weight [K, C / groups, R, S]
 * @param geometry the rest
 */
record ConvolutionShape(Shape input, Shape weight, Geometry geometry) {
    private static final Pattern SHAPE =
            Pattern.compile(
                    "(\\d{1,6})x(\\d{1,6})x(\\d{1,6})x(\\d{1,6}):(\\d{1,6})x(\\d{1,6})x(\\d{1,6})"
                            + "((?::[spdg]\\d{1,6})*)");

    /** Reads the text; an {@link IllegalArgumentException} says what is wrong with it. */
    static ConvolutionShape parse(String text) {
        Matcher m = SHAPE.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "--conv "
                            + text
                            + ": give NxCxHxW:KxRxS and, as wanted, :sSTRIDE :pPADDING :dDILATION"
                            + " :gGROUPS, such as 128x16x32x32:32x3x3:s2:p1");
        }
        int stride = option(m.group(8), 's', 1);
        int dilation = option(m.group(8), 'd', 1);
        int groups = option(m.group(8), 'g', 1);
        int height = Integer.parseInt(m.group(6));
        int width = Integer.parseInt(m.group(7));
        int top = option(m.group(8), 'p', (height - 1) * dilation / 2);
        int left = option(m.group(8), 'p', (width - 1) * dilation / 2);
        long channels = Long.parseLong(m.group(2));
        Geometry geometry =
                new Geometry(stride, stride, top, top, left, left)
                        .dilation(dilation, dilation)
                        .groups(groups);
        if (channels % groups != 0) {
            throw new IllegalArgumentException(
                    "--conv " + text + ": " + groups + " groups do not divide " + channels);
        }
        return new ConvolutionShape(
                Shape.of(
                        Long.parseLong(m.group(1)),
                        channels,
                        Long.parseLong(m.group(3)),
                        Long.parseLong(m.group(4))),
                Shape.of(Long.parseLong(m.group(5)), channels / groups, height, width),
                geometry);
    }

    private static int option(String options, char name, int otherwise) {
        Matcher m = Pattern.compile(":" + name + "(\\d+)").matcher(options);
        return m.find() ? Integer.parseInt(m.group(1)) : otherwise;
    }
}
