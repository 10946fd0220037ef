/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Convolution;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.Views;
import io.gatun.nn.Adam;
import io.gatun.nn.GaussianNoise;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Objective;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Sequential;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.report.Picture;
import io.gatun.nn.report.Pictures;
import io.gatun.nn.zoo.Denoiser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** A convolutional network against blurring, on photographs with normal noise. */
final class Denoise implements Experiment {
    private static final double NOISE = 25 / 255.0;
    private static final int SHOWN = 7;

    @Override
    public String name() {
        return "denoise";
    }

    @Override
    public String claim() {
        return "A small fully convolutional network takes noise out of photographs at least 3 dB"
                + " better than the best Gaussian blur, which takes edges out too.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images photographs =
                course.photographs(course.pick(100, 10_000, 30_000), course.pick(50, 1000, 10_000));
        ImageDataset train = Images.fromZeroToOne(photographs.train());
        Layer denoiser =
                Denoiser.of(3, course.pick(3, 5, 8), course.pick(8, 32, 48))
                        .initialize(course.seed());
        // The noise is in the model while it trains, new in each step.
        Layer noisy = Sequential.of(GaussianNoise.of(NOISE), denoiser);
        Objective objective =
                batch -> {
                    Tensor restored = noisy.forward(batch.inputs());
                    Tensor loss = Losses.mse().apply(restored, batch.inputs());
                    return Objective.Outcome.of(loss, restored, batch.inputs());
                };
        Trainer.of(noisy, Adam.of(3e-3), objective)
                .listeners(Progress.of(course), RateSchedule.cosine())
                .fit(train.batches(8).shuffle(course.seed()), course.pick(1, 8, 16));

        try (Scope _ = Scope.open()) {
            Tensor clean = Images.first(Images.fromZeroToOne(photographs.test()), 10_000);
            SplittableRandom random = new SplittableRandom(course.seed());
            Tensor seen = clean.add(Tensor.normal(clean.shape(), 0, (float) NOISE, random));

            double none = quality(seen, clean, x -> x);
            Table table = Table.of("method", "PSNR in dB").row("none", none);
            double best = Double.NEGATIVE_INFINITY;
            double width = 0;
            for (int tenths = 3; tenths <= 12; tenths++) {
                double deviation = tenths / 10.0;
                double blurred = quality(seen, clean, x -> blur(x, deviation));
                table =
                        table.row(
                                String.format(Locale.ROOT, "blur, sigma %.1f", deviation), blurred);
                width = blurred > best ? deviation : width;
                best = Math.max(best, blurred);
            }
            double learnt = quality(seen, clean, denoiser::forward);
            table = table.row("network", learnt);
            return Outcome.of(
                    table,
                    picture(clean, seen, blur(first(seen), width), denoiser),
                    learnt >= best + 3,
                    "The noisy photographs have %.2f dB, the best blur (sigma %.1f) gives %.2f, the"
                            + " network %.2f: %.2f dB more.",
                    none,
                    width,
                    best,
                    learnt,
                    learnt - best);
        }
    }

    private static Picture picture(Tensor clean, Tensor seen, Tensor blurred, Layer denoiser) {
        Tensor restored = denoiser.forward(first(seen));
        List<String> captions = new ArrayList<>();
        for (String what : List.of("original", "with noise", "best blur", "network")) {
            for (int i = 0; i < SHOWN; i++) {
                captions.add(what);
            }
        }
        return Pictures.images(
                "Photographs with noise of sigma 25 of 255",
                Views.concat(0, first(clean), first(seen), blurred, restored),
                captions,
                SHOWN,
                96,
                0,
                1);
    }

    private static Tensor first(Tensor images) {
        return images.slice(0, 0, SHOWN);
    }

    /** Peak signal-to-noise ratio of 10 log10(1 / mean squared error), the mean over images. */
    private static double quality(Tensor seen, Tensor clean, UnaryOperator<Tensor> method) {
        double sum = 0;
        int n = (int) seen.shape().dim(0);
        for (int from = 0; from < n; from += 100) {
            int to = Math.min(n, from + 100);
            try (Scope _ = Scope.open()) {
                Tensor restored = method.apply(seen.slice(0, from, to));
                Tensor error = restored.sub(clean.slice(0, from, to)).square().mean(false, 1, 2, 3);
                for (float mse : error.toFloatArray()) {
                    sum -= 10 * Math.log10(mse);
                }
            }
        }
        return sum / n;
    }

    /** Blurs each colour; at the border, by what there is within the image. */
    static Tensor blur(Tensor x, double deviation) {
        int reach = (int) Math.ceil(3 * deviation);
        int side = 2 * reach + 1;
        float[] weights = new float[3 * side * side];
        for (int i = 0; i < weights.length; i++) {
            int dx = i % side - reach;
            int dy = i / side % side - reach;
            weights[i] = (float) Math.exp(-(dx * dx + dy * dy) / (2 * deviation * deviation));
        }
        Tensor kernel = Tensor.of(weights, 3, 1, side, side);
        var geometry = new Convolution.Geometry(1, 1, reach, reach, reach, reach).groups(3);
        Tensor ones = Tensor.ones(Shape.of(1, 3, x.shape().dim(2), x.shape().dim(3)));
        return Convolution.conv2d(x, kernel, null, geometry, false)
                .div(Convolution.conv2d(ones, kernel, null, geometry, false));
    }
}
