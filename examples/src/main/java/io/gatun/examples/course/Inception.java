/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Shape;
import io.gatun.nn.Adam;
import io.gatun.nn.Conv2d;
import io.gatun.nn.Dense;
import io.gatun.nn.GlobalAvgPool2d;
import io.gatun.nn.History;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.MaxPool2d;
import io.gatun.nn.Padding;
import io.gatun.nn.Parallel;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Relu;
import io.gatun.nn.Sequential;
import io.gatun.nn.Summary;
import io.gatun.nn.Trainer;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import io.gatun.nn.zoo.GoogLeNet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What the 1x1 convolutions in an Inception module save. */
final class Inception implements Experiment {
    /**
     * Three modules whose 1x1 convolutions leave shares for the 3x3 ones as GoogLeNet's first one
     * (96 of 128), its second one (128 of 192) and most others (a half).
     */
    private static final List<Module> MODULES =
            List.of(
                    new Module(32, 16, 24, 32, 8, 8),
                    new Module(64, 24, 32, 48, 12, 12),
                    new Module(96, 32, 32, 64, 16, 16));

    /**
     * A module.
     *
     * @param in input channels
     * @param one kernels of 1x1
     * @param reduced channels that 1x1 convolutions leave for the 3x3 ones; half as many as there
     *     are kernels for the 5x5 ones
     * @param three kernels of 3x3
     * @param five kernels of 5x5
     * @param pool kernels of 1x1 after the pooling
     */
    private record Module(int in, int one, int reduced, int three, int five, int pool) {
        int out() {
            return one + three + five + pool;
        }

        Layer withReduction() {
            return GoogLeNet.inception(in, one, reduced, three, five / 2, five, pool);
        }

        /** The paper's figure 2a, with as many channels at the end. */
        Layer naive() {
            return Parallel.of(
                    convolution(in, one, 1),
                    convolution(in, three, 3),
                    convolution(in, five, 5),
                    Sequential.of(
                            new MaxPool2d(3, 3, 1, 1, Padding.of(1)), convolution(in, pool, 1)));
        }

        /** One kind of kernel for all. */
        Layer plain() {
            return convolution(in, out(), 3);
        }

        private static Layer convolution(int in, int out, int kernel) {
            return Sequential.of(Conv2d.of(in, out, kernel).padding(Padding.SAME), Relu.of());
        }
    }

    private interface Kind {
        Layer of(Module module);
    }

    private record Result(String name, long parameters, double millions, List<Double> accuracy) {
        double last() {
            return accuracy.getLast();
        }
    }

    @Override
    public String name() {
        return "inception";
    }

    @Override
    public String claim() {
        return "1x1 convolutions before the 3x3 and 5x5 ones of an Inception module save more than"
                + " half of its multiplications and cost at most 3 points of accuracy.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        CourseData.Images images =
                course.photographs(course.pick(64, 10_000, 50_000), course.pick(64, 5_000, 10_000));
        List<Result> results =
                List.of(
                        result(course, images, "3x3 convolutions", Module::plain),
                        result(course, images, "naive modules", Module::naive),
                        result(course, images, "Inception", Module::withReduction));
        Table table =
                Table.of("modules", "parameters", "million multiply-adds", "test accuracy, %");
        Chart curves = Chart.lines("Accuracy on test photographs", "epoch", "accuracy, %");
        for (Result r : results) {
            table = table.row(r.name, r.parameters, r.millions, r.last());
            double[] y = r.accuracy.stream().mapToDouble(a -> a).toArray();
            curves =
                    curves.series(
                            r.name,
                            IntStream.rangeClosed(1, y.length).asDoubleStream().toArray(),
                            y);
        }
        Chart work =
                Chart.bars(
                                "Work for one photograph",
                                "modules",
                                "million multiply-adds",
                                List.of("3x3", "naive", "Inception"),
                                results.stream().mapToDouble(Result::millions).toArray())
                        .fromZero();
        Result naive = results.get(1);
        Result reduced = results.get(2);
        return Outcome.of(
                table,
                Picture.grid(2, work.size(520, 400).toPicture(), curves.size(520, 400).toPicture()),
                reduced.millions < naive.millions / 2 && reduced.last() > naive.last() - 3,
                "The 1x1 convolutions leave %.1f of %.1f million multiply-adds (%.0f %%) and %.1f %%"
                        + " accuracy of %.1f %%; 3x3 convolutions alone take %.1f million for"
                        + " %.1f %%.",
                reduced.millions,
                naive.millions,
                100 * reduced.millions / naive.millions,
                reduced.last(),
                naive.last(),
                results.getFirst().millions,
                results.getFirst().last());
    }

    private static Result result(Course course, CourseData.Images images, String name, Kind kind) {
        Sequential model = net(kind);
        model.initialize(course.seed());
        History history =
                Trainer.of(model, Adam.of(2e-3), Losses.crossEntropy())
                        .metrics(Metrics.accuracy())
                        .listeners(RateSchedule.cooldown(0.5))
                        .fit(
                                images.train().batches(32).shuffle(course.seed()),
                                images.test().batches(500),
                                course.pick(1, 10, 20));
        List<Double> accuracy = new ArrayList<>();
        for (History.Epoch epoch : history.epochs()) {
            accuracy.add(100 * epoch.validationMetrics().getOrDefault("accuracy", Double.NaN));
        }
        Summary summary = Summary.of(model, Shape.of(3, 32, 32));
        Result result =
                new Result(name, summary.parameters(), summary.multiplyAdds() / 1e6, accuracy);
        course.say(
                "%s: %,d parameters, %.1f million multiply-adds, %.1f %% right",
                name, result.parameters, result.millions, result.last());
        return result;
    }

    private static Sequential net(Kind kind) {
        return Sequential.of(
                Conv2d.of(3, 32, 3).padding(Padding.SAME),
                Relu.of(),
                MaxPool2d.of(2),
                kind.of(MODULES.get(0)),
                MaxPool2d.of(2),
                kind.of(MODULES.get(1)),
                kind.of(MODULES.get(2)),
                GlobalAvgPool2d.of(),
                Dense.of(MODULES.get(2).out(), 10));
    }
}
