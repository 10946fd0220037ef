/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.History;
import io.gatun.nn.Layer;
import io.gatun.nn.Session;
import io.gatun.nn.data.ImageDataset;
import java.util.List;
import java.util.Locale;

/**
 * Draws a training run as SVG: test digits with what the model takes them for, and the curve of the
 * loss.
 */
final class Picture {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 400;
    private static final int COLUMNS = 8;
    private static final int ROWS = 4;
    private static final int CELL = 50;
    private static final int PITCH_X = 56;
    private static final int PITCH_Y = 76;
    private static final String WRONG = "#ff8f70";

    /** Shades of ink: one path for each keeps the file small. */
    private static final int SHADES = 4;

    private final Svg svg;

    private Picture(Svg svg) {
        this.svg = svg;
    }

    /** Draws. */
    static String draw(ModelKind kind, Layer model, Digits digits, RunRecord record) {
        String name = kind == ModelKind.LENET5 ? "LeNet-5" : "MLP";
        String data = digits.source().equals("mnist") ? "MNIST" : "drawn digits";
        Svg svg =
                new Svg(
                        WIDTH,
                        HEIGHT,
                        name
                                + " on "
                                + data
                                + ": test digits with predicted classes, and the loss");
        Picture picture = new Picture(svg);
        picture.frame(name + " on " + data, record.epochs());
        picture.digits(model, digits.test());
        new LossCurve(svg).draw(record.losses(), record.epochs());
        return svg.toString();
    }

    private void frame(String title, List<History.Epoch> epochs) {
        double accuracy = epochs.getLast().validationMetrics().getOrDefault("accuracy", Double.NaN);
        svg.element("rect", "width", WIDTH, "height", HEIGHT, "rx", 14, "fill", "#10202e");
        svg.text(28, 44, 20, "#f2f6f9", "start", title);
        svg.text(
                28,
                66,
                13,
                "#93a9ba",
                "start",
                String.format(
                        Locale.ROOT,
                        "test accuracy %.2f %% after %d epoch%s",
                        100 * accuracy,
                        epochs.size(),
                        epochs.size() == 1 ? "" : "s"));
    }

    /** The first test digits in order, with the first mistakes in place of the last ones. */
    private void digits(Layer model, ImageDataset test) {
        int wanted = Math.min(COLUMNS * ROWS, test.size());
        int[] chosen = new int[wanted];
        int[] predicted = new int[wanted];
        int right = 0;
        int wrong = 0;
        int mistakes = Math.min(3, wanted);
        try (Session session = Session.of(model, ModelKind.INPUT)) {
            for (int i = 0; i < test.size() && right + wrong < wanted; i++) {
                int digit = Answer.of(session, DigitImage.of(test.pixels(i))).digit();
                if (digit == test.label(i) && right < wanted - mistakes) {
                    chosen[right] = i;
                    predicted[right++] = digit;
                } else if (digit != test.label(i) && wrong < mistakes) {
                    wrong++;
                    chosen[wanted - wrong] = i;
                    predicted[wanted - wrong] = digit;
                }
            }
        }
        for (int i = 0; i < wanted; i++) {
            if (i < right || i >= wanted - wrong) {
                cell(i, test.pixels(chosen[i]), predicted[i], test.label(chosen[i]));
            }
        }
    }

    private void cell(int place, byte[] pixels, int predicted, int label) {
        int x = 28 + place % COLUMNS * PITCH_X;
        int y = 86 + place / COLUMNS * PITCH_Y;
        boolean right = predicted == label;
        svg.element(
                "rect",
                "x",
                x,
                "y",
                y,
                "width",
                CELL,
                "height",
                CELL,
                "rx",
                4,
                "fill",
                "#081019",
                "stroke",
                right ? "#24394a" : WRONG);
        double scale = (CELL - 4) / (double) DigitImage.SIDE;
        svg.open(
                "g",
                "transform",
                "translate(" + (x + 2) + " " + (y + 2) + ") scale(" + Svg.value(scale) + ")",
                "fill",
                "#eaf4fb");
        for (int shade = 1; shade <= SHADES; shade++) {
            String path = ink(pixels, shade);
            if (!path.isEmpty()) {
                svg.element("path", "fill-opacity", shade / (double) SHADES, "d", path);
            }
        }
        svg.close("g");
        svg.text(
                x + CELL / 2.0,
                y + CELL + 16,
                right ? 13 : 11,
                right ? "#5fd3bc" : WRONG,
                "middle",
                right ? Integer.toString(predicted) : predicted + ", not " + label);
    }

    /** The pixels of one shade, as runs within rows. */
    private static String ink(byte[] pixels, int shade) {
        StringBuilder path = new StringBuilder();
        for (int row = 0; row < DigitImage.SIDE; row++) {
            for (int column = 0; column < DigitImage.SIDE; column++) {
                int start = column;
                while (column < DigitImage.SIDE
                        && shade(pixels[row * DigitImage.SIDE + column]) == shade) {
                    column++;
                }
                if (column > start) {
                    int run = column - start;
                    path.append('M').append(start).append(' ').append(row);
                    path.append('h').append(run).append("v1h-").append(run).append('z');
                }
            }
        }
        return path.toString();
    }

    private static int shade(byte pixel) {
        return Math.round(Byte.toUnsignedInt(pixel) * SHADES / 255f);
    }
}
