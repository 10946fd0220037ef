/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

import io.gatun.Scope;
import io.gatun.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the best hyper-parameters of a space by trials; immutable. The highest score is best
 * unless {@link #minimize} says otherwise.
 *
 * <pre>{@code
 * Hyperparameter<Double> rate = Hyperparameter.logUniform("rate", 1e-4, 1);
 * Hyperparameter<Integer> units = Hyperparameter.choice("units", 32, 64, 128);
 * SearchResult result = Search.of(Space.of(rate, units), (setting, epochs) -> {
 *     Layer model = Mlp.of(784, setting.get(units), 10).initialize(1);
 *     ...
 *     return validationAccuracy;
 * }).log(Path.of("search.jsonl")).hyperband(27, 3, 42);
 * }</pre>
 *
 * <p>With a log, a search that was interrupted goes on where it stopped when it is started again:
 * trials in the log are not repeated, but for failed ones. A trial that throws an exception counts
 * as the worst.
 */
public final class Search {
    private final Space space;
    private final Trial trial;
    private final boolean minimize;
    private final int workers;
    private final @Nullable Path log;

    private Search(Space space, Trial trial, boolean minimize, int workers, @Nullable Path log) {
        this.space = space;
        this.trial = trial;
        this.minimize = minimize;
        this.workers = workers;
        this.log = log;
    }

    /**
     * A search with one trial at a time.
     *
     * @param space what to choose
     * @param trial trains and gives a score
     * @return the search
     */
    public static Search of(Space space, Trial trial) {
        return new Search(space, trial, false, 1, null);
    }

    /**
     * The lowest score is best, as for a loss.
     *
     * @return a new search
     */
    public Search minimize() {
        return new Search(space, trial, true, workers, log);
    }

    /**
     * Several trials at once. Each then runs in a {@link Scope} with its share of the threads, and
     * tensors that it makes end with it.
     *
     * @param count at least 1; more than the number of cores gains nothing
     * @return a new search
     */
    public Search workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("Search.workers: count = " + count + ": give >= 1");
        }
        return new Search(space, trial, minimize, count, log);
    }

    /**
     * Writes each finished trial as a line of JSON, and begins with what the file holds.
     *
     * @param file created if it does not exist; its lines must come from the same trial function
     * @return a new search
     */
    public Search log(Path file) {
        return new Search(space, trial, minimize, workers, file);
    }

    /* ---------------------------------------------------------------- strategies */

    /**
     * All combinations: all values of choices, and points spread evenly over ranges.
     *
     * @param points of each range, at least 1
     * @param budget of each trial, at least 1
     * @return all outcomes
     * @throws IOException if the log cannot be read or written
     */
    public SearchResult grid(int points, int budget) throws IOException {
        positive("grid", "points", points);
        positive("grid", "budget", budget);
        return result(run(space.grid(points), budget, TrialLog.open(log)));
    }

    /**
     * Settings drawn at random (Bergstra and Bengio, 2012: better than a grid where few parameters
     * matter).
     *
     * @param trials how many, at least 1
     * @param budget of each trial, at least 1
     * @param seed decides; more trials go on where fewer ended
     * @return all outcomes
     * @throws IOException if the log cannot be read or written
     */
    public SearchResult random(int trials, int budget, long seed) throws IOException {
        positive("random", "trials", trials);
        positive("random", "budget", budget);
        return result(run(space.draw(trials, seed), budget, TrialLog.open(log)));
    }

    /**
     * Many settings with a small budget; the best of them again with a larger one, and so on
     * (Jamieson and Talwalkar, 2016). A round keeps one in eta settings and gives each eta times
     * the budget.
     *
     * @param settings how many to begin with, at least 1
     * @param least first budget, at least 1
     * @param most last budget, at least the first
     * @param eta at least 2; 3 is usual
     * @param seed decides
     * @return the outcomes of all rounds; the best is that of the last round
     * @throws IOException if the log cannot be read or written
     */
    public SearchResult halving(int settings, int least, int most, int eta, long seed)
            throws IOException {
        positive("halving", "settings", settings);
        positive("halving", "least", least);
        if (most < least || eta < 2) {
            throw new IllegalArgumentException(
                    "Search.halving: least = "
                            + least
                            + ", most = "
                            + most
                            + ", eta = "
                            + eta
                            + ": give least <= most, and eta >= 2");
        }
        return result(halve(space.draw(settings, seed), least, most, eta, TrialLog.open(log)));
    }

    /**
     * Hyperband (Li et al., 2018): successive halving from many settings with little budget to few
     * with the whole, as no one knows how soon good settings show.
     *
     * @param most largest budget, at least 1
     * @param eta at least 2; 3 is usual
     * @param seed decides
     * @return the outcomes of all rounds; the best is one with the largest budget
     * @throws IOException if the log cannot be read or written
     */
    public SearchResult hyperband(int most, int eta, long seed) throws IOException {
        positive("hyperband", "most", most);
        if (eta < 2) {
            throw new IllegalArgumentException(
                    "Search.hyperband: eta = " + eta + ": give at least 2");
        }
        int last = 0;
        for (long power = eta; power <= most; power *= eta) {
            last++;
        }
        TrialLog file = TrialLog.open(log);
        List<Outcome> all = new ArrayList<>();
        for (int bracket = last; bracket >= 0; bracket--) {
            double power = Math.pow(eta, bracket);
            int settings = (int) Math.ceil((last + 1) * power / (bracket + 1));
            int least = (int) Math.max(1, Math.round(most / power));
            all.addAll(halve(space.draw(settings, seed + bracket), least, most, eta, file));
        }
        return result(all);
    }

    private List<Outcome> halve(List<Setting> settings, int least, int most, int eta, TrialLog file)
            throws IOException {
        List<Outcome> all = new ArrayList<>();
        List<Setting> left = settings;
        long budget = least;
        while (true) {
            List<Outcome> round = new ArrayList<>(run(left, (int) budget, file));
            all.addAll(round);
            if (budget >= most) {
                return all;
            }
            round.sort(bestFirst());
            int kept = Math.max(1, round.size() / eta);
            left = round.stream().limit(kept).map(Outcome::setting).toList();
            budget = Math.min(most, budget * eta);
        }
    }

    /* ---------------------------------------------------------------- trials */

    private List<Outcome> run(List<Setting> settings, int budget, TrialLog file)
            throws IOException {
        List<Setting> distinct = List.copyOf(new LinkedHashSet<>(settings));
        List<Outcome> outcomes = new ArrayList<>();
        if (workers == 1) {
            for (Setting setting : distinct) {
                outcomes.add(run(setting, budget, file));
            }
            return outcomes;
        }
        int share = Math.max(1, Threads.count() / workers);
        ExecutorService pool =
                Executors.newFixedThreadPool(
                        Math.min(workers, distinct.size()),
                        task -> {
                            Thread thread = new Thread(task, "gatun-search");
                            thread.setDaemon(true);
                            return thread;
                        });
        try (pool) {
            List<Future<Outcome>> tasks = new ArrayList<>();
            for (Setting setting : distinct) {
                tasks.add(
                        pool.submit(() -> {
                            try (Scope _ = Scope.open(share)) {
                                return run(setting, budget, file);
                            }
                        }));
            }
            for (Future<Outcome> task : tasks) {
                outcomes.add(task.get());
            }
            return outcomes;
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "Search: interrupted; finished trials are in the log", e);
        } catch (ExecutionException e) {
            pool.shutdownNow();
            switch (e.getCause()) {
                case IOException io -> throw io;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("Search: " + e, e);
            }
        }
    }

    private Outcome run(Setting setting, int budget, TrialLog file) throws IOException {
        Outcome known = file.find(setting, budget);
        if (known != null) {
            return known;
        }
        long start = System.nanoTime();
        double score = Double.NaN;
        String failure = null;
        try {
            score = trial.run(setting, budget);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Search: interrupted", e);
        } catch (Exception e) { // a setting that cannot be trained is a bad one
            failure = e.toString();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Outcome outcome = new Outcome(setting, budget, score, seconds, failure);
        file.add(outcome);
        return outcome;
    }

    private Comparator<Outcome> bestFirst() {
        Comparator<Outcome> byScore =
                Comparator.comparingDouble(
                        outcome -> minimize ? outcome.score() : -outcome.score());
        return byScore; // NaN is larger than all: last
    }

    private SearchResult result(List<Outcome> outcomes) {
        List<Outcome> sorted = new ArrayList<>(new LinkedHashSet<>(outcomes));
        Comparator<Outcome> order =
                Comparator.comparing((Outcome outcome) -> Double.isNaN(outcome.score()))
                        .thenComparingInt(outcome -> -outcome.budget())
                        .thenComparing(bestFirst());
        sorted.sort(order);
        if (Double.isNaN(sorted.get(0).score())) {
            throw new IllegalStateException(
                    "Search: none of "
                            + sorted.size()
                            + " trials gave a score; the first failed with "
                            + sorted.get(0).failure());
        }
        return new SearchResult(sorted);
    }

    private static void positive(String what, String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "Search." + what + ": " + name + " = " + value + ": give at least 1");
        }
    }
}
