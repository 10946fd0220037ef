/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.AdaGrad;
import io.gatun.nn.Adam;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Optimizer;
import io.gatun.nn.RmsProp;
import io.gatun.nn.Sgd;
import io.gatun.nn.Trainer;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import io.gatun.nn.zoo.Mlp;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/** Optimizers on a bowl with steep walls, on a saddle, and on digits. */
final class Optimizers implements Experiment {
    /**
     * A method with a rate for each task. For the bowl SGD has nearly the largest with which it
     * does not diverge, 0.04.
     */
    private record Method(
            String name,
            double bowlRate,
            double saddleRate,
            double digitsRate,
            DoubleFunction<Optimizer> make) {}

    private static final List<Method> METHODS =
            List.of(
                    new Method("SGD", 0.035, 0.03, 0.05, Sgd::of),
                    new Method("momentum", 0.01, 0.03, 0.05, rate -> Sgd.of(rate, 0.9)),
                    new Method("AdaGrad", 0.5, 0.1, 0.02, AdaGrad::of),
                    new Method("RMSprop", 0.1, 0.03, 0.001, RmsProp::of),
                    new Method("Adam", 0.2, 0.03, 0.001, Adam::of));

    /** A function of the plane, as a loss, and for the picture behind the ways. */
    private interface Surface {
        Tensor at(Tensor x, Tensor y);

        double at(double x, double y);
    }

    /** f = x^2 / 2 + 25 y^2: fifty times as steep across as along. */
    private static final class Bowl implements Surface {
        @Override
        public Tensor at(Tensor x, Tensor y) {
            return x.square().mul(0.5f).add(y.square().mul(25));
        }

        @Override
        public double at(double x, double y) {
            return x * x / 2 + 25 * y * y;
        }
    }

    /** f = x^2 - y^2 + y^4 / 2: flat at the origin, with a minimum of -1/2 on each side. */
    private static final class Saddle implements Surface {
        @Override
        public Tensor at(Tensor x, Tensor y) {
            return x.square().sub(y.square()).add(y.square().square().mul(0.5f));
        }

        @Override
        public double at(double x, double y) {
            return x * x - y * y + y * y * y * y / 2;
        }
    }

    /** Where a method went. */
    private record Way(List<double[]> points, Surface surface) {
        double end() {
            double[] last = points.getLast();
            double value = surface.at(last[0], last[1]);
            return Double.isFinite(value) ? value : Double.POSITIVE_INFINITY;
        }

        /** How many steps it took to get below a value; all steps and one, if it did not. */
        int stepsTo(double value) {
            int i = 0;
            while (i < points.size() && surface.at(points.get(i)[0], points.get(i)[1]) > value) {
                i++;
            }
            return i;
        }

        double[] steps() {
            return IntStream.range(0, points.size()).asDoubleStream().toArray();
        }

        double[] losses() {
            return points.stream().mapToDouble(point -> surface.at(point[0], point[1])).toArray();
        }

        double[] coordinate(int axis) {
            return points.stream().mapToDouble(point -> point[axis]).toArray();
        }
    }

    @Override
    public String name() {
        return "optimizers";
    }

    @Override
    public String claim() {
        return "In a narrow valley plain SGD creeps, while momentum and Adam get through; methods with"
                + " a rate for each parameter leave a saddle sooner; on digits all of them beat plain"
                + " SGD.";
    }

