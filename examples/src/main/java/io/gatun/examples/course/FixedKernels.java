/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Convolution;
import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.report.Pictures;
import java.util.ArrayList;
import java.util.List;

/** What fixed kernels of 3 x 3 do to photographs. */
final class FixedKernels implements Experiment {
    private static final int PHOTOGRAPHS = 4;
    private static final int SIDE = 32;

    /**
     * What lies beyond the border is not known, so the results are smaller by a pixel on each side.
     */
    private static final int INNER = SIDE - 2;

    /** A kernel: its weights row by row, over a divisor. */
    private record Kernel(String name, int divisor, List<Integer> weights) {
        int sum() {
            return weights.stream().mapToInt(Integer::intValue).sum() / divisor;
        }

        Tensor tensor() {
            float[] values = new float[9];
            for (int i = 0; i < values.length; i++) {
                values[i] = weights.get(i) / (float) divisor;
            }
            return Tensor.of(values, 1, 1, 3, 3);
        }
    }

    private static final List<Kernel> KERNELS =
            List.of(
                    new Kernel("identity", 1, List.of(0, 0, 0, 0, 1, 0, 0, 0, 0)),
                    new Kernel("edge", 1, List.of(-1, -1, -1, -1, 8, -1, -1, -1, -1)),
                    new Kernel("sharpen", 1, List.of(0, -1, 0, -1, 5, -1, 0, -1, 0)),
                    new Kernel("box blur", 9, List.of(1, 1, 1, 1, 1, 1, 1, 1, 1)),
                    new Kernel("Gaussian blur", 16, List.of(1, 2, 1, 2, 4, 2, 1, 2, 1)));

    @Override
    public String name() {
        return "kernels";
    }

    @Override
    public String claim() {
        return "A kernel whose weights add up to 1 keeps the brightness, one whose weights add up to 0"
                + " leaves only edges; sharpening adds detail, blurring takes it away, a Gaussian less"
                + " than a box.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        ImageDataset photographs = course.photographs(PHOTOGRAPHS, 1).train();
        Table table = Table.of("kernel", "sum of weights", "brightness", "detail");
        double[] brightness = new double[KERNELS.size()];
        double[] detail = new double[KERNELS.size()];
        float[][] results = new float[KERNELS.size()][];
        for (int k = 0; k < KERNELS.size(); k++) {
            results[k] = convolved(photographs, KERNELS.get(k));
            brightness[k] = brightness(results[k]) / brightness(results[0]);
            detail[k] = detail(results[k]) / detail(results[0]);
            table = table.row(KERNELS.get(k).name, KERNELS.get(k).sum(), brightness[k], detail[k]);
            course.say("%s: detail %.2f", KERNELS.get(k).name, detail[k]);
        }
        List<String> captions = new ArrayList<>();
        float[] all = new float[KERNELS.size() * results[0].length];
        int one = 3 * INNER * INNER;
        for (int i = 0; i < PHOTOGRAPHS; i++) {
            for (int k = 0; k < KERNELS.size(); k++) {
                System.arraycopy(results[k], i * one, all, captions.size() * one, one);
                captions.add(KERNELS.get(k).name);
            }
        }
        boolean kept = true;
        for (int k = 0; k < KERNELS.size(); k++) {
            kept &= Math.abs(brightness[k] - KERNELS.get(k).sum()) < 0.05;
        }
        try (Scope _ = Scope.open()) {
            return Outcome.of(
                    table,
                    Pictures.images(
                            "Kernels on photographs",
                            Tensor.of(all, captions.size(), 3, INNER, INNER),
                            captions,
                            KERNELS.size(),
                            120,
                            0,
                            1),
                    kept && detail[2] > 1 && detail[4] < 1 && detail[3] < detail[4],
                    "Brightness is %.2f times that of the photographs after sharpening, %.2f after the"
                            + " box blur and %.2f after the edge kernel; detail is %.2f, %.2f and, with"
                            + " the Gaussian, %.2f times theirs.",
                    brightness[2],
                    brightness[3],
                    Math.abs(brightness[1]),
                    detail[2],
                    detail[3],
                    detail[4]);
        }
    }

    /** Each colour by itself: [photographs, 3, 30, 30]. */
    private static float[] convolved(ImageDataset photographs, Kernel kernel) {
        float[] pixels = new float[PHOTOGRAPHS * 3 * SIDE * SIDE];
        for (int i = 0; i < PHOTOGRAPHS; i++) {
            byte[] image = photographs.pixels(i);
            for (int k = 0; k < image.length; k++) {
                pixels[i * image.length + k] = Byte.toUnsignedInt(image[k]) / 255f;
            }
        }
        try (Scope _ = Scope.open()) {
            Tensor colours = Tensor.of(pixels, PHOTOGRAPHS * 3, 1, SIDE, SIDE);
            Convolution.Geometry plain = new Convolution.Geometry(1, 1, 0, 0, 0, 0);
            return Convolution.conv2d(colours, kernel.tensor(), null, plain, false).toFloatArray();
        }
    }

    private static double brightness(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** The mean difference between neighbours in a row. */
    private static double detail(float[] values) {
        double sum = 0;
        for (int i = 1; i < values.length; i++) {
            sum += i % INNER == 0 ? 0 : Math.abs(values[i] - values[i - 1]);
        }
        return sum / values.length;
    }
}
