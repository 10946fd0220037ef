/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The networks are the ones that papers and other libraries mean by these names. */
class NetsTest {
    @ParameterizedTest
    @CsvSource({
        "mlp,669706,10",
        "lenet5,61706,10",
        "resnet20,272474,10",
        "vgg11,9228362,10",
        "infer-resnet18,11689512,1000",
        "infer-vgg16,138357544,1000"
    })
    void parametersAndClasses(String bench, long parameters, int classes) {
        Net net = Bench.find(bench).orElseThrow().net();
        long count = 0;
        for (Op op : net.ops()) {
            count +=
                    switch (op) {
                        case Op.Conv c ->
                                (long) c.out() * c.in() * c.kernel() * c.kernel()
                                        + (c.bias() ? c.out() : 0);
                        case Op.BatchNorm n -> 2L * n.channels();
                        case Op.Dense d -> (long) d.out() * (d.in() + 1);
                        default -> 0;
                    };
        }
        assertEquals(parameters, count);
        assertEquals(classes, net.classes());
    }

    @Test
    void operations() {
        assertEquals(833_040, flops("infer-lenet5", 1));
        assertEquals(2_263_920.0 * 64, flops("lenet5", 64));
        assertEquals(410.78e6, flops("mlp", 128), 0.01e6);
        assertEquals(2 * 1.814e9, flops("infer-resnet18", 1), 0.01e9);
        assertEquals(2 * 15.47e9, flops("infer-vgg16", 1), 0.01e9);
    }

    private static double flops(String bench, int batch) {
        return Bench.find(bench).orElseThrow().flops(batch);
    }

    @Test
    void lastReaderOfAShortcutIsTheAddition() {
        Net net = new NetBuilder("n", 4, 4, 4).relu().residual(4, 1).build();
        // relu, conv, norm, relu, conv, norm, add, relu
        assertArrayEquals(new int[] {6, 2, 3, 4, 5, 6, 7, 8}, net.lastReaders());
    }

    @Test
    void channelsLastIsATranspose() {
        Net net = new NetBuilder("n", 3, 2, 2).relu().build();
        Bench bench = new Bench("n", net, false, List.of(1));
        float[] rows = bench.pixels(2);
        float[] turned = bench.pixelsChannelsLast(2);
        for (int i = 0; i < 2 * 3 * 4; i++) {
            assertEquals(rows[i], turned[i / 12 * 12 + i % 4 * 3 + i / 4 % 3]);
        }
    }

    @Test
    void foldingRemovesEachBatchNorm() {
        Bench bench = Bench.find("infer-resnet20").orElseThrow();
        FoldedNet folded = FoldedNet.of(bench.net(), bench.weights());
        assertEquals(0, count(folded.net(), Op.BatchNorm.class));
        assertEquals(21, count(folded.net(), Op.Conv.class));
        assertEquals(9, count(folded.net(), Op.Add.class));
        assertEquals(bench.net().classes(), folded.net().classes());
    }

    private static long count(Net net, Class<? extends Op> kind) {
        return net.ops().stream().filter(kind::isInstance).count();
    }
}
