/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.Views;
import io.gatun.nn.Adam;
import io.gatun.nn.Objective;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.BatchIterator;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.report.Picture;
import io.gatun.nn.report.Pictures;
import io.gatun.nn.zoo.Vae;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/** Variational auto-encoders of digits, with codes of 2 and of 20 numbers. */
final class VariationalAutoencoder implements Experiment {
    private static final int LATENT = 20;

    @Override
    public String name() {
        return "vae";
    }

    @Override
    public String claim() {
        return "A variational auto-encoder finds codes that are normally distributed: all codes mean"
                + " something, neighbours mean nearly the same, and new digits come from random ones."
                + " Its bound on the log-likelihood of test digits is better than -105 nats.";
    }

    /** Means over images, in nats. */
    private record Bound(double elbo, double reconstruction, double divergence) {}

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images digits = course.digits(60_000, 10_000);
        ImageDataset train = Images.fromZeroToOne(digits.train());
        ImageDataset test = Images.fromZeroToOne(digits.test());

        int hidden = course.pick(16, 512, 1024);
        Vae large = train(course, train, hidden, LATENT, course.pick(1, 10, 30));
        Vae small = train(course, train, hidden, 2, course.pick(1, 4, 30));
        Bound largeBound = bound(large, LATENT, test, course.seed());
        Bound smallBound = bound(small, 2, test, course.seed());

        Table table =
                Table.of("numbers a code", "parameters", "ELBO", "reconstruction", "divergence")
                        .row(
                                LATENT,
                                large.parameterCount(),
                                largeBound.elbo,
                                largeBound.reconstruction,
                                largeBound.divergence)
                        .row(
                                2,
                                small.parameterCount(),
                                smallBound.elbo,
                                smallBound.reconstruction,
                                smallBound.divergence);
        return Outcome.of(
                table,
                picture(large, small, test, course.seed()),
                largeBound.elbo > -105 && largeBound.elbo > smallBound.elbo,
                "The bound on the log-likelihood of test digits is %.1f nats with codes of %d numbers"
                        + " and %.1f with 2.",
                largeBound.elbo,
                LATENT,
                smallBound.elbo);
    }

    private static Vae train(
            Course course, ImageDataset images, int hidden, int latent, int epochs) {
        course.say("codes of %d numbers", latent);
        Vae vae = Vae.mnist(hidden, latent);
        vae.initialize(course.seed());
        Objective objective =
                batch -> {
                    Vae.Pass pass = vae.pass(batch.inputs());
                    Tensor loss = pass.loss(batch.inputs());
                    return Objective.Outcome.of(loss, pass.logits(), batch.inputs());
                };
        Trainer.of(vae, Adam.of(2e-3), objective)
                .listeners(Progress.of(course), RateSchedule.cosine())
                .fit(images.batches(128).shuffle(course.seed()), epochs);
        return vae;
    }

    /** By one random code for each image. */
    private static Bound bound(Vae vae, int latent, ImageDataset images, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double loss = 0;
        double divergence = 0;
        try (BatchIterator batches = images.batches(500).epoch(1).iterator()) {
            while (batches.hasNext()) {
                try (Scope _ = Scope.open()) {
                    Batch batch = batches.next();
                    Shape codes = Shape.of(batch.size(), latent);
                    Tensor noise = Tensor.normal(codes, 0, 1, random);
                    Vae.Pass pass = vae.passWith(batch.inputs(), noise);
                    loss += batch.size() * pass.loss(batch.inputs()).item();
                    divergence += batch.size() * pass.divergence().item();
                }
            }
        }
        int n = images.size();
        return new Bound(-loss / n, -(loss - divergence) / n, divergence / n);
    }

    private static Picture picture(Vae large, Vae small, ImageDataset test, long seed) {
        try (Scope _ = Scope.open()) {
            int side = 12;
            Tensor manifold = Images.mosaic(small.decode(plane(side)), side);
            SplittableRandom random = new SplittableRandom(seed);
            Tensor codes = Tensor.normal(Shape.of((long) side * side, LATENT), 0, 1, random);
            Tensor drawn = Images.mosaic(large.decode(codes), side);
            Tensor seen = Images.first(test, side * side / 2);
            Tensor again = large.decode(large.encode(seen));
            int half = side / 2;
            Tensor pairs = Views.concat(3, Images.mosaic(seen, half), Images.mosaic(again, half));
            return Picture.grid(
                    3,
                    shown("Codes of 2 numbers, from -2 to 2", manifold),
                    shown("Random codes of " + LATENT + " numbers", drawn),
                    shown("Test digits; right: from their codes", pairs));
        }
    }

    private static Picture shown(String title, Tensor mosaic) {
        return Pictures.images(title, Images.coarse(mosaic), List.of(), 1, 336, 0, 1);
    }

    /** Codes on a square grid from -2 to 2, row by row. */
    private static Tensor plane(int side) {
        float[] codes = new float[2 * side * side];
        for (int i = 0; i < side * side; i++) {
            codes[2 * i] = -2 + 4f * (i % side) / (side - 1);
            int row = i / side;
            codes[2 * i + 1] = 2 - 4f * row / (side - 1);
        }
        return Tensor.of(codes, codes.length / 2, 2);
    }
}
