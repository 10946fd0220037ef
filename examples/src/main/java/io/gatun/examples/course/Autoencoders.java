/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.SymmetricEigen;
import io.gatun.Tensor;
import io.gatun.Views;
import io.gatun.nn.Adam;
import io.gatun.nn.Losses;
import io.gatun.nn.Objective;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.report.Pictures;
import io.gatun.nn.zoo.Autoencoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Digits through a few numbers and back: convolutional auto-encoders against PCA, and with noise.
 */
final class Autoencoders implements Experiment {
    private static final int[] CODES = {2, 8, 32};
    private static final float NOISE = 0.5f;
    private static final int SHOWN = 10;

    @Override
    public String name() {
        return "autoencoder";
    }

    @Override
    public String claim() {
        return "An auto-encoder keeps more of a digit in a short code than principal components do,"
                + " which are the best linear code. One that was trained with noise at its input"
                + " gives noisy digits back clean.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images digits = course.digits(course.pick(600, 30_000, 60_000), 2000);
        ImageDataset train = Images.fromZeroToOne(digits.train());
        ImageDataset test = Images.fromZeroToOne(digits.test());

        try (Scope _ = Scope.open()) {
            Tensor clean = Images.first(test, 2000);
            Principal principal = principal(Images.first(train, course.pick(600, 10_000, 30_000)));
            Table table = Table.of("numbers a code", "PCA, error", "auto-encoder, error", "share");
            List<Tensor> shown = new ArrayList<>(List.of(clean));
            List<String> rows = new ArrayList<>(List.of("test digit"));
            boolean better = true;
            double[] shares = new double[CODES.length];
            for (int i = 0; i < CODES.length; i++) {
                int code = CODES[i];
                course.say("codes of %d numbers", code);
                Autoencoder model = Autoencoder.convolutional(code);
                train(course, model, train);
                Tensor byPca = principal.through(clean, code);
                Tensor byModel = restored(model, clean);
                double linear = error(byPca, clean);
                double learnt = error(byModel, clean);
                shares[i] = learnt / linear;
                table = table.row(code, linear, learnt, shares[i]);
                better &= learnt < linear;
                shown.addAll(List.of(byPca, byModel));
                rows.addAll(List.of("PCA, " + code, "learnt, " + code));
            }

            course.say("codes of 32 numbers, with noise of %.1f at the input", NOISE);
            Autoencoder denoising = Autoencoder.convolutional(32).denoising(NOISE);
            train(course, denoising, train);
            Tensor noise =
                    Tensor.normal(clean.shape(), 0, NOISE, new SplittableRandom(course.seed()));
            Tensor noisy = clean.add(noise);
            Tensor mended = restored(denoising, noisy);
            double before = error(noisy, clean);
            double after = error(mended, clean);
            table = table.row("32, noisy digits", before, after, after / before);
            shown.addAll(List.of(noisy, mended));
            rows.addAll(List.of("with noise", "mended"));

            List<String> captions = new ArrayList<>();
            rows.forEach(row -> captions.addAll(Collections.nCopies(SHOWN, row)));
            Tensor all =
                    Views.concat(
                            0,
                            shown.stream().map(x -> x.slice(0, 0, SHOWN)).toArray(Tensor[]::new));
            return Outcome.of(
                    table,
                    Pictures.images(
                            "Test digits from codes of 2, 8 and 32 numbers",
                            all,
                            captions,
                            SHOWN,
                            56,
                            0,
                            1),
                    better && after < before / 4,
                    "The auto-encoder's squared error is %.0f %%, %.0f %% and %.0f %% of that of PCA"
                            + " with codes of 2, 8 and 32 numbers; the denoising one takes away"
                            + " %.0f %% of the noise's.",
                    100 * shares[0],
                    100 * shares[1],
                    100 * shares[2],
                    100 * (1 - after / before));
        }
    }

    private static void train(Course course, Autoencoder model, ImageDataset images) {
        model.initialize(course.seed());
        Objective objective =
                batch -> {
                    Tensor logits = model.forward(batch.inputs());
                    Tensor loss =
                            Losses.binaryCrossEntropyWithLogits().apply(logits, batch.inputs());
                    return Objective.Outcome.of(loss, logits, batch.inputs());
                };
        Trainer.of(model, Adam.of(3e-3), objective)
                .listeners(Progress.of(course), RateSchedule.cosine())
                .fit(images.batches(64).shuffle(course.seed()), course.pick(1, 3, 10));
    }

    private static Tensor restored(Autoencoder model, Tensor images) {
        return model.forward(images).sigmoid();
    }

    /** Squared, summed over an image's pixels; the mean over images. */
    private static double error(Tensor restored, Tensor clean) {
        return restored.sub(clean).square().sum().item() / clean.shape().dim(0);
    }

    /** A mean image, and the directions of largest variance, largest first. */
    private record Principal(Tensor mean, SymmetricEigen directions) {
        /** Projects images on the first directions, and back. */
        Tensor through(Tensor images, int count) {
            int pixels = directions.size();
            float[] rows = new float[count * pixels];
            for (int k = 0; k < count; k++) {
                double[] vector = directions.vector(k);
                for (int p = 0; p < pixels; p++) {
                    rows[k * pixels + p] = (float) vector[p];
                }
            }
            Tensor basis = Tensor.of(rows, count, pixels);
            Tensor centred = images.reshape(images.shape().dim(0), pixels).sub(mean);
            Tensor codes = centred.matmul(basis.transpose());
            return codes.matmul(basis).add(mean).reshape(images.shape().toArray());
        }
    }

    private static Principal principal(Tensor images) {
        int n = (int) images.shape().dim(0);
        int pixels = (int) (images.shape().size() / n);
        Tensor flat = images.reshape(n, pixels);
        Tensor mean = flat.mean(true, 0);
        Tensor centred = flat.sub(mean);
        float[] covariance = centred.transpose().matmul(centred).mul(1f / n).toFloatArray();
        double[] matrix = new double[covariance.length];
        for (int i = 0; i < matrix.length; i++) {
            // Rounding differs from side to side.
            matrix[i] = (covariance[i] + covariance[i % pixels * pixels + i / pixels]) / 2.0;
        }
        return new Principal(mean, SymmetricEigen.of(matrix, pixels));
    }
}
