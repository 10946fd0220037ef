/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static io.gatun.nn.Expect.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.data.Batches;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.Mlp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
    private static final Batches DATA = Synthetic.blobs(100, 3, 7, 5).batches(20);

    /** Trains while a listener puts values in the place of what was measured. */
    private static History fit(Layer model, double rate, TrainingListener... listeners) {
        return Trainer.of(model, Sgd.of(rate), Losses.crossEntropy())
                .metrics(Metrics.accuracy())
                .listeners(listeners)
                .fit(DATA, Synthetic.blobs(60, 3, 8, 5).batches(30), 12);
    }

    private static Layer mlp() {
        return Mlp.of(5, 12, 3).initialize(1);
    }

    /**
     * A rate that is far too high: the loss goes up and down, and the best epoch is not the last.
     */
    @Test
    void theBestWeightsComeBack() {
        List<int[]> bits = new ArrayList<>();
        TrainingListener log =
                new TrainingListener() {
                    @Override
                    public void epochEnded(Run run, History.Epoch epoch) {
                        bits.add(Synthetic.bits(run.model()));
                    }
                };
        for (boolean restore : new boolean[] {true, false}) {
            bits.clear();
            Layer model = mlp();
            EarlyStopping stopping = EarlyStopping.patience(2);
            History history = fit(model, 6, log, restore ? stopping : stopping.keepLast());
            assertTrue(String.valueOf(history.stoppedBecause()).contains("no lower loss than"));
            int best = history.epochs().size() - 3; // two epochs were not better
            assertTrue(best >= 0);
            assertArrayEquals(bits.get(restore ? best : bits.size() - 1), Synthetic.bits(model));
        }
    }

    /** The rates are so low that the loss falls by less than asked for. */
    @Test
    void aLeastChangeCounts() {
        History history = fit(mlp(), 1e-3, EarlyStopping.patience(3).minChange(0.5));
        assertEquals(4, history.epochs().size());
        assertNull(fit(mlp(), 1e-3, EarlyStopping.patience(3)).stoppedBecause());
        refused(() -> EarlyStopping.patience(1).minChange(-1), "minChange = -1");
    }

    @Test
    void anyMetricCanBeWatched() {
        Monitor accuracy = Monitor.highest("accuracy");
        History history = fit(mlp(), 0, EarlyStopping.patience(2).monitor(accuracy));
        assertEquals(3, history.epochs().size());
        assertTrue(String.valueOf(history.stoppedBecause()).contains("no higher accuracy than"));
        refused(
                () -> fit(mlp(), 0, EarlyStopping.patience(2).monitor(Monitor.highest("F1"))),
                "no metric F1",
                "accuracy");
    }

    @Test
    void monitors() {
        History.Epoch both =
                new History.Epoch(1, 3, Map.of("MAE", 5.0), 2, Map.of("MAE", 4.0), 1, 0, 10, 0.1);
        History.Epoch alone =
                new History.Epoch(1, 3, Map.of("MAE", 5.0), Double.NaN, Map.of(), 1, 0, 10, 0.1);
        assertEquals(2, Monitor.loss().of(both));
        assertEquals(3, Monitor.loss().of(alone));
        assertEquals(4, Monitor.lowest("MAE").of(both));
        assertEquals(5, Monitor.lowest("MAE").of(alone));
        assertTrue(Monitor.lowest("MAE").better(4, 5, 0.5));
        assertTrue(!Monitor.lowest("MAE").better(4, 4.5, 0.5));
        assertTrue(Monitor.highest("R2").better(5, 4, 0.5));
        assertTrue(!Monitor.highest("R2").better(Double.NaN, 4, 0));
    }

    /* ---------------------------------------------------------------- averaged weights */

    /** Validation sees the average, and training goes on as if it had not. */
    @Test
    void validationByAveragedWeights() {
        Layer plain = mlp();
        fit(plain, 0.3);
        Layer model = mlp();
        WeightAverage average = WeightAverage.of(model, 0.95);
        Trainer trainer =
                Trainer.of(model, Sgd.of(0.3), Losses.crossEntropy())
                        .metrics(Metrics.accuracy())
                        .listeners(average)
                        .validateWith(average);
        Batches validation = Synthetic.blobs(60, 3, 8, 5).batches(30);
        History history = trainer.fit(DATA, validation, 12);
        assertArrayEquals(Synthetic.bits(plain), Synthetic.bits(model));
        Trainer ofAverage = Trainer.of(average.model(), Sgd.of(1), Losses.crossEntropy());
        assertEquals(ofAverage.evaluate(validation).loss(), history.last().validationLoss());
        Trainer without = Trainer.of(model, Sgd.of(1), Losses.crossEntropy());
        refused(() -> without.validateWith(average).fit(DATA, 1), "listeners");
        refused(() -> without.validateWith(WeightAverage.of(mlp(), 0.5)), "another model");
    }
}
