/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Indexing;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Softmax;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.Views;
import io.gatun.nn.Adam;
import io.gatun.nn.GanLoss;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Trainer;
import io.gatun.nn.WeightAverage;
import io.gatun.nn.data.BatchIterator;
import io.gatun.nn.data.Batches;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.report.Picture;
import io.gatun.nn.report.Pictures;
import io.gatun.nn.zoo.Dcgan;
import io.gatun.nn.zoo.LeNet5;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A generator and a discriminator play against each other until digits come out. */
final class AdversarialDigits implements Experiment {
    private static final int LATENT = 64;
    private static final int DRAWN = 1000;
    private static final double RATE = 1.5e-3;

    @Override
    public String name() {
        return "gan";
    }

    @Override
    public String claim() {
        return "A generator that has never seen a digit learns to draw all ten kinds from its"
                + " opponent's gradients: LeNet-5 is sure (above 0.9) about more than 85 % of 1,000"
                + " samples. Directions in the noise mean something: one of them slants digits.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images digits = course.digits(60_000, 10_000);
        ImageDataset train = Images.fromMinusOneToOne(digits.train());
        ImageDataset test = Images.fromMinusOneToOne(digits.test());
        Layer judge = judge(course, train);
        Layer generator = play(course, train);

        try (Scope _ = Scope.open()) {
            SplittableRandom random = new SplittableRandom(course.seed() + 1);
            Tensor codes = Tensor.normal(Shape.of(DRAWN, LATENT), 0, 1, random);
            Tensor drawn = generator.forward(codes);
            int[] real = confident(judge, Images.first(test, DRAWN));
            int[] found = confident(judge, drawn);

            // What leans right less what leans left, on average, in the noise.
            double[] slants = slants(drawn);
            int[] order =
                    IntStream.range(0, DRAWN)
                            .boxed()
                            .sorted(Comparator.comparingDouble(i -> slants[i]))
                            .mapToInt(i -> i)
                            .toArray();
            Tensor left = mean(codes, IntStream.of(order).limit(DRAWN / 5).toArray());
            Tensor right = mean(codes, IntStream.of(order).skip(DRAWN - DRAWN / 5).toArray());
            Tensor direction = right.sub(left);
            Tensor fresh = Tensor.normal(Shape.of(DRAWN, LATENT), 0, 1, random);
            double before = mean(slants(generator.forward(fresh.sub(direction))));
            double after = mean(slants(generator.forward(fresh.add(direction))));

            Table table = Table.of("digit", "of 1,000 samples", "of 1,000 test digits");
            int sure = 0;
            int kinds = 0;
            for (int digit = 0; digit < 10; digit++) {
                table = table.row(digit, found[digit], real[digit]);
                sure += found[digit];
                kinds += found[digit] > 0 ? 1 : 0;
            }
            table = table.row("all, above 0.9", sure, IntStream.of(real).sum());
            return Outcome.of(
                    table,
                    picture(generator, drawn, fresh, direction),
                    sure > 850 && kinds == 10 && after > before,
                    "LeNet-5 is sure about %.1f %% of the samples, of %d kinds, and about %.1f %% of"
                            + " test digits. Moving noise along one direction changes the mean slant of"
                            + " digits it was not found by from %.0f to %.0f degrees.",
                    100.0 * sure / DRAWN,
                    kinds,
                    100.0 * IntStream.of(real).sum() / DRAWN,
                    before,
                    after);
        }
    }

    private static Layer judge(Course course, ImageDataset train) {
        Layer judge = LeNet5.of().initialize(course.seed());
        course.say("LeNet-5 learns digits, to judge");
        Trainer.of(judge, Adam.of(2e-3), Losses.crossEntropy())
                .listeners(Progress.of(course), RateSchedule.cosine())
                .fit(train.batches(64).shuffle(course.seed()), course.pick(1, 8, 8));
        return judge;
    }

