/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import io.gatun.Tensor;
import io.gatun.nn.FormatException;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.data.JoinedDataset;
import io.gatun.nn.data.Splits;
import io.gatun.nn.data.SyntheticPoints;
import io.gatun.nn.data.TensorDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SearchTest {
    @TempDir Path dir;

    private static final Hyperparameter<Double> RATE = Hyperparameter.logUniform("rate", 1e-4, 1);
    private static final Hyperparameter<Integer> UNITS = Hyperparameter.integers("units", 1, 9);
    private static final Hyperparameter<String> SHAPE = Hyperparameter.choice("shape", "a", "b");
    private static final Space SPACE = Space.of(RATE, UNITS, SHAPE);

    /** Best at a rate of 0.01, 5 units and shape b; more budget tells a little more. */
    private static double score(Setting setting, int budget) {
        double off = Math.log10(setting.get(RATE)) + 2;
        return (setting.get(SHAPE).equals("b") ? 1 : 0)
                - off * off
                - 0.1 * Math.abs(setting.get(UNITS) - 5)
                + 0.001 * budget;
    }

    @Test
    void aGridHasAllCombinations() throws IOException {
        List<String> seen = new ArrayList<>();
        SearchResult result =
                Search.of(
                                SPACE,
                                (setting, budget) -> {
                                    seen.add(setting.toString());
                                    return score(setting, budget);
                                })
                        .grid(5, 1);
        assertEquals(50, seen.size());
        assertEquals("rate=1.0E-4, units=1, shape=a", seen.get(0));
        assertEquals("rate=1.0E-4, units=3, shape=b", seen.get(3));
        assertEquals("rate=1.0, units=9, shape=b", seen.get(49));
        assertEquals(0.01, result.best().setting().get(RATE), 1e-12);
        assertEquals(5, result.best().setting().get(UNITS));
        assertEquals(1.001, result.best().score(), 1e-9);
        assertEquals(
                9,
                Search.of(Space.of(UNITS), (s, b) -> -s.get(UNITS))
                        .minimize()
                        .grid(100, 1)
                        .best()
                        .setting()
                        .get(UNITS));
    }

    @Test
    void randomSettingsCoverTheirRanges() throws IOException {
        List<Setting> seen = new ArrayList<>();
        Search search =
                Search.of(
                        SPACE,
                        (setting, budget) -> {
                            seen.add(setting);
                            return score(setting, budget);
                        });
        SearchResult result = search.random(400, 1, 7);
        int small = 0;
        Map<Integer, Integer> units = new TreeMap<>();
        for (Setting setting : seen) {
            double rate = setting.get(RATE);
            assertTrue(rate >= 1e-4 && rate <= 1);
            small += rate < 1e-2 ? 1 : 0;
            units.merge(setting.get(UNITS), 1, Integer::sum);
        }
        assertEquals(200, small, 40); // half of the magnitudes, four deviations
        assertEquals(9, units.size());
        assertTrue(result.best().score() > 0.9);
        List<Setting> before = List.copyOf(seen);
        seen.clear();
        search.random(10, 1, 7);
        assertEquals(before.subList(0, 10), seen);
    }

    @Test
    void halvingKeepsTheBest() throws IOException {
        Map<Integer, Integer> trials = new TreeMap<>();
        SearchResult result =
                Search.of(
                                SPACE,
                                (setting, budget) -> {
                                    trials.merge(budget, 1, Integer::sum);
                                    return score(setting, budget);
                                })
                        .halving(27, 1, 27, 3, 5);
        assertEquals(Map.of(1, 27, 3, 9, 9, 3, 27, 1), trials);
        assertEquals(27, result.best().budget());
        double best =
                result.outcomes().stream()
                        .filter(outcome -> outcome.budget() == 1)
                        .mapToDouble(Outcome::score)
                        .max()
                        .orElseThrow();
        assertEquals(best + 0.026, result.best().score(), 1e-9);
    }

    /** The brackets of Li et al.'s table 1 for R = 81, eta = 3. */
    @Test
    void hyperbandHasThePapersBrackets() throws IOException {
        Map<Integer, Integer> trials = new TreeMap<>();
        Search.of(
                        Space.of(RATE),
                        (setting, budget) -> {
                            trials.merge(budget, 1, Integer::sum);
                            return setting.get(RATE);
                        })
                .hyperband(81, 3, 5);
        // Brackets begin with 81 of 1, 34 of 3, 15 of 9, 8 of 27 and 5 of 81.
        assertEquals(
                Map.of(1, 81, 3, 27 + 34, 9, 9 + 11 + 15, 27, 3 + 3 + 5 + 8, 81, 1 + 1 + 1 + 2 + 5),
                trials);
    }

    @Test
    void aSearchGoesOnFromItsLog() throws IOException {
        Path log = dir.resolve("search.jsonl");
        AtomicInteger runs = new AtomicInteger();
        Search search =
                Search.of(
                                SPACE,
                                (setting, budget) -> {
                                    runs.incrementAndGet();
                                    return score(setting, budget);
                                })
                        .log(log);
        SearchResult whole = search.halving(9, 1, 9, 3, 2);
        assertEquals(13, runs.get());
        assertEquals(13, Files.readAllLines(log).size());
        assertEquals(whole, search.halving(9, 1, 9, 3, 2));
        assertEquals(13, runs.get());
        // After a crash: five trials, and a sixth whose line was cut short.
        List<String> lines = Files.readAllLines(log);
        Files.writeString(
                log, String.join("\n", lines.subList(0, 5)) + "\n" + lines.get(5).substring(0, 20));
        SearchResult again = search.halving(9, 1, 9, 3, 2);
        assertEquals(13 + 8, runs.get());
        assertEquals(whole.best().setting(), again.best().setting());
        assertEquals(13, Files.readAllLines(log).size());
        assertTrue(lines.get(0).contains("\"units\":"), lines.get(0));

        Files.writeString(log, "{\"setting\":\"x\",\"budget\":1}\nnonsense\n");
        FormatException e = assertThrows(FormatException.class, () -> search.random(1, 1, 1));
        assertTrue(e.getMessage().contains("line 2"), e.getMessage());
        Files.writeString(log, "{\"budget\":1}\n");
        assertThrows(FormatException.class, () -> search.random(1, 1, 1));
    }

    @Test
    void failuresAreWorstAndDoneAgain() throws IOException {
        Path log = dir.resolve("search.jsonl");
        AtomicInteger runs = new AtomicInteger();
        Search search =
                Search.of(
                                Space.of(UNITS),
                                (setting, budget) -> {
                                    runs.incrementAndGet();
                                    int units = setting.get(UNITS);
                                    if (units == 9) {
                                        throw new IOException("out of units");
                                    }
                                    return units == 8 ? Double.NaN : units;
                                })
                        .log(log);
        for (boolean minimize : new boolean[] {false, true}) {
            SearchResult result = (minimize ? search.minimize() : search).grid(9, 1);
            assertEquals(minimize ? 1 : 7, result.best().score());
            Outcome last = result.outcomes().get(8);
            assertTrue(Double.isNaN(last.score()));
            assertTrue(
                    result.outcomes().stream()
                            .anyMatch(o -> o.failure() != null && o.failure().contains("units")));
        }
        assertEquals(10, runs.get());
        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                Search.of(
                                                SPACE,
                                                (setting, budget) -> {
                                                    throw new IOException("never");
                                                })
                                        .random(3, 1, 1));
        assertTrue(e.getMessage().contains("never"), e.getMessage());
        assertThrows(
                OutOfMemoryError.class,
                () ->
                        Search.of(
                                        SPACE,
                                        (setting, budget) -> {
                                            throw new OutOfMemoryError("on purpose");
                                        })
                                .workers(2)
                                .random(3, 1, 1));
    }

    @Test
    void trialsRunAtOnceWithTheSameResult() throws IOException {
        CountDownLatch two = new CountDownLatch(2);
        Trial together =
                (setting, budget) -> {
                    two.countDown();
                    assertTrue(two.await(10, TimeUnit.SECONDS), "only one trial at a time");
                    Tensor.of(new float[1000]).add(1f); // belongs to the trial's scope
                    return score(setting, budget);
                };
        long live = Memory.report().liveBytes();
        SearchResult result = Search.of(SPACE, together).workers(2).random(20, 1, 3);
        assertTrue(Memory.report().liveBytes() <= live);
        SearchResult alone = Search.of(SPACE, SearchTest::score).random(20, 1, 3);
        for (int i = 0; i < 20; i++) {
            assertEquals(alone.outcomes().get(i).setting(), result.outcomes().get(i).setting());
        }
    }

    @Test
    void theEndIsOneEvaluation() throws Exception {
        TensorDataset data = SyntheticPoints.moons(100, 0.1, 1);
        List<Dataset> parts = Splits.stratified(data, 1, 0.6, 0.2, 0.2);
        AtomicInteger tested = new AtomicInteger();
        SearchResult result = Search.of(SPACE, SearchTest::score).random(5, 1, 1);
        SearchResult.Finished<String> finished =
                result.finish(
                        parts.get(0),
                        parts.get(1),
                        parts.get(2),
                        (setting, all) -> {
                            assertEquals(80, all.size());
                            assertSame(result.best().setting(), setting);
                            return "model";
                        },
                        (model, test) -> {
                            tested.incrementAndGet();
                            assertSame(parts.get(2), test);
                            return model.equals("model") ? 0.9 : 0;
                        });
        assertEquals(0.9, finished.testScore());
        assertEquals(1, tested.get());
        assertNotNull(finished.setting());
    }

    @Test
    void joinedPartsKeepOrderAndLabels() {
        TensorDataset a = TensorDataset.of(new float[][] {{1, 2}, {3, 4}}, new int[] {0, 1}, 3);
        TensorDataset b = TensorDataset.of(new float[][] {{5, 6}}, new int[] {2}, 3);
        JoinedDataset both = JoinedDataset.of(a, b, a);
        assertEquals(5, both.size());
        assertArrayEquals(new int[] {0, 1, 2, 0, 1}, both.labels());
        Batch batch = both.batch(new int[] {4, 2, 0, 2});
        assertArrayEquals(new float[] {3, 4, 5, 6, 1, 2, 5, 6}, batch.inputs().toFloatArray());
        assertArrayEquals(new int[] {1, 2, 0, 2}, batch.labels().toIntArray());
        assertArrayEquals(new int[] {1, 0}, both.batch(new int[] {1, 0}).labels().toIntArray());
        assertEquals(0, both.batch(new int[0]).size());
        assertThrows(IndexOutOfBoundsException.class, () -> both.batch(new int[] {5}));
        assertThrows(IndexOutOfBoundsException.class, () -> both.batch(new int[] {-1}));
        TensorDataset other = TensorDataset.of(new float[][] {{1}}, new int[1], 3);
        assertThrows(IllegalArgumentException.class, () -> JoinedDataset.of(a, other));
        assertThrows(IllegalArgumentException.class, JoinedDataset::of);
    }

    /** 1, 2, 3, 4: mean 2.5, variance 5 / 3. */
    @Test
    void meanAndDeviationOverFolds() throws Exception {
        TensorDataset data = SyntheticPoints.moons(40, 0.1, 1);
        CrossValidation result =
                CrossValidation.of(
                        Splits.stratifiedKFold(data, 4, 1),
                        (fold, k) -> {
                            assertEquals(10, fold.validation().size());
                            return k + 1;
                        });
        assertEquals(2.5, result.mean());
        assertEquals(Math.sqrt(5 / 3.0), result.deviation(), 1e-12);
        assertEquals("2.500 +- 1.3 over 4 folds", result.toString());
        assertEquals(0, new CrossValidation(List.of(3.0)).deviation());
        assertThrows(
                IllegalArgumentException.class,
                () -> CrossValidation.of(List.of(), (fold, k) -> 0));
    }

    @Test
    void nonsenseIsRefused() {
        Search search = Search.of(SPACE, SearchTest::score);
        refused(() -> search.grid(0, 1));
        refused(() -> search.random(0, 1, 1));
        refused(() -> search.halving(1, 3, 2, 3, 1));
        refused(() -> search.halving(1, 1, 2, 1, 1));
        refused(() -> search.hyperband(0, 3, 1));
        refused(() -> search.hyperband(3, 1, 1));
        refused(() -> search.workers(0));
        refused(() -> search.grid(2_000_000, 1));
        refused(Space::of);
        refused(() -> Space.of(RATE, Hyperparameter.choice("rate", 1)));
        refused(() -> Hyperparameter.uniform("x", 1, 1));
        refused(() -> Hyperparameter.logUniform("x", 0, 1));
        refused(() -> Hyperparameter.integers("x", 2, 1));
        refused(() -> Hyperparameter.choice("x"));
        refused(() -> Hyperparameter.choice("x", "1", "1"));
        refused(() ->
                Search.of(Space.of(UNITS), (s, b) -> s.get(RATE))
                        .random(1, 1, 1)
                        .best()
                        .setting()
                        .get(RATE));
    }

    private static void refused(org.junit.jupiter.api.function.Executable call) {
        RuntimeException e = assertThrows(RuntimeException.class, call);
        assertTrue(
                e instanceof IllegalArgumentException || e instanceof IllegalStateException,
                e.toString());
    }
}
