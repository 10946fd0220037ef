/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.Scope;
import io.gatun.Softmax;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.Adam;
import io.gatun.nn.Dense;
import io.gatun.nn.Embedding;
import io.gatun.nn.Layer;
import io.gatun.nn.Losses;
import io.gatun.nn.Optimizer;
import io.gatun.nn.Sequential;
import io.gatun.nn.report.Chart;
import io.gatun.nn.report.Picture;
import io.gatun.nn.zoo.CharacterModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Karpathy's four-letter RNN, in Stanford's course cs231n, lecture 10. */
final class Hello implements Experiment {
    private static final String LETTERS = "helo";
    private static final String INPUT = "hell";
    private static final String TARGET = "ello";

    @Override
    public String name() {
        return "hello";
    }

    @Override
    public String claim() {
        return "An RNN with a state of three numbers learns to write \"hello\": the state tells it"
                + " that after the first l comes an l, and after the second an o. A model of the last"
                + " letter alone cannot know.";
    }

    @Override
    public Outcome run(Course course) {
        int steps = course.pick(10, 300, 300);
        Layer recurrent = CharacterModel.rnn(LETTERS.length(), 4, 3).initialize(course.seed());
        Layer lastLetter =
                Sequential.of(Embedding.of(LETTERS.length(), 4), Flat.LAYER, Dense.of(4, 4))
                        .initialize(course.seed());
        double[] losses = train(recurrent, steps);
        double[] others = train(lastLetter, steps);
        double[][] learnt = probabilities(recurrent);
        double[][] unaware = probabilities(lastLetter);

        Table table = Table.of("seen", "next", "RNN", "last letter alone");
        int right = 0;
        for (int t = 0; t < INPUT.length(); t++) {
            int next = LETTERS.indexOf(TARGET.charAt(t));
            table =
                    table.row(
                            INPUT.substring(0, t + 1),
                            TARGET.charAt(t),
                            learnt[t][next],
                            unaware[t][next]);
            right += learnt[t][next] > 0.5 ? 1 : 0;
        }
        double[] at = new double[steps];
        Arrays.setAll(at, i -> i + 1);
        Picture picture =
                Picture.grid(
                        2,
                        Chart.lines("Learning \"hello\"", "step", "loss in nats a letter")
                                .series("RNN", at, losses)
                                .series("last letter alone", at, others)
                                .fromZero()
                                .size(560, 400)
                                .toPicture(),
                        map("What the RNN expects next", learnt));
        return Outcome.of(
                table,
                picture,
                right == TARGET.length() && others[steps - 1] > 0.3,
                "After %d steps the RNN has %d of 4 letters right, at a loss of %.3f; without a state"
                        + " it stays at %.3f (half of ln 2, for two answers to the letter l, is"
                        + " 0.347).",
                steps,
                right,
                losses[steps - 1],
                others[steps - 1]);
    }

    private static double[] train(Layer model, int steps) {
        Optimizer optimizer = Adam.of(0.03);
        double[] losses = new double[steps];
        for (int i = 0; i < steps; i++) {
            try (Tape tape = Tape.open()) {
                Tensor scores = model.forward(letters(INPUT).reshape(1, 4)).reshape(4, 4);
                Tensor loss = Losses.crossEntropy().apply(scores, letters(TARGET));
                optimizer.step(tape.gradients(loss, model.parameters()));
                losses[i] = loss.item();
            }
        }
        return losses;
    }

    private static Tensor letters(String text) {
        return Tensor.of(text.chars().map(LETTERS::indexOf).toArray(), text.length());
    }

    private static double[][] probabilities(Layer model) {
        try (Scope _ = Scope.open()) {
            float[] values =
                    Softmax.softmax(model.forward(letters(INPUT).reshape(1, 4)).reshape(4, 4))
                            .toFloatArray();
            double[][] rows = new double[4][4];
            for (int i = 0; i < values.length; i++) {
                rows[i / 4][i % 4] = values[i];
            }
            return rows;
        }
    }

    private static Picture map(String title, double[][] probabilities) {
        List<String> seen = new ArrayList<>();
        for (int t = 1; t <= INPUT.length(); t++) {
            seen.add(INPUT.substring(0, t));
        }
        return Chart.heatMap(
                        title,
                        "next letter, probability",
                        "seen so far",
                        List.of("h", "e", "l", "o"),
                        seen,
                        probabilities)
                .size(560, 400)
                .toPicture();
    }

    /** [1, T, features] to [T, features]: each letter is a sample of its own. */
    private enum Flat implements Layer {
        LAYER;

        @Override
        public Tensor forward(Tensor x) {
            return x.reshape(x.shape().dim(1), x.shape().dim(2));
        }
    }
}
