/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/** What augmentation does to the pixels of one image [c, h, w] where they are. */
final class ImageEffects {
    private ImageEffects() {}

    /** Changes one image in place. */
    @FunctionalInterface
    interface Effect {
        /**
         * Changes an image.
         *
         * @param random decides
         * @param image [channels, height, width]
         */
        void apply(SplittableRandom random, float[] image, int channels, int height, int width);
    }

    /** Luminance of red, green and blue (ITU-R BT.601). */
    private static final float[] GREY = {0.299f, 0.587f, 0.114f};

    /**
     * Brightness, contrast, saturation and hue as one linear map of the colours, then limits 0 and
     * 1.
     */
    record Colour(double brightness, double contrast, double saturation, double hue)
            implements Effect {
        @Override
        public void apply(
                SplittableRandom random, float[] image, int channels, int height, int width) {
            float light = around(random, brightness);
            float contrasted = around(random, contrast);
            float saturated = around(random, saturation);
            double turn = hue * (2 * random.nextDouble() - 1) * 2 * Math.PI;
            int plane = height * width;
            if (channels != 3) {
                float mean = light * mean(image, 0, image.length);
                affine(image, light * contrasted, (1 - contrasted) * mean);
                return;
            }
            float mean = 0;
            for (int c = 0; c < 3; c++) {
                mean += light * GREY[c] * mean(image, c * plane, plane);
            }
            float shift = (1 - contrasted) * mean; // a grey: saturation and hue leave it as it is
            float[] m = colours(light * contrasted, saturated, turn);
            for (int i = 0; i < plane; i++) {
                float r = image[i];
                float g = image[plane + i];
                float b = image[2 * plane + i];
                image[i] = limit(m[0] * r + m[1] * g + m[2] * b + shift);
                image[plane + i] = limit(m[3] * r + m[4] * g + m[5] * b + shift);
                image[2 * plane + i] = limit(m[6] * r + m[7] * g + m[8] * b + shift);
            }
        }

        private static float around(SplittableRandom random, double range) {
            return (float) (1 + range * (2 * random.nextDouble() - 1));
        }

        private static void affine(float[] image, float factor, float shift) {
            for (int i = 0; i < image.length; i++) {
                image[i] = limit(image[i] * factor + shift);
            }
        }
    }

    /**
     * Factor * rotation about the grey axis * saturation, for columns (r, g, b). The rotation is
     * Rodrigues' formula for the axis (1, 1, 1) / sqrt 3, which keeps greys.
     */
    private static float[] colours(float factor, float saturation, double turn) {
        double cos = StrictMath.cos(turn);
        double sin = StrictMath.sin(turn) / StrictMath.sqrt(3);
        double third = (1 - cos) / 3;
        double[] hue = {
            cos + third,
            third - sin,
            third + sin,
            third + sin,
            cos + third,
            third - sin,
            third - sin,
            third + sin,
            cos + third,
        };
        float[] out = new float[9];
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                double sum = 0;
                for (int k = 0; k < 3; k++) {
                    double s = (1 - saturation) * GREY[column] + (k == column ? saturation : 0);
                    sum += hue[3 * row + k] * s;
                }
                out[3 * row + column] = (float) (factor * sum);
            }
        }
        return out;
    }

    /** Normal noise of a deviation. */
    record Noise(double deviation) implements Effect {
        @Override
        public void apply(
                SplittableRandom random, float[] image, int channels, int height, int width) {
            for (int i = 0; i < image.length; i++) {
                image[i] += (float) (deviation * random.nextGaussian());
            }
        }
    }

    /** A normal blur, the radius evenly from 0 to the given deviation in pixels. */
    record Blur(double most) implements Effect {
        @Override
        public void apply(
                SplittableRandom random, float[] image, int channels, int height, int width) {
            double sigma = most * random.nextDouble();
            if (sigma < 0.1) {
                return; // the neighbours' weights would be 0
            }
            float[] kernel = kernel(sigma);
            float[] line = new float[Math.max(height, width)];
            for (int c = 0; c < channels; c++) {
                int plane = c * height * width;
                for (int y = 0; y < height; y++) {
                    convolve(image, plane + y * width, 1, width, kernel, line);
                }
                for (int x = 0; x < width; x++) {
                    convolve(image, plane + x, width, height, kernel, line);
                }
            }
        }

        private static float[] kernel(double sigma) {
            int radius = (int) Math.ceil(3 * sigma);
            float[] kernel = new float[2 * radius + 1];
            double sum = 0;
            for (int i = -radius; i <= radius; i++) {
                sum += StrictMath.exp(-i * i / (2 * sigma * sigma));
            }
            for (int i = -radius; i <= radius; i++) {
                kernel[i + radius] = (float) (StrictMath.exp(-i * i / (2 * sigma * sigma)) / sum);
            }
            return kernel;
        }

        /** One row or column; outside, its ends go on. */
        private static void convolve(
                float[] image, int from, int step, int n, float[] kernel, float[] line) {
            int radius = kernel.length / 2;
            for (int i = 0; i < n; i++) {
                float sum = 0;
                for (int k = -radius; k <= radius; k++) {
                    sum += kernel[k + radius] * image[from + Math.clamp(i + k, 0, n - 1) * step];
                }
                line[i] = sum;
            }
            for (int i = 0; i < n; i++) {
                image[from + i * step] = line[i];
            }
        }
    }

    /** A square in the middle of any pixel becomes the fill value (DeVries and Taylor, 2017). */
    record Cutout(int size, float fill) implements Effect {
        @Override
        public void apply(
                SplittableRandom random, float[] image, int channels, int height, int width) {
            int x = random.nextInt(width) - size / 2;
            int y = random.nextInt(height) - size / 2;
            paint(image, channels, height, width, x, y, size, size, fill);
        }
    }

    /**
     * Random erasing (Zhong et al., 2020): with some probability a rectangle of a share of the
     * area, of an aspect of 0.3 to 3.3, becomes the fill value.
     */
    record Erase(double probability, double least, double most, float fill) implements Effect {
        @Override
        public void apply(
                SplittableRandom random, float[] image, int channels, int height, int width) {
            boolean erase = random.nextDouble() < probability;
            double area = (least + (most - least) * random.nextDouble()) * height * width;
            double aspect = logUniform(random, 0.3, 1 / 0.3);
            int w = Math.clamp(Math.round(Math.sqrt(area * aspect)), 1, width);
            int h = Math.clamp(Math.round(Math.sqrt(area / aspect)), 1, height);
            int x = random.nextInt(width - w + 1);
            int y = random.nextInt(height - h + 1);
            if (erase) {
                paint(image, channels, height, width, x, y, w, h, fill);
            }
        }
    }

    static double logUniform(SplittableRandom random, double least, double most) {
        double low = StrictMath.log(least);
        return StrictMath.exp(low + (StrictMath.log(most) - low) * random.nextDouble());
    }

    private static void paint(
            float[] image,
            int channels,
            int height,
            int width,
            int x,
            int y,
            int w,
            int h,
            float value) {
        int left = Math.max(0, x);
        int right = Math.min(width, x + w);
        for (int c = 0; c < channels; c++) {
            for (int i = Math.max(0, y); i < Math.min(height, y + h); i++) {
                int line = (c * height + i) * width;
                Arrays.fill(image, line + left, line + right, value);
            }
        }
    }

    private static float mean(float[] image, int from, int count) {
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += image[i];
        }
        return (float) (sum / count);
    }

    private static float limit(float value) {
        return Math.min(Math.max(value, 0), 1);
    }
}
