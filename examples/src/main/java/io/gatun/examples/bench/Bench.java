/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/**
 * One benchmark: a network, what is done with it, and the batch sizes that are measured unless
 * others are asked for.
 *
 * @param name what a user types, such as {@code infer-resnet18}
 * @param net the network
 * @param training whether a step trains or infers
 * @param batches the usual batch sizes
 */
public record Bench(String name, Net net, boolean training, List<Integer> batches) {

    private static final Map<String, Supplier<Bench>> ALL = new LinkedHashMap<>();

    static {
        train(128, 0, Nets::mlp);
        train(64, 256, Nets::lenet5);
        train(128, 0, Nets::resnet20);
        train(64, 0, Nets::vgg11);
        infer(256, Nets::lenet5);
        infer(16, Nets::resnet20);
        infer(16, Nets::resnet18);
        infer(0, Nets::vgg16);
    }

    /** Keeps an unmodifiable copy of the list. */
    public Bench {
        batches = List.copyOf(batches);
    }

    private static void train(int batch, int second, Supplier<Net> net) {
        String name = net.get().name();
        List<Integer> batches = second == 0 ? List.of(batch) : List.of(batch, second);
        ALL.put(name, () -> new Bench(name, net.get(), true, batches));
    }

    private static void infer(int second, Supplier<Net> net) {
        String name = "infer-" + net.get().name();
        List<Integer> batches = second == 0 ? List.of(1) : List.of(1, second);
        ALL.put(name, () -> new Bench(name, net.get(), false, batches));
    }

    /** The names of all benchmarks. */
    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** The benchmark of a name. */
    public static Optional<Bench> find(String name) {
        return Optional.ofNullable(ALL.get(name)).map(Supplier::get);
    }

    /** {@code "train"} or {@code "infer"}. */
    public String mode() {
        return training ? "train" : "infer";
    }

    /** Whether training takes Adam, and not gradient descent with momentum. */
    public boolean adam() {
        return net.name().equals("lenet5");
    }

    /** The learning rate of a training step. */
    public double rate() {
        return adam() ? 1e-3 : 0.01;
    }

    /** The momentum where there is no Adam. */
    public double momentum() {
        return 0.9;
    }

    /** Floating-point operations of one step. */
    public double flops(int batch) {
        return batch * (training ? net.trainingFlops() : net.inferenceFlops());
    }

    /** First values of the parameters, the same for every library. */
    public NetWeights weights() {
        return NetWeights.random(net, 1);
    }

    /** The pixels of a batch, row-major [batch, channels, height, width], the same for all. */
    public float[] pixels(int batch) {
        Random random = new Random(7);
        float[] pixels = new float[batch * net.input().size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        return pixels;
    }

    /** The same pixels as [batch, height, width, channels]. */
    public float[] pixelsChannelsLast(int batch) {
        float[] pixels = pixels(batch);
        float[] turned = new float[pixels.length];
        int channels = net.input().channels();
        int plane = net.input().height() * net.input().width();
        for (int i = 0; i < pixels.length; i++) {
            int sample = i / (channels * plane);
            int channel = i / plane % channels;
            turned[(sample * plane + i % plane) * channels + channel] = pixels[i];
        }
        return turned;
    }

    /** The class of each sample of a batch, at random, the same for every library. */
    public int[] labels(int batch) {
        return new Random(8).ints(batch, 0, net.classes()).toArray();
    }
}