    @Override
    public Outcome run(Course course) throws Exception {
        int steps = course.pick(5, 80, 80);
        Chart bowl = Chart.lines("Bowl, " + steps + " steps", "x", "y").size(440, 320);
        Chart descent =
                Chart.lines("Bowl: the way down", "step", "loss")
                        .logarithmic()
                        .range(1e-4, 100)
                        .size(440, 320);
        Chart saddle = Chart.lines("Saddle", "x", "y").size(440, 320);
        Chart digits = Chart.lines("Digits", "step", "training loss").size(440, 320);
        Table table =
                Table.of(
                        "method",
                        "bowl: loss after " + steps,
                        "saddle: steps to leave",
                        "digits: training loss",
                        "test accuracy %");
        CourseData.Images images =
                course.digits(course.pick(600, 20_000, 60_000), course.pick(200, 5000, 10_000));
        double[] losses = new double[METHODS.size()];
        int[] left = new int[METHODS.size()];
        double[] trained = new double[METHODS.size()];
        for (int i = 0; i < METHODS.size(); i++) {
            Method method = METHODS.get(i);
            Way way = walk(new Bowl(), method.make.apply(method.bowlRate), -4, 1, steps);
            losses[i] = way.end();
            bowl = bowl.series(method.name, way.coordinate(0), way.coordinate(1));

            descent = descent.series(method.name, way.steps(), way.losses());
            Way away =
                    walk(
                            new Saddle(),
                            method.make.apply(method.saddleRate),
                            -1,
                            1e-4,
                            course.pick(5, 300, 300));
            left[i] = away.stepsTo(-0.25);
            saddle = saddle.series(method.name, away.coordinate(0), away.coordinate(1));

            Layer model = Mlp.of(784, 128, 10).initialize(course.seed());
            Curve curve = new Curve(course.pick(2, 20, 60));
            Trainer trainer =
                    Trainer.of(model, method.make.apply(method.digitsRate), Losses.crossEntropy())
                            .metrics(Metrics.accuracy())
                            .listeners(curve);
            trainer.fit(images.train().batches(64).shuffle(course.seed()), course.pick(1, 2, 5));
            trained[i] = curve.last();
            double accuracy = 100 * trainer.evaluate(images.test().batches(500)).metric("accuracy");
            digits = digits.series(method.name, curve.steps(), curve.losses());
            course.say(
                    "%s: bowl %.2g after %d steps, saddle left after %d, digits %.2f %%",
                    method.name, losses[i], steps, left[i], accuracy);
            table = table.row(method.name, losses[i], left[i], trained[i], accuracy);
        }
        int best = 1;
        boolean beaten = losses[1] < losses[0] / 3 && losses[4] < losses[0] / 3;
        for (int i = 1; i < METHODS.size(); i++) {
            best = trained[i] < trained[best] ? i : best;
            beaten &= trained[i] < trained[0];
        }
        beaten &= Math.max(left[2], Math.max(left[3], left[4])) < left[0];
        return Outcome.of(
                table,
                Picture.grid(
                        2,
                        onto(bowl, new Bowl(), -4.5, 1.5, -1.3, 1.3).toPicture(),
                        descent.toPicture(),
                        onto(saddle, new Saddle(), -1.2, 1.2, -0.3, 1.3).toPicture(),
                        digits.range(0, 1).toPicture()),
                beaten,
                "After %d steps in the valley SGD is at a loss of %.2g, momentum at %.2g, Adam at"
                        + " %.2g; the saddle is left after %d, %d and %d steps. On digits %s has the"
                        + " lowest training loss, %.3f, against %.3f of SGD.",
                steps,
                losses[0],
                losses[1],
                losses[4],
                left[0],
                left[1],
                left[4],
                METHODS.get(best).name,
                trained[best],
                trained[0]);
    }

    /** The three lines of a training step, by hand. */
    private static Way walk(Surface surface, Optimizer optimizer, double x0, double y0, int steps) {
        Tensor x = Tensor.scalar((float) x0);
        Tensor y = Tensor.scalar((float) y0);
        List<double[]> points = new ArrayList<>(List.of(new double[] {x0, y0}));
        for (int i = 0; i < steps; i++) {
            try (Tape tape = Tape.open()) {
                Tensor loss = surface.at(x, y);
                optimizer.step(tape.gradients(loss, x, y));
            }
            points.add(new double[] {x.item(), y.item()});
        }
        return new Way(points, surface);
    }

    /** In front of the surface, dark where it is low. */
    private static Chart onto(
            Chart chart, Surface surface, double left, double right, double bottom, double top) {
        int side = 120;
        double[] heights = new double[side * side];
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < heights.length; i++) {
            double x = left + (i % side + 0.5) / side * (right - left);
            double y = top - (Math.floorDiv(i, side) + 0.5) / side * (top - bottom);
            heights[i] = surface.at(x, y);
            low = Math.min(low, heights[i]);
            high = Math.max(high, heights[i]);
        }
        int[] rgb = new int[heights.length];
        for (int i = 0; i < rgb.length; i++) {
            // The root makes more of what is low; bands stand for lines of equal height.
            double share = Math.sqrt((heights[i] - low) / (high - low));
            int grey = 200 + (int) Math.round(55 * Math.floor(share * 8) / 8);
            rgb[i] = grey << 16 | grey << 8 | grey;
        }
        return chart.background(Picture.of(side, side, rgb), left, right, bottom, top);
    }
}