    /** The game; returns the average of the generator's weights over its last steps. */
    private static Layer play(Course course, ImageDataset train) {
        Dcgan gan = Dcgan.mnist(LATENT, course.pick(2, 32, 48));
        Layer generator = gan.generator().initialize(course.seed());
        Layer discriminator = gan.discriminator().initialize(course.seed() + 1);
        WeightAverage average = WeightAverage.of(generator, course.pick(0, 998, 998) / 1000.0);
        Adam generating = Adam.of(RATE).betas(0.5, 0.999);
        Adam discriminating = Adam.of(RATE).betas(0.5, 0.999);
        GanLoss game = GanLoss.NON_SATURATING;
        SplittableRandom random = new SplittableRandom(course.seed());
        Batches batches = train.batches(64).shuffle(course.seed()).dropLast();
        int epochs = course.pick(1, 6, 20);
        long steps = (long) epochs * batches.count();
        long step = 0;
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double lost = 0;
            double fooled = 0;
            try (BatchIterator walk = batches.epoch(epoch).iterator()) {
                while (walk.hasNext()) {
                    double rate = RATE * Math.min(1, 2 - 2.0 * step++ / steps);
                    generating.rate(rate);
                    discriminating.rate(rate);
                    try (Tape tape = Tape.open()) {
                        Tensor real = walk.next().inputs();
                        Shape codes = Shape.of(batches.size(), LATENT);
                        Tensor fake = generator.forward(Tensor.normal(codes, 0, 1, random));
                        Tensor loss =
                                game.discriminator(
                                        discriminator.forward(real),
                                        discriminator.forward(fake.detach()));
                        discriminating.step(tape.gradients(loss, discriminator.parameters()));
                        Tensor answer = game.generator(discriminator.forward(fake));
                        generating.step(tape.gradients(answer, generator.parameters()));
                        lost += loss.item();
                        fooled += answer.item();
                    }
                    average.update();
                }
            }
            course.say(
                    "epoch %d: the discriminator's loss is %.3f, the generator's %.3f",
                    epoch, lost / batches.count(), fooled / batches.count());
        }
        return average.model();
    }

    /** How many images of each digit have a probability above 0.9. */
    private static int[] confident(Layer judge, Tensor images) {
        int[] counts = new int[10];
        float[] probabilities = Softmax.softmax(judge.forward(images)).toFloatArray();
        for (int i = 0; i < probabilities.length; i++) {
            counts[i % 10] += probabilities[i] > 0.9f ? 1 : 0;
        }
        return counts;
    }

    /** The angle of each image's ink to the vertical in degrees, from its second moments. */
    static double[] slants(Tensor images) {
        float[] values = images.toFloatArray();
        int side = (int) images.shape().dim(3);
        double[] slants = new double[values.length / (side * side)];
        for (int i = 0; i < slants.length; i++) {
            double ink = 1e-9;
            double x = 0;
            double y = 0;
            double xy = 0;
            double yy = 0;
            for (int p = 0; p < side * side; p++) {
                double v = (values[i * side * side + p] + 1) / 2;
                int column = p % side;
                int row = p / side;
                ink += v;
                x += v * column;
                y += v * row;
                xy += v * column * row;
                yy += v * row * row;
            }
            double along = yy / ink - y / ink * (y / ink);
            double across = xy / ink - x / ink * (y / ink);
            slants[i] = Math.toDegrees(Math.atan2(-across, Math.max(along, 1e-9)));
        }
        return slants;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }

    private static Tensor mean(Tensor codes, int[] rows) {
        return Indexing.indexSelect(codes, 0, Tensor.of(rows)).mean(true, 0);
    }

    private static Picture picture(Layer generator, Tensor drawn, Tensor fresh, Tensor direction) {
        int side = 12;
        Tensor samples = Images.mosaic(drawn.slice(0, 0, (long) side * side), side);
        Tensor[] steps = new Tensor[side];
        for (int i = 0; i < side; i++) {
            float factor = -2 + 4f * i / (side - 1);
            steps[i] = generator.forward(fresh.slice(0, 0, side).add(direction.mul(factor)));
        }
        Tensor moved = Views.stack(1, steps); // [digit, step, 1, h, w]
        Shape one = moved.shape();
        Tensor slanted =
                Images.mosaic(moved.reshape((long) side * side, 1, one.dim(3), one.dim(4)), side);
        return Picture.grid(
                2,
                shown("Samples of the generator", samples),
                shown("Each row: one code, moved along the direction of slant", slanted));
    }

    private static Picture shown(String title, Tensor mosaic) {
        return Pictures.images(title, Images.coarse(mosaic), List.of(), 1, 560, -1, 1);
    }
}
