/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static io.gatun.nn.Expect.thrown;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.RateSchedule.Point;
import io.gatun.nn.data.Batches;
import io.gatun.nn.zoo.Mlp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedulesTest {
    /** Factors at steps 0, 1, ... of a run of some epochs of four steps. */
    private static double[] factors(RateSchedule schedule, int epochs, int... steps) {
        double[] factors = new double[steps.length];
        for (int i = 0; i < steps.length; i++) {
            factors[i] = schedule.factor(new Point(steps[i], 4L * epochs, 4));
        }
        return factors;
    }

    private static void same(double[] actual, double... expected) {
        assertArrayEquals(expected, actual, 1e-12);
    }

    @Test
    void stepsDown() {
        same(factors(RateSchedule.step(2, 0.1), 5, 0, 7, 8, 15, 16), 1, 1, 0.1, 0.1, 0.01);
        same(factors(RateSchedule.steps(0.5, 1, 3), 5, 3, 4, 11, 12, 19), 1, 0.5, 0.5, 0.25, 0.25);
    }

    @Test
    void decays() {
        same(factors(RateSchedule.exponential(0.25), 5, 0, 2, 4, 8), 1, 0.5, 0.25, 0.0625);
        same(factors(RateSchedule.inverseTime(1), 5, 0, 2, 4, 12), 1, 2 / 3.0, 0.5, 0.25);
    }

    @Test
    void fallsToTheEnd() {
        same(factors(RateSchedule.polynomial(2, 0.2), 2, 0, 4, 6), 1, 0.4, 0.25);
        same(factors(RateSchedule.linear(), 2, 0, 2, 7), 1, 0.75, 0.125);
        same(
                factors(RateSchedule.cosine(), 3, 0, 3, 4, 6, 9),
                1,
                (1 + Math.sqrt(0.5)) / 2,
                0.75,
                0.5,
                (1 - Math.sqrt(0.5)) / 2);
        same(factors(RateSchedule.cooldown(0.5), 2, 0, 4, 6, 7), 1, 1, 0.5, 0.25);
    }

    /** Lengths of 1, 2 and 4 epochs. */
    @Test
    void restarts() {
        same(
                factors(RateSchedule.cosineRestarts(1, 2), 7, 0, 2, 4, 8, 12, 20),
                1,
                0.5,
                1,
                0.5,
                1,
                0.5);
        same(factors(RateSchedule.cosineRestarts(0.5, 1), 7, 0, 1, 2, 3), 1, 0.5, 1, 0.5);
    }

    /**
     * PyTorch's OneCycleLR with 20 steps: up until step 0.3 * 20 - 1 = 5, down until step 19, where
     * it is 1/25/1e4 of the highest.
     */
    @Test
    void oneCycle() {
        same(factors(RateSchedule.oneCycle(), 5, 0, 5, 12, 19), 0.04, 1, (1 + 4e-6) / 2, 4e-6);
        Sgd optimizer = Sgd.of(2, 0.9);
        List<Double> momenta = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        run(
                optimizer,
                5,
                RateSchedule.oneCycle(0.85, 0.95),
                new TrainingListener() {
                    @Override
                    public void stepTaken(Run run, Step step) {
                        momenta.add(run.optimizer().currentMomentum());
                        rates.add(step.rate());
                    }
                });
        assertEquals(20, rates.size());
        assertEquals(0.08, rates.get(0), 1e-12);
        assertEquals(2, rates.get(5), 1e-12);
        assertEquals(0.95, momenta.get(0), 1e-12);
        assertEquals(0.85, momenta.get(5), 1e-12);
        assertEquals(0.9, momenta.get(12), 1e-12);
        assertEquals(0.95, momenta.get(19), 1e-12);
        assertEquals(0.9, optimizer.currentMomentum(), "put back");
        assertEquals(2, optimizer.rate(), "put back");
        thrown(
                UnsupportedOperationException.class,
                () -> run(AdaGrad.of(0.1), 1, RateSchedule.oneCycle(0.85, 0.95)),
                "no momentum");
        refused(() -> Sgd.of(0.1).currentMomentum(0.5), "momentum = 0.5", "above 0");
    }

    /** Warm-up over four steps, then the schedule over the four that are left. */
    @Test
    void warmup() {
        RateSchedule linear = RateSchedule.linear();
        double[] expected = {1 / 4.0, 2 / 4.0, 3 / 4.0, 1, 1, 0.75, 0.5, 0.25};
        int[] steps = {0, 1, 2, 3, 4, 5, 6, 7};
        same(factors(linear.warmup(1), 2, steps), expected);
        same(factors(linear.warmupSteps(4), 2, steps), expected);
        same(factors(RateSchedule.step(1, 0.1).warmup(0.5), 2, 0, 1, 2, 5, 6), 0.5, 1, 1, 1, 0.1);
        same(factors(RateSchedule.of(_ -> 1).warmupSteps(99), 2, 0, 7), 1 / 8.0, 1);
        assertEquals(0.85, momentumAfterWarmup(), 1e-12);
    }

    private static double momentumAfterWarmup() {
        Sgd optimizer = Sgd.of(1, 0.9);
        double[] least = {1};
        run(
                optimizer,
                6,
                RateSchedule.oneCycle(0.85, 0.95).warmup(1),
                new TrainingListener() {
                    @Override
                    public void stepTaken(Run run, Step step) {
                        least[0] = Math.min(least[0], optimizer.currentMomentum());
                        if (step.number() <= 4) {
                            assertEquals(0.95, optimizer.currentMomentum(), 1e-12);
                        }
                    }
                });
        return least[0];
    }

    /** 64 samples in batches of 16: four steps in an epoch. */
    private static History run(Optimizer optimizer, int epochs, TrainingListener... listeners) {
        return Trainer.of(Mlp.of(5, 6, 3).initialize(1), optimizer, Losses.crossEntropy())
                .listeners(listeners)
                .fit(Synthetic.blobs(64, 3, 1, 5).batches(16), epochs);
    }

    @Test
    void aRunFollowsItsSchedule() {
        Sgd optimizer = Sgd.of(0.5);
        List<Double> rates = new ArrayList<>();
        History history =
                run(
                        optimizer,
                        2,
                        RateSchedule.linear(),
                        new TrainingListener() {
                            @Override
                            public void stepTaken(Run run, Step step) {
                                rates.add(step.rate());
                            }
                        });
        assertEquals(List.of(0.5, 0.4375, 0.375, 0.3125, 0.25, 0.1875, 0.125, 0.0625), rates);
        assertEquals(0.3125, history.epochs().getFirst().rate());
        assertEquals(0.5, optimizer.rate());
    }

    @Test
    void wrongNumbersAreRefused() {
        refused(() -> RateSchedule.step(0, 0.1), "every = 0");
        refused(() -> RateSchedule.cosineRestarts(0, 1), "epochs = 0");
        refused(() -> RateSchedule.cosineRestarts(1, 0.5), "longer = 0.5");
        refused(() -> RateSchedule.polynomial(0, 0), "power = 0");
        refused(() -> RateSchedule.cooldown(1), "hold = 1");
        refused(() -> RateSchedule.linear().warmup(-1), "epochs = -1");
        refused(() -> ReduceOnPlateau.of(1, 2), "factor = 1");
        refused(() -> ReduceOnPlateau.of(0.1, 0), "patience = 0");
        refused(() -> PenaltySchedule.after(-1), "epochs = -1");
        refused(() -> RateFinder.of(x -> x, Sgd.of(1), Losses.mse()).rates(1, 1, 9), "1.0 to 1.0");
    }

    /* ---------------------------------------------------------------- plateaus and penalties */

    /** With gradients of nothing the loss never falls: halved after two epochs, again after two. */
    @Test
    void reducesOnAPlateau() {
        Sgd optimizer = Sgd.of(0.5);
        List<Double> rates = new ArrayList<>();
        TrainingListener log =
                new TrainingListener() {
                    @Override
                    public void epochEnded(Run run, History.Epoch epoch) {
                        rates.add(epoch.rate());
                    }
                };
        Objective flat =
                batch ->
                        Objective.Outcome.of(
                                batch.inputs().mul(0).sum(), batch.inputs(), batch.inputs());
        Trainer.of(Mlp.of(5, 6, 3), optimizer, flat)
                .listeners(ReduceOnPlateau.of(0.5, 2).minRate(0.2), log)
                .fit(Synthetic.blobs(64, 3, 1, 5).batches(16), 7);
        assertEquals(List.of(0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2), rates);
        assertEquals(0.5, optimizer.rate());
    }

    /** Without gradients only the penalty moves weights. */
    @Test
    void penaltiesBeginLater() {
        Dense layer = Dense.of(5, 3);
        List<Float> weights = new ArrayList<>();
        io.gatun.InPlace.fill(layer.parameters().get(0).value(), 1);
        Sgd optimizer = Sgd.of(0.5).weightDecay(0.5);
        Objective flat =
                batch -> {
                    var output = layer.forward(batch.inputs());
                    return Objective.Outcome.of(output.mul(0).sum(), output, output);
                };
        Trainer.of(layer, optimizer, flat)
                .listeners(
                        PenaltySchedule.after(1.5),
                        new TrainingListener() {
                            @Override
                            public void stepTaken(Run run, Step step) {
                                weights.add(layer.parameters().get(0).value().toFloatArray()[0]);
                            }
                        })
                .fit(Synthetic.blobs(64, 3, 1, 5).batches(16), 2);
        assertEquals(List.of(1f, 1f, 1f, 1f, 1f, 1f, 0.75f, 0.5625f), weights);
    }

    /* ---------------------------------------------------------------- the range test */

    @Test
    void theRangeTestFindsARateThatTrains() {
        Layer model = Mlp.of(5, 12, 3).initialize(1);
        int[] before = Synthetic.bits(model);
        Batches batches = Synthetic.blobs(200, 3, 1, 5).batches(20).shuffle(1);
        RateFinder.Result result =
                RateFinder.of(model, Sgd.of(1, 0.9), Losses.crossEntropy())
                        .rates(1e-5, 1e3, 80)
                        .run(batches);
        assertArrayEquals(before, Synthetic.bits(model), "the weights are as before");
        assertEquals(1e-5, result.points().getFirst().rate(), 1e-18);
        assertTrue(result.points().size() < 80, "it ends when the loss has exploded");
        double rate = result.suggestion();
        assertTrue(rate > 1e-4 && rate < 10, () -> rate + "\n" + result);
        History history =
                Trainer.of(model, Sgd.of(rate, 0.9), Losses.crossEntropy()).fit(batches, 10);
        assertTrue(history.last().loss() < history.epochs().getFirst().loss() / 2);
        assertEquals(result.points().size() + 1L, result.toString().lines().count());
        thrown(
                IllegalStateException.class,
                () -> new RateFinder.Result(List.of()).suggestion(),
                "never fell");
    }
}
