/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.nn.AdamW;
import io.gatun.nn.CrossEntropy;
import io.gatun.nn.History;
import io.gatun.nn.Objective;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.Trainer;
import io.gatun.nn.data.Batch;
import io.gatun.nn.data.BatchIterator;
import io.gatun.nn.data.CharText;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.data.Splits;
import io.gatun.nn.report.Chart;
import io.gatun.nn.zoo.CharacterModel;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Recurrent models learn to spell names, and make up new ones. */
final class NamesByCharacter implements Experiment {
    private static final CrossEntropy LOSS = CrossEntropy.of().ignoring(CharText.PADDING);
    private static final int LONGEST = 15;

    @Override
    public String name() {
        return "names";
    }

    @Override
    public String claim() {
        return "Recurrent models predict the next letter of a name better than counts of letter pairs"
                + " do (below 2.15 nats a letter for an RNN, below 2.05 with gates), and make up names"
                + " that are not in the list.";
    }

    @Override
    public Outcome run(Course course) throws IOException {
        // Some names are listed twice, as girls' and boys': what is held out must be new.
        List<String> names = Files.readAllLines(course.names()).stream().distinct().toList();
        CharText text = CharText.of(String.join("\n", names) + "\n");
        List<Dataset> parts = Splits.random(text.lines(), 42, 0.8, 0.1, 0.1);

        int classes = text.classes();
        int features = course.pick(4, 32, 32);
        int hidden = course.pick(8, 128, 256);
        Map<String, CharacterModel> models = new LinkedHashMap<>();
        models.put("RNN", CharacterModel.rnn(classes, features, hidden));
        models.put("GRU", CharacterModel.gru(classes, features, hidden));
        models.put("LSTM", CharacterModel.lstm(classes, features, hidden));

        double pairs = pairs(parts.get(0), parts.get(2), classes);
        Table table = Table.of("model", "parameters", "nats a letter", "new names", "such as");
        table = table.row("letter pairs", classes * classes, pairs, "", "");
        Chart chart = Chart.lines("Spelling names", "epoch", "held-out nats a letter");
        int epochs = course.pick(1, 5, 10);
        double[] at = IntStream.rangeClosed(1, epochs).asDoubleStream().toArray();
        chart = chart.series("letter pairs", at, at(at.length, pairs));
        List<Double> found = new ArrayList<>();
        for (Map.Entry<String, CharacterModel> entry : models.entrySet()) {
            CharacterModel model = entry.getValue();
            model.initialize(course.seed());
            course.say("%s: %,d parameters", entry.getKey(), model.parameterCount());
            History history = train(model, parts, epochs, course);
            chart =
                    chart.series(
                            entry.getKey(),
                            at,
                            history.epochs().stream()
                                    .mapToDouble(History.Epoch::validationLoss)
                                    .toArray());
            List<String> drawn =
                    model.sample(1000, text.encode("\n")[0], LONGEST, 1, course.seed()).stream()
                            .map(text::decode)
                            .filter(name -> name.length() > 1)
                            .toList();
            List<String> fresh =
                    drawn.stream().filter(n -> !Set.copyOf(names).contains(n)).distinct().toList();
            course.say(
                    "new names: %s",
                    String.join(" ", fresh.subList(0, Math.min(20, fresh.size()))));
            double loss = nats(model, parts.get(2));
            found.add(loss);
            table =
                    table.row(
                            entry.getKey(),
                            model.parameterCount(),
                            loss,
                            100 * fresh.size() / Math.max(1, drawn.size()) + " %",
                            String.join(" ", fresh.subList(0, Math.min(5, fresh.size()))));
        }
        double rnn = found.get(0);
        double gru = found.get(1);
        double lstm = found.get(2);
        return Outcome.of(
                table,
                chart.toPicture(),
                rnn < 2.15 && gru < 2.05 && lstm < 2.05 && rnn < pairs,
                "On names that no model had seen, letter pairs need %.3f nats a letter, the RNN %.3f,"
                        + " the GRU %.3f and the LSTM %.3f.",
                pairs,
                rnn,
                gru,
                lstm);
    }

    private static History train(
            CharacterModel model, List<Dataset> parts, int epochs, Course course) {
        Objective objective =
                batch -> {
                    Tensor scores = model.forward(batch.inputs());
                    Tensor loss = loss(LOSS, scores, batch);
                    return Objective.Outcome.of(loss, scores, batch.labels());
                };
        return Trainer.of(model, AdamW.of(4e-3, 0.01).clipGlobalNorm(1), objective)
                .listeners(Progress.of(course), RateSchedule.cosine().warmup(0.2))
                .fit(
                        parts.get(0).batches(64).shuffle(course.seed()),
                        parts.get(1).batches(512),
                        epochs);
    }

    /** All places of all names are rows. */
    private static Tensor loss(CrossEntropy loss, Tensor scores, Batch batch) {
        long rows = batch.labels().shape().size();
        return loss.apply(
                scores.reshape(rows, scores.shape().dim(2)), batch.labels().reshape(rows));
    }

    /** The mean over all letters, those that end names included. */
    private static double nats(CharacterModel model, Dataset data) {
        double sum = 0;
        long letters = 0;
        try (BatchIterator batches = data.batches(512).epoch(1).iterator()) {
            while (batches.hasNext()) {
                try (Scope _ = Scope.open()) {
                    Batch batch = batches.next();
                    int[] labels = batch.labels().toIntArray();
                    long count = IntStream.of(labels).filter(c -> c != CharText.PADDING).count();
                    sum += count * loss(LOSS, model.forward(batch.inputs()), batch).item();
                    letters += count;
                }
            }
        }
        return sum / letters;
    }

    /** The same for a model that counts how often which letter follows which, from 1 on. */
    static double pairs(Dataset train, Dataset test, int classes) {
        double[][] counts = new double[classes][classes];
        for (double[] row : counts) {
            Arrays.fill(row, 1);
        }
        count(train, (a, b) -> counts[a][b]++);
        double[] sums = new double[2];
        count(
                test,
                (a, b) -> {
                    double all = Arrays.stream(counts[a]).sum();
                    sums[0] -= Math.log(counts[a][b] / all);
                    sums[1]++;
                });
        return sums[0] / sums[1];
    }

    private interface Pair {
        void seen(int first, int second);
    }

    private static void count(Dataset data, Pair pair) {
        try (Scope _ = Scope.open()) {
            Batch all = data.batch(IntStream.range(0, data.size()).toArray());
            int[] first = all.inputs().toIntArray();
            int[] second = all.labels().toIntArray();
            for (int i = 0; i < first.length; i++) {
                if (second[i] != CharText.PADDING) {
                    pair.seen(first[i], second[i]);
                }
            }
        }
    }

    private static double[] at(int count, double value) {
        double[] values = new double[count];
        Arrays.fill(values, value);
        return values;
    }
}
