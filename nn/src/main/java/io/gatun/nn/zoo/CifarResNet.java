/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.nn.Dense;
import io.gatun.nn.GlobalAvgPool2d;
import io.gatun.nn.Initializer;
import io.gatun.nn.Layer;
import io.gatun.nn.Relu;
import io.gatun.nn.Residual;
import io.gatun.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * Residual networks for images of CIFAR's size, and their plain twins. He, Zhang, Ren and Sun,
 * "Deep residual learning for image recognition", 2016, section 4.2: a convolution, then three
 * stages with 16, 32 and 64 channels of n blocks of two convolutions each, and a dense layer: 6 n +
 * 2 layers. The paper's depths are 20, 32, 44, 56 and 110. He's normal weights.
 *
 * <p>Parameters and multiply-adds of each kind:
 *
 * <table>
 * <caption>Sizes</caption>
 * <tr><th>depth</th><th>{@link #of}</th><th>{@link #identityShortcuts}, {@link #plain}</th>
 *     <th>multiply-adds</th></tr>
 * <tr><td>20</td><td>272,474</td><td>269,722</td><td>41 million</td></tr>
 * <tr><td>32</td><td>466,906</td><td>464,154</td><td>69 million</td></tr>
 * <tr><td>44</td><td>661,338</td><td>658,586</td><td>98 million</td></tr>
 * <tr><td>56</td><td>855,770</td><td>853,018</td><td>126 million</td></tr>
 * <tr><td>110</td><td>1,730,714</td><td>1,727,962</td><td>253 million</td></tr>
 * </table>
 */
public final class CifarResNet {
    private enum Shortcut {
        PROJECTION,
        IDENTITY,
        NONE
    }

    private CifarResNet() {}

    /**
     * A residual network. Where the channels change, the shortcut is a 1x1 convolution with batch
     * normalisation (the paper's option B, which PyTorch's models have).
     *
     * @param depth 6 n + 2, such as 20
     * @return a model of [N, 3, 32, 32] to logits [N, 10]
     * @throws IllegalArgumentException for another depth
     */
    public static Sequential of(int depth) {
        return build(depth, Shortcut.PROJECTION);
    }

    /**
     * A residual network with the shortcuts that the paper used for CIFAR (option A): where the
     * channels change, every second pixel, and zeros for the new channels. It has exactly the
     * parameters of {@link #plain}.
     *
     * @param depth 6 n + 2, such as 20
     * @return a model of [N, 3, 32, 32] to logits [N, 10]
     * @throws IllegalArgumentException for another depth
     */
    public static Sequential identityShortcuts(int depth) {
        return build(depth, Shortcut.IDENTITY);
    }

    /**
     * The plain twin: the same layers without shortcuts.
     *
     * @param depth 6 n + 2, such as 20
     * @return a model of [N, 3, 32, 32] to logits [N, 10]
     * @throws IllegalArgumentException for another depth
     */
    public static Sequential plain(int depth) {
        return build(depth, Shortcut.NONE);
    }

    private static Sequential build(int depth, Shortcut shortcut) {
        if (depth < 8 || depth % 6 != 2) {
            throw new IllegalArgumentException(
                    "CifarResNet: depth = " + depth + ": give 6 n + 2, such as 20, 32, 44, 56");
        }
        List<Layer> layers = new ArrayList<>(Blocks.activated(3, 16, 3, 1));
        int in = 16;
        for (int out : new int[] {16, 32, 64}) {
            for (int i = 0; i < depth / 6; i++) {
                add(layers, in, out, shortcut);
                in = out;
            }
        }
        layers.add(GlobalAvgPool2d.of());
        layers.add(Dense.of(64, 10, Initializer.heNormal()));
        return Blocks.chain(layers);
    }

    /** Adds a block; it halves the image where the channels change. */
    private static void add(List<Layer> layers, int in, int out, Shortcut shortcut) {
        int stride = in == out ? 1 : 2;
        List<Layer> body = new ArrayList<>(Blocks.activated(in, out, 3, stride));
        body.addAll(Blocks.normalised(out, out, 3, 1));
        if (shortcut == Shortcut.NONE) {
            layers.addAll(body);
        } else if (stride == 1) {
            layers.add(Residual.of(Blocks.chain(body)));
        } else if (shortcut == Shortcut.PROJECTION) {
            Layer projection = Blocks.chain(Blocks.normalised(in, out, 1, stride));
            layers.add(Residual.of(Blocks.chain(body), projection));
        } else {
            layers.add(Residual.of(Blocks.chain(body), new IdentityShortcut(out - in)));
        }
        layers.add(Relu.of());
    }
}
