/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.Adam;
import io.gatun.nn.BatchNorm2d;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.Features;
import io.gatun.nn.FineTuning;
import io.gatun.nn.Flatten;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.StepOptimizer;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Augmentation;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import io.gatun.nn.zoo.LinearModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** What a net that knows the digits 0 to 4 is worth for other images. */
final class Transfer implements Experiment {
    private static final int CLASSES = 5;

    /**
     * Where features are taken from: after the second of three stages, and before the last layer.
     */
    private static final int LOW = 14;

    private static final int TOP = 22;

    private static final List<String> WAYS =
            List.of("from scratch", "top features", "low features", "fine-tuned");

    /** The same, short enough for a bar. */
    private static final List<String> BARS = List.of("scratch", "top", "low", "tuned");

    /** Accuracy of each way in percent, the mean over draws of the training images. */
    private record Case(String data, int perClass, List<Double> accuracy) {
        /** What the better of both linear classifiers gains over training from scratch. */
        double gain() {
            return Math.max(accuracy.get(1), accuracy.get(2)) - accuracy.get(0);
        }
    }

    @Override
    public String name() {
        return "transfer";
    }

    @Override
    public String claim() {
        return "Features that were learnt on other classes are worth many images: with 10 images of"
                + " each new class a linear classifier on them beats training from scratch by at"
                + " least 10 points, and by less the more images there are.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images digits = course.digits(course.pick(300, 60_000, 60_000), 10_000);
        CourseData.Images photographs =
                course.photographs(course.pick(200, 30_000, 50_000), 10_000);
        Sequential base = learnDigits(course, SomeClasses.of(digits.train(), 0, CLASSES));

        List<Case> cases = new ArrayList<>();
        Dataset learn = SomeClasses.of(digits.train(), CLASSES, CLASSES);
        Dataset test = SomeClasses.of(digits.test(), CLASSES, CLASSES);
        cases.addAll(compare(course, base, "similar: digits 5 to 9", learn, test));
        Dataset greyLearn = grey(SomeClasses.of(photographs.train(), 0, CLASSES));
        Dataset greyTest = grey(SomeClasses.of(photographs.test(), 0, CLASSES));
        cases.addAll(compare(course, base, "different: photographs", greyLearn, greyTest));
        return outcome(cases);
    }

