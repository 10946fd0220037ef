/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Softmax;
import io.gatun.Tensor;
import io.gatun.nn.Dense;
import io.gatun.nn.Embedding;
import io.gatun.nn.Gru;
import io.gatun.nn.Layer;
import io.gatun.nn.Lstm;
import io.gatun.nn.Parameter;
import io.gatun.nn.Rnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A recurrent model that predicts the next character: an embedding, a recurrent layer, and a dense
 * layer that scores every character of the vocabulary at each place. Sutskever, Martens and Hinton,
 * "Generating text with recurrent neural networks", 2011; Karpathy, "The unreasonable effectiveness
 * of recurrent neural networks", 2015. INT32 characters [N, T], as {@link
 * io.gatun.nn.data.CharText} numbers them, to logits [N, T, classes]. With c characters, f features
 * and h hidden units there are c f + g h (f + h + 2) + c (h + 1) parameters, where g, the number of
 * gates, is 1 (RNN), 3 (GRU) or 4 (LSTM).
 *
 * <p>Parameters: {@code embedding.weight}, the recurrent layer's with {@code recurrent.} before
 * their names, {@code output.weight} and {@code output.bias}.
 */
public final class CharacterModel implements Layer {
    private final Layer embedding;
    private final Layer recurrent;
    private final Layer output;

    private CharacterModel(Layer embedding, Layer recurrent, Layer output) {
        this.embedding = embedding;
        this.recurrent = recurrent;
        this.output = output;
    }

    /**
     * A model with a plain recurrent layer (tanh).
     *
     * @param classes number of different characters
     * @param features length of a character's vector
     * @param hidden units of the state
     * @return the model
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static CharacterModel rnn(int classes, int features, int hidden) {
        return of(classes, features, hidden, Rnn.of(features, hidden));
    }

    /**
     * A model with long short-term memory.
     *
     * @param classes number of different characters
     * @param features length of a character's vector
     * @param hidden units of the state
     * @return the model
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static CharacterModel lstm(int classes, int features, int hidden) {
        return of(classes, features, hidden, Lstm.of(features, hidden));
    }

    /**
     * A model with gated recurrent units.
     *
     * @param classes number of different characters
     * @param features length of a character's vector
     * @param hidden units of the state
     * @return the model
     * @throws IllegalArgumentException if a number is less than 1
     */
    public static CharacterModel gru(int classes, int features, int hidden) {
        return of(classes, features, hidden, Gru.of(features, hidden));
    }

    private static CharacterModel of(int classes, int features, int hidden, Layer recurrent) {
        return new CharacterModel(
                Embedding.of(classes, features), recurrent, Dense.of(hidden, classes));
    }

    /**
     * Scores what may come next at each place.
     *
     * @param x INT32 characters [N, T]
     * @return logits [N, T, classes]: those at t follow from the characters up to t, and say what
     *     stands at t + 1
     * @throws IllegalArgumentException if x has another type or rank, or a character is unknown
     */
    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 2) {
            throw new IllegalArgumentException(
                    "CharacterModel: takes INT32 characters [N, T], got shape " + x.shape());
        }
        long n = x.shape().dim(0);
        long steps = x.shape().dim(1);
        Tensor states = recurrent.forward(embedding.forward(x));
        Tensor scores = output.forward(states.reshape(n * steps, states.shape().dim(2)));
        return scores.reshape(n, steps, scores.shape().dim(1));
    }

    /**
     * Draws sequences, character by character, each by the probabilities that the model gives after
     * those before it.
     *
     * @param count how many
     * @param boundary the character that stands before and after each sequence, such as a line feed
     * @param longest characters of a sequence at most
     * @param temperature divides the logits: below 1 for likelier sequences, 1 as learnt
     * @param seed of the draws
     * @return sequences without the boundary
     * @throws IllegalArgumentException if a number is less than 1, or the temperature is not above
     *     0
     */
    public List<int[]> sample(int count, int boundary, int longest, double temperature, long seed) {
        if (count < 1 || longest < 1 || !(temperature > 0)) {
            throw new IllegalArgumentException(
                    "CharacterModel.sample: count = "
                            + count
                            + ", longest = "
                            + longest
                            + ", temperature = "
                            + temperature
                            + ": give at least 1 each, and a temperature above 0");
        }
        SplittableRandom random = new SplittableRandom(seed);
        int[][] all = new int[count][longest + 1];
        int[] lengths = new int[count];
        Arrays.fill(lengths, longest);
        for (int[] sequence : all) {
            sequence[0] = boundary;
        }
        for (int t = 0; t < longest; t++) {
            float[] next = next(all, t + 1, temperature);
            int classes = next.length / count;
            for (int i = 0; i < count; i++) {
                all[i][t + 1] = draw(next, i * classes, classes, random.nextDouble());
                if (all[i][t + 1] == boundary) {
                    lengths[i] = Math.min(lengths[i], t);
                }
            }
        }
        List<int[]> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(Arrays.copyOfRange(all[i], 1, 1 + lengths[i]));
        }
        return sequences;
    }

    /** Probabilities of what follows the first {@code length} characters of each sequence. */
    private float[] next(int[][] sequences, int length, double temperature) {
        int count = sequences.length;
        int[] seen = new int[count * length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(sequences[i], 0, seen, i * length, length);
        }
        try (Scope _ = Scope.open()) {
            Tensor scores = forward(Tensor.of(seen, count, length));
            Shape shape = scores.shape();
            Tensor last = scores.slice(1, length - 1L, length).reshape(count, shape.dim(2));
            return Softmax.softmax(last.mul((float) (1 / temperature))).toFloatArray();
        }
    }

    private static int draw(float[] probabilities, int from, int classes, double at) {
        double sum = 0;
        for (int c = 0; c < classes - 1; c++) {
            sum += probabilities[from + c];
            if (at < sum) {
                return c;
            }
        }
        return classes - 1;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        embedding.parameters().forEach(p -> all.add(p.prefixed("embedding.")));
        recurrent.parameters().forEach(p -> all.add(p.prefixed("recurrent.")));
        output.parameters().forEach(p -> all.add(p.prefixed("output.")));
        return List.copyOf(all);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new CharacterModel(embedding.map(change), recurrent.map(change), output.map(change));
    }

    @Override
    public String toString() {
        return "CharacterModel(" + embedding + ", " + recurrent + ", " + output + ")";
    }
}
