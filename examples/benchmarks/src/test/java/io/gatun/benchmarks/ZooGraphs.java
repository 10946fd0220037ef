/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** The zoo's models as the papers and torchvision write them, node by node. */
final class ZooGraphs {
    /** Adds a model's nodes and returns the name of its scores. */
    interface Writer {
        String write(OnnxGraph g, String x);
    }

    private static final int[][] LENET_TABLE = { // which of S2's maps each of C3's sees
        {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {4, 5, 0}, {5, 0, 1},
        {0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 0}, {4, 5, 0, 1}, {5, 0, 1, 2},
        {0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}, {0, 1, 2, 3, 4, 5}
    };

    private ZooGraphs() {}

    static Writer mlp(int layers) {
        return (g, x) -> {
            String y = g.flatten(x);
            for (int i = 0; i < layers; i++) {
                y = i == 0 ? g.dense(y) : g.dense(g.relu(y));
            }
            return y;
        };
    }

    static String lenet(OnnxGraph g, String x) {
        String y = g.maxPool(g.convRelu(x, 1, 2), 2, 2, 0, false);
        y = g.maxPool(g.convRelu(y, 1, 0), 2, 2, 0, false);
        return mlp(3).write(g, y);
    }

    /** Without centres, with a dense output. */
    static Writer lenet1998(float[] centres) {
        return (g, x) -> {
            String c1 = g.scaledTanh(g.conv(x, 1, 0, 1, true));
            String s2 = g.scaledTanh(g.scaled(g.averagePool(c1, 2, 2, 0), 6));
            String[] maps = new String[16];
            for (int i = 0; i < 16; i++) {
                // our convolution takes the maps in rising order
                long[] seen =
                        java.util.Arrays.stream(LENET_TABLE[i]).sorted().asLongStream().toArray();
                maps[i] = g.conv(g.channels(s2, seen), 1, 0, 1, true);
            }
            String c3 = g.scaledTanh(g.concat(maps));
            String s4 = g.scaledTanh(g.scaled(g.averagePool(c3, 2, 2, 0), 16));
            String c5 = g.scaledTanh(g.conv(s4, 1, 0, 1, true));
            String f6 = g.scaledTanh(g.dense(g.flatten(c5)));
            return centres.length == 0 ? g.dense(f6) : g.distances(f6, centres);
        };
    }

    static String alexNet(OnnxGraph g, String x) {
        String y = g.lrn(g.convRelu(x, 4, 0), 5e-4, 0.75, 2);
        y = g.maxPool(y, 3, 2, 0, false);
        y = g.lrn(g.relu(g.conv(y, 1, 2, 2, true)), 5e-4, 0.75, 2);
        y = g.convRelu(g.maxPool(y, 3, 2, 0, false), 1, 1);
        y = g.relu(g.conv(y, 1, 1, 2, true));
        y = g.relu(g.conv(y, 1, 1, 2, true));
        return mlp(3).write(g, g.maxPool(y, 3, 2, 0, false));
    }

    static String oneTower(OnnxGraph g, String x) {
        String y = g.maxPool(g.convRelu(x, 4, 2), 3, 2, 0, false);
        y = g.maxPool(g.convRelu(y, 1, 2), 3, 2, 0, false);
        for (int i = 0; i < 3; i++) {
            y = g.convRelu(y, 1, 1);
        }
        return mlp(3).write(g, g.maxPool(y, 3, 2, 0, false));
    }

    static String zfNet(OnnxGraph g, String x) {
        String y = g.lrn(g.maxPool(g.convRelu(x, 2, 1), 3, 2, 1, false), 5e-4, 0.75, 2);
        y = g.lrn(g.maxPool(g.convRelu(y, 2, 0), 3, 2, 1, false), 5e-4, 0.75, 2);
        for (int i = 0; i < 3; i++) {
            y = g.convRelu(y, 1, 1);
        }
        return mlp(3).write(g, g.maxPool(y, 3, 2, 0, false));
    }

    private static String vggFeatures(
            OnnxGraph g, String x, int depth, boolean bias, boolean norm) {
        String plan =
                switch (depth) {
                    case 11 -> "1p1p2p2p2p";
                    case 13 -> "2p2p2p2p2p";
                    case 16 -> "2p2p3p3p3p";
                    default -> "2p2p4p4p4p";
                };
        String y = x;
        for (int at = 0; at < plan.length(); at++) {
            char step = plan.charAt(at);
            if (step == 'p') {
                y = g.maxPool(y, 2, 2, 0, false);
                continue;
            }
            for (int i = 0; i < step - '0'; i++) {
                y = g.conv(y, 1, 1, 1, bias);
                y = g.relu(norm ? g.norm(y, 1e-5) : y);
            }
        }
        return y;
    }

    static Writer vggCifar(int depth) {
        return (g, x) -> g.dense(g.flatten(vggFeatures(g, x, depth, false, true)));
    }

    /** For images of 32 x 32, whose one last pixel becomes 7 x 7. */
    static Writer vgg(int depth, boolean norm) {
        return (g, x) -> mlp(3).write(g, g.tile(vggFeatures(g, x, depth, true, norm), 7));
    }

    private static String basicBlock(
            OnnxGraph g, String x, int stride, boolean shortcut, boolean projected) {
        String y = g.convNorm(g.unit(x, stride, 1), 1, 1, 1);
        if (!shortcut) {
            return g.relu(y);
        }
        return g.relu(g.sum(y, projected ? g.convNorm(x, stride, 0, 1) : x));
    }

    /** CIFAR's: shortcuts are 'b' projections, 'a' identities, '-' none. */
    static Writer cifarResnet(int depth, char shortcut) {
        return (g, x) -> {
            String y = g.unit(x, 1, 1);
            for (int stage = 0; stage < 3; stage++) {
                for (int i = 0; i < (depth - 2) / 6; i++) {
                    boolean change = stage > 0 && i == 0;
                    if (change && shortcut == 'a') {
                        String inside = g.convNorm(g.unit(y, 2, 1), 1, 1, 1);
                        y = g.relu(g.sum(inside, g.halved(y, 16L << (stage - 1))));
                    } else {
                        y = basicBlock(g, y, change ? 2 : 1, shortcut != '-', change);
                    }
                }
            }
            return g.dense(g.globalAverage(y));
        };
    }

    static Writer resnet(int depth) {
        return (g, x) -> {
            int[] sizes =
                    switch (depth) {
                        case 18 -> new int[] {2, 2, 2, 2};
                        case 34, 50 -> new int[] {3, 4, 6, 3};
                        case 101 -> new int[] {3, 4, 23, 3};
                        default -> new int[] {3, 8, 36, 3};
                    };
            String y = g.maxPool(g.unit(x, 2, 3), 3, 2, 1, false);
            for (int stage = 0; stage < 4; stage++) {
                for (int i = 0; i < sizes[stage]; i++) {
                    int stride = stage > 0 && i == 0 ? 2 : 1;
                    if (depth < 50) {
                        y = basicBlock(g, y, stride, true, stride == 2);
                    } else {
                        String inner = g.unit(g.unit(y, 1, 0), stride, 1);
                        String inside = g.convNorm(inner, 1, 0, 1);
                        String around = i == 0 ? g.convNorm(y, stride, 0, 1) : y;
                        y = g.relu(g.sum(inside, around));
                    }
                }
            }
            return g.dense(g.globalAverage(y));
        };
    }

    private static String inception(OnnxGraph g, String x) {
        String one = g.convRelu(x, 1, 0);
        String three = g.convRelu(g.convRelu(x, 1, 0), 1, 1);
        String five = g.convRelu(g.convRelu(x, 1, 0), 1, 2);
        String pool = g.convRelu(g.maxPool(x, 3, 1, 1, false), 1, 0);
        return g.concat(one, three, five, pool);
    }

    /** Up to inception 4a, where the first head branches off. */
    private static String googLeNetLow(OnnxGraph g, String x) {
        String y = g.lrn(g.maxPool(g.convRelu(x, 2, 3), 3, 2, 0, true), 1e-4, 0.75, 1);
        y = g.convRelu(g.convRelu(y, 1, 0), 1, 1);
        y = g.maxPool(g.lrn(y, 1e-4, 0.75, 1), 3, 2, 0, true);
        y = inception(g, inception(g, y));
        return inception(g, g.maxPool(y, 3, 2, 0, true));
    }

    static String googLeNet(OnnxGraph g, String x) {
        return googLeNetHigh(g, googLeNetMiddle(g, googLeNetLow(g, x)));
    }

    private static String googLeNetMiddle(OnnxGraph g, String x) {
        return inception(g, inception(g, inception(g, x)));
    }

    private static String googLeNetHigh(OnnxGraph g, String x) {
        String y = g.maxPool(inception(g, x), 3, 2, 0, true);
        return g.dense(g.globalAverage(inception(g, inception(g, y))));
    }

    /** All three outputs side by side. */
    static String googLeNetWithHeads(OnnxGraph g, String x) {
        String low = googLeNetLow(g, x);
        String middle = googLeNetMiddle(g, low);
        String main = googLeNetHigh(g, middle);
        return g.concat(main, head(g, low), head(g, middle));
    }

    private static String head(OnnxGraph g, String x) {
        String y = g.convRelu(g.averagePool(x, 5, 3, 0), 1, 0);
        return g.dense(g.relu(g.dense(g.flatten(y))));
    }

    private static String bnUnit(OnnxGraph g, String x, int stride, int padding) {
        return g.relu(g.norm(g.conv(x, stride, padding, 1, false), 1e-3));
    }

    static String googLeNetNorm(OnnxGraph g, String x) {
        String y = g.maxPool(bnUnit(g, x, 2, 3), 3, 2, 0, true);
        y = g.maxPool(bnUnit(g, bnUnit(g, y, 1, 0), 1, 1), 3, 2, 0, true);
        String plan = "mmPmmmmmpmm";
        for (int at = 0; at < plan.length(); at++) {
            char step = plan.charAt(at);
            if (step != 'm') {
                y = g.maxPool(y, step == 'P' ? 3 : 2, 2, 0, true);
                continue;
            }
            String one = bnUnit(g, y, 1, 0);
            String three = bnUnit(g, bnUnit(g, y, 1, 0), 1, 1);
            String second = bnUnit(g, bnUnit(g, y, 1, 0), 1, 1);
            String pool = bnUnit(g, g.maxPool(y, 3, 1, 1, false), 1, 0);
            y = g.concat(one, three, second, pool);
        }
        return g.dense(g.globalAverage(y));
    }

    private static String long1(OnnxGraph g, String x, int height, int width) {
        String y = g.conv(x, 1, new int[] {height / 2, width / 2}, 1, false);
        return g.relu(g.norm(y, 1e-5));
    }

    private static String pooled(OnnxGraph g, String x) {
        return g.unit(g.averagePool(x, 3, 1, 1), 1, 0);
    }

    /** The four modules of Inception-v2 after each other. */
    static String inceptionV2(OnnxGraph g, String x) {
        String y =
                g.concat(
                        g.unit(x, 1, 0),
                        g.unit(g.unit(x, 1, 0), 1, 1),
                        g.unit(g.unit(g.unit(x, 1, 0), 1, 1), 1, 1),
                        pooled(g, x));
        String one = g.unit(y, 1, 0);
        String once = long1(g, long1(g, g.unit(y, 1, 0), 1, 7), 7, 1);
        String twice = long1(g, long1(g, g.unit(y, 1, 0), 7, 1), 1, 7);
        twice = long1(g, long1(g, twice, 7, 1), 1, 7);
        y = g.concat(one, once, twice, pooled(g, y));
        String first = g.unit(y, 1, 0);
        String a = g.unit(y, 1, 0);
        String b = long1(g, a, 1, 3);
        String c = long1(g, a, 3, 1);
        String d = g.unit(g.unit(y, 1, 0), 1, 1);
        String e = long1(g, d, 1, 3);
        String f = long1(g, d, 3, 1);
        y = g.concat(first, b, c, e, f, pooled(g, y));
        String three = g.unit(g.unit(y, 1, 0), 2, 1);
        String five = g.unit(g.unit(g.unit(y, 1, 0), 1, 1), 2, 1);
        return g.flatten(g.concat(three, five, g.maxPool(y, 3, 2, 1, false)));
    }

    /** 'f' is a fire module, 'p' a pooling. */
    static Writer squeezeNet(String plan) {
        return (g, x) -> {
            String y = g.convRelu(x, 2, 0);
            for (int at = 0; at < plan.length(); at++) {
                char step = plan.charAt(at);
                if (step == 'p') {
                    y = g.maxPool(y, 3, 2, 0, true);
                } else {
                    String squeezed = g.convRelu(y, 1, 0);
                    y = g.concat(g.convRelu(squeezed, 1, 0), g.convRelu(squeezed, 1, 1));
                }
            }
            return g.globalAverage(g.convRelu(y, 1, 0));
        };
    }

    static Writer shuffleNet(int groups, int channels) {
        return (g, x) -> {
            String y = g.maxPool(g.unit(x, 2, 1), 3, 2, 1, false);
            for (int stage = 0; stage < 3; stage++) {
                int inner = (channels << stage) / 4;
                for (int i = 0; i < (stage == 1 ? 8 : 4); i++) {
                    int stride = i == 0 ? 2 : 1;
                    int firstGroups = stage == 0 && i == 0 ? 1 : groups;
                    String z = g.relu(g.convNorm(y, 1, 0, firstGroups));
                    z = g.convNorm(g.channels(z, shuffled(inner, groups)), stride, 1, inner);
                    z = g.convNorm(z, 1, 0, groups);
                    y = g.relu(i == 0 ? g.concat(g.averagePool(y, 3, 2, 1), z) : g.sum(y, z));
                }
            }
            return g.dense(g.globalAverage(y));
        };
    }

    private static long[] shuffled(int channels, int groups) {
        long[] from = new long[channels];
        for (int i = 0; i < channels; i++) {
            from[i] = (long) (i % groups) * (channels / groups) + i / groups;
        }
        return from;
    }

    static Writer denseNet(int... blocks) {
        return (g, x) -> {
            String y = g.maxPool(g.unit(x, 2, 3), 3, 2, 1, false);
            for (int block = 0; block < blocks.length; block++) {
                if (block > 0) {
                    String z = g.conv(g.relu(g.norm(y, 1e-5)), 1, 0, 1, false);
                    y = g.averagePool(z, 2, 2, 0);
                }
                for (int i = 0; i < blocks[block]; i++) {
                    String z = g.conv(g.relu(g.norm(y, 1e-5)), 1, 0, 1, false);
                    y = g.concat(y, g.conv(g.relu(g.norm(z, 1e-5)), 1, 1, 1, false));
                }
            }
            return g.dense(g.globalAverage(g.relu(g.norm(y, 1e-5))));
        };
    }

    static Writer mobileNet1(double width) {
        return (g, x) -> {
            String y = g.unit(x, 2, 1);
            int in = (int) (32 * width);
            int[] out = {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};
            for (int i = 0; i < out.length; i++) {
                int stride = List.of(1, 3, 5, 11).contains(i) ? 2 : 1;
                y = g.unit(g.relu(g.convNorm(y, stride, 1, in)), 1, 0);
                in = (int) (out[i] * width);
            }
            return g.dense(g.globalAverage(y));
        };
    }

    static String mobileNet2(OnnxGraph g, String x) {
        String y = g.relu6(g.convNorm(x, 2, 1, 1));
        int in = 32;
        List<int[]> stages = new ArrayList<>(); // expansion, channels, repeats, stride
        stages.add(new int[] {1, 16, 1, 1});
        stages.add(new int[] {6, 24, 2, 2});
        stages.add(new int[] {6, 32, 3, 2});
        stages.add(new int[] {6, 64, 4, 2});
        stages.add(new int[] {6, 96, 3, 1});
        stages.add(new int[] {6, 160, 3, 2});
        stages.add(new int[] {6, 320, 1, 1});
        for (int[] stage : stages) {
            for (int i = 0; i < stage[2]; i++) {
                int stride = i == 0 ? stage[3] : 1;
                String z = stage[0] == 1 ? y : g.relu6(g.convNorm(y, 1, 0, 1));
                z = g.relu6(g.convNorm(z, stride, 1, stage[0] * in));
                z = g.convNorm(z, 1, 0, 1);
                y = stride == 1 && in == stage[1] ? g.sum(y, z) : z;
                in = stage[1];
            }
        }
        return g.dense(g.globalAverage(g.relu6(g.convNorm(y, 1, 0, 1))));
    }

    /** The borders to cut from what goes across, from the lowest level up; 0: with padding. */
    static Writer unet(int padding, int... borders) {
        return (g, x) -> {
            List<String> across = new ArrayList<>();
            String y = two(g, x, padding);
            for (int i = 0; i < borders.length; i++) {
                across.add(y);
                y = two(g, g.maxPool(y, 2, 2, 0, false), padding);
            }
            for (int border : borders) {
                String left = across.removeLast();
                y =
                        two(
                                g,
                                g.concat(
                                        border == 0 ? left : g.crop(left, border),
                                        g.up(y, 2, 0, true)),
                                padding);
            }
            return g.flatten(g.conv(y, 1, 0, 1, true));
        };
    }

    private static String two(OnnxGraph g, String x, int padding) {
        return g.convRelu(g.convRelu(x, 1, padding), 1, padding);
    }
}
