/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

/** The networks that are measured. */
public final class Nets {
    private Nets() {}

    /** The perceptron 784-512-512-10. */
    public static Net mlp() {
        return new NetBuilder("mlp", 1, 28, 28)
                .flatten()
                .dense(512)
                .relu()
                .dense(512)
                .relu()
                .dense(10)
                .build();
    }

    /** LeNet-5 with ReLU and max pooling. */
    public static Net lenet5() {
        return new NetBuilder("lenet5", 1, 28, 28)
                .conv(6, 5, 2)
                .relu()
                .pool(2, 2, 0)
                .conv(16, 5, 0)
                .relu()
                .pool(2, 2, 0)
                .flatten()
                .dense(120)
                .relu()
                .dense(84)
                .relu()
                .dense(10)
                .build();
    }

    /** ResNet-20 for 32x32 images: three stages of three blocks with 16, 32 and 64 channels. */
    public static Net resnet20() {
        NetBuilder net = new NetBuilder("resnet20", 3, 32, 32);
        net.conv(Op.INPUT, 16, 3, 1, 1, false).norm().relu();
        stages(net, 3, 16, 32, 64);
        return head(net, 10);
    }

    /** ResNet-18 for 224x224 images. */
    public static Net resnet18() {
        NetBuilder net = new NetBuilder("resnet18", 3, 224, 224);
        net.conv(Op.INPUT, 64, 7, 2, 3, false).norm().relu().pool(3, 2, 1);
        stages(net, 2, 64, 128, 256, 512);
        return head(net, 1000);
    }

    private static void stages(NetBuilder net, int blocks, int... channels) {
        for (int stage = 0; stage < channels.length; stage++) {
            for (int block = 0; block < blocks; block++) {
                net.residual(channels[stage], stage > 0 && block == 0 ? 2 : 1);
            }
        }
    }

    private static Net head(NetBuilder net, int classes) {
        return net.add(new Op.GlobalAverage(net.last())).flatten().dense(classes).build();
    }

    /** VGG-11 with batch norm for 32x32 images. */
    public static Net vgg11() {
        NetBuilder net = new NetBuilder("vgg11", 3, 32, 32);
        for (int channels : new int[] {64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0}) {
            if (channels == 0) {
                net.pool(2, 2, 0);
            } else {
                net.conv(net.last(), channels, 3, 1, 1, false).norm().relu();
            }
        }
        return net.flatten().dense(10).build();
    }

    /** VGG-16 for 224x224 images, without batch norm as it was published. */
    public static Net vgg16() {
        NetBuilder net = new NetBuilder("vgg16", 3, 224, 224);
        int[] plan = {64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0};
        for (int channels : plan) {
            if (channels == 0) {
                net.pool(2, 2, 0);
            } else {
                net.conv(channels, 3, 1).relu();
            }
        }
        return net.flatten().dense(4096).relu().dense(4096).relu().dense(1000).build();
    }
}