    /** Three stages of two convolutions each: a small VGG. */
    private static Sequential net() {
        List<Layer> layers = new ArrayList<>();
        int in = 1;
        for (int out : new int[] {8, 16, 32}) {
            for (int i = 0; i < 2; i++) {
                layers.add(Conv2d.of(in, out, 3).padding(Padding.SAME).bias(false));
                layers.add(BatchNorm2d.of(out));
                layers.add(Relu.of());
                in = out;
            }
            layers.add(MaxPool2d.of(2));
        }
        layers.add(Flatten.of());
        layers.add(Dense.of(32 * 3 * 3, CLASSES));
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    /** Digits that are turned, moved and slanted make features that suit more than these digits. */
    private static Sequential learnDigits(Course course, SomeClasses all) {
        Dataset digits = all.drawn(course.pick(20, 3_000, 6_000), course.seed());
        Sequential base = net();
        base.initialize(course.seed());
        course.say("learning the digits 0 to 4 from %,d images", digits.size());
        Augmentation changes =
                Augmentation.of(course.seed()).rotate(15).shear(15).shift(0.1).scale(0.8, 1.2);
        Trainer.of(base, Adam.of(2e-3), Losses.crossEntropy())
                .listeners(RateSchedule.cooldown(0.5))
                .fit(
                        digits.batches(64).shuffle(course.seed()).transform(changes),
                        course.pick(1, 3, 6));
        return base;
    }

    /** Photographs as the net takes images: the mean of the colours, and 28 x 28 pixels. */
    private static Dataset grey(Dataset photographs) {
        return Features.extract(
                x -> x.mean(true, 1).slice(2, 2, 30).slice(3, 2, 30), photographs, 500);
    }

    /** Little data and much. */
    private static List<Case> compare(
            Course course, Sequential base, String data, Dataset learn, Dataset test) {
        SomeClasses all = SomeClasses.of(learn, 0, CLASSES);
        Layer top = base.slice(0, TOP);
        Layer low = Sequential.of(base.slice(0, LOW), Flatten.of());
        Dataset topTest = Features.extract(top, test, 500);
        Dataset lowTest = Features.extract(low, test, 500);
        List<Case> cases = new ArrayList<>();
        for (int perClass : new int[] {10, course.pick(20, 500, 2500)}) {
            int draws = perClass == 10 ? course.pick(1, 3, 20) : 1;
            int epochs = perClass == 10 ? course.pick(2, 60, 100) : course.pick(1, 8, 20);
            double[] mean = new double[WAYS.size()];
            for (int draw = 0; draw < draws; draw++) {
                long seed = course.seed() + draw;
                Dataset few = all.drawn(perClass, seed);
                Sequential tuned = (Sequential) base.map(parameter -> parameter.copy());
                tuned = tuned.replaceLast(Dense.of(32 * 3 * 3, CLASSES).initialize(seed));
                StepOptimizer<?> byLayer = Adam.of(1e-3).groups(FineTuning.layerRates(tuned, 0.7));
                mean[0] += train(net().initialize(seed), Adam.of(1e-3), few, test, epochs, seed);
                mean[1] += classify(Features.extract(top, few, 500), topTest, epochs, seed);
                mean[2] += classify(Features.extract(low, few, 500), lowTest, epochs, seed);
                mean[3] += train(tuned, byLayer, few, test, epochs, seed);
            }
            for (int way = 0; way < mean.length; way++) {
                mean[way] *= 100.0 / draws;
            }
            cases.add(new Case(data, perClass, DoubleStream.of(mean).boxed().toList()));
            course.say(
                    "%s, %d images a class: %.1f %% from scratch, %.1f %% on top features,"
                            + " %.1f %% on low ones, %.1f %% fine-tuned",
                    data, perClass, mean[0], mean[1], mean[2], mean[3]);
        }
        return cases;
    }

    /** Each image has gone through the net once; only this linear classifier is trained. */
    private static double classify(Dataset features, Dataset test, int epochs, long seed) {
        int size = Math.toIntExact(features.inputShape().size());
        Layer linear = LinearModels.softmaxRegression(size, CLASSES).initialize(seed);
        return train(linear, Adam.of(3e-3).weightDecay(1e-2), features, test, epochs, seed);
    }

    private static double train(
            Layer model,
            StepOptimizer<?> optimizer,
            Dataset few,
            Dataset test,
            int epochs,
            long seed) {
        Trainer trainer =
                Trainer.of(model, optimizer, Losses.crossEntropy()).metrics(Metrics.accuracy());
        trainer.listeners(RateSchedule.cooldown(0.5))
                .fit(few.batches(few.size() < 100 ? 10 : 32).shuffle(seed), epochs);
        return trainer.evaluate(test.batches(500)).metrics().getOrDefault("accuracy", Double.NaN);
    }

    private static Outcome outcome(List<Case> cases) {
        Table table =
                Table.of(
                        "data",
                        "images a class",
                        WAYS.get(0),
                        WAYS.get(1),
                        WAYS.get(2),
                        WAYS.get(3));
        Picture[] charts = new Picture[cases.size()];
        for (int i = 0; i < charts.length; i++) {
            Case c = cases.get(i);
            List<Double> percent = c.accuracy;
            table =
                    table.row(
                            c.data,
                            c.perClass,
                            percent.get(0),
                            percent.get(1),
                            percent.get(2),
                            percent.get(3));
            charts[i] =
                    Chart.bars(
                                    c.data + ", " + c.perClass + " images a class",
                                    "training from scratch, features of digits, fine-tuning",
                                    "test accuracy, %",
                                    BARS,
                                    percent.stream().mapToDouble(p -> p).toArray())
                            .fromZero()
                            .size(440, 300)
                            .toPicture();
        }
        double little = cases.get(0).gain();
        double much = cases.get(1).gain();
        return Outcome.of(
                table,
                Picture.grid(2, charts),
                little >= 10 && much < little,
                "With 10 images of each of the digits 5 to 9, a linear classifier on features of the"
                        + " digits 0 to 4 is %.1f points better than training from scratch; with %d"
                        + " images, %.1f points. On photographs it is %.1f and %.1f points, and with"
                        + " many images the low features are %.1f points better than the top ones.",
                little,
                cases.get(1).perClass,
                much,
                cases.get(2).gain(),
                cases.get(3).gain(),
                cases.get(3).accuracy.get(2) - cases.get(3).accuracy.get(1));
    }
}
