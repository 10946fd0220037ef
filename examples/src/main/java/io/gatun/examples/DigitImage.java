/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.data.Mnist;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** One digit as MNIST has it: 28 x 28 pixels, row by row, 0 for the background and 255 for ink. */
final class DigitImage {
    /** Pixels per side. */
    static final int SIDE = 28;

    /** Pixels in all. */
    static final int SIZE = SIDE * SIDE;

    private static final float SCALE = (float) (1 / (255 * Mnist.DEVIATION));
    private static final float SHIFT = (float) (-Mnist.MEAN / Mnist.DEVIATION);

    private final float[] pixels;

    private DigitImage(float[] pixels) {
        this.pixels = pixels;
    }

    /** A digit of unsigned bytes. */
    static DigitImage of(byte[] bytes) {
        float[] pixels = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            pixels[i] = Byte.toUnsignedInt(bytes[i]);
        }
        return of(pixels);
    }

    /**
     * A digit of numbers from 0 to 255.
     *
     * @throws IllegalArgumentException if there are not 784 of them, or one is out of range
     */
    static DigitImage of(float[] pixels) {
        if (pixels.length != SIZE) {
            throw new IllegalArgumentException(
                    "a digit has 784 pixels (28 x 28), not " + pixels.length);
        }
        for (int i = 0; i < SIZE; i++) {
            if (!(pixels[i] >= 0 && pixels[i] <= 255)) {
                throw new IllegalArgumentException(
                        "pixel "
                                + i
                                + " is "
                                + pixels[i]
                                + ": give numbers from 0 (background) to 255 (ink)");
            }
        }
        return new DigitImage(pixels.clone());
    }

    /**
     * A digit from a picture file of any size and colours: made grey and square, averaged to 28 x
     * 28, and inverted if its edge is light, as ink on paper is.
     *
     * @param file the content of a PNG file (or of another format that Java reads)
     * @param mostPixels refuse larger pictures before they are unpacked
     * @throws IOException if it is no picture, or too large
     */
    static DigitImage decode(byte[] file, long mostPixels) throws IOException {
        ImageIO.setUseCache(false);
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("not a picture that Java can read: give a PNG file");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long count = (long) reader.getWidth(0) * reader.getHeight(0);
                if (count > mostPixels) {
                    throw new IOException(
                            "the picture has " + count + " pixels, more than " + mostPixels);
                }
                return of(reader.read(0));
            } catch (RuntimeException e) { // what some readers throw for corrupt files
                throw new IOException("a corrupt picture: " + Main.message(e), e);
            } finally {
                reader.dispose();
            }
        }
    }

    static DigitImage of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        float[] grey = new float[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                grey[y * width + x] = grey(image.getRGB(x, y));
            }
        }
        float edge = edge(grey, width, height);
        if (edge > 127) {
            for (int i = 0; i < grey.length; i++) {
                grey[i] = 255 - grey[i];
            }
            edge = 255 - edge;
        }
        return new DigitImage(shrink(grey, width, height, edge));
    }

    /** Luminance, on white paper where the picture is transparent. */
    private static float grey(int argb) {
        float alpha = (argb >>> 24) / 255f;
        float light =
                0.299f * (argb >> 16 & 255) + 0.587f * (argb >> 8 & 255) + 0.114f * (argb & 255);
        return Math.min(255, alpha * light + (1 - alpha) * 255);
    }

    /** The median of the outermost pixels: what the background looks like. */
    private static float edge(float[] grey, int width, int height) {
        float[] edge = new float[2 * (width + height)];
        int n = 0;
        for (int x = 0; x < width; x++) {
            edge[n++] = grey[x];
            edge[n++] = grey[(height - 1) * width + x];
        }
        for (int y = 0; y < height; y++) {
            edge[n++] = grey[y * width];
            edge[n++] = grey[y * width + width - 1];
        }
        Arrays.sort(edge);
        return edge[edge.length / 2];
    }

    /**
     * Averages over the area of each new pixel; what lies beside a picture that is not square is
     * background.
     */
    private static float[] shrink(float[] grey, int width, int height, float background) {
        int side = Math.max(width, height);
        double left = (side - width) / 2.0;
        double top = (side - height) / 2.0;
        double step = side / (double) SIDE;
        float[] out = new float[SIZE];
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                double y0 = row * step - top;
                double x0 = column * step - left;
                double sum = 0;
                double area = 0;
                for (int y = (int) Math.max(0, Math.floor(y0));
                        y < Math.min(height, y0 + step);
                        y++) {
                    double high = Math.min(y + 1, y0 + step) - Math.max(y, y0);
                    for (int x = (int) Math.max(0, Math.floor(x0));
                            x < Math.min(width, x0 + step);
                            x++) {
                        double part = high * (Math.min(x + 1, x0 + step) - Math.max(x, x0));
                        sum += part * grey[y * width + x];
                        area += part;
                    }
                }
                double value = (sum + Math.max(0, step * step - area) * background) / (step * step);
                out[row * SIDE + column] = (float) Math.clamp(value, 0, 255);
            }
        }
        return out;
    }

    /** The pixels, 0 to 255. */
    float[] pixels() {
        return pixels.clone();
    }

    /** The pixels as a model was trained with them. */
    float[] input() {
        float[] input = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            input[i] = SCALE * pixels[i] + SHIFT;
        }
        return input;
    }

    /**
     * The digit as characters, one for two pixels that lie one above the other.
     *
     * @param shades from background to ink, such as {@code " .:*#"}
     * @return 14 lines of 28 characters
     */
    String art(String shades) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < SIDE; row += 2) {
            for (int column = 0; column < SIDE; column++) {
                float mean = (pixels[row * SIDE + column] + pixels[(row + 1) * SIDE + column]) / 2;
                text.append(
                        shades.charAt(
                                Math.min(
                                        (int) (mean / 256 * shades.length()),
                                        shades.length() - 1)));
            }
            text.append('\n');
        }
        return text.toString();
    }
}
