/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.zoo.Mlp;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    @Test
    void aLogHasALineEveryThirtySecondsAndOneForEachEpoch() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AtomicLong seconds = new AtomicLong();
        // Asked once per step and per epoch: each step takes twelve seconds.
        ProgressBar bar =
                new ProgressBar(
                        new PrintStream(bytes, true, StandardCharsets.UTF_8),
                        false,
                        () -> 12_000_000_000L * seconds.getAndIncrement());
        Trainer.of(Mlp.of(5, 4, 3).initialize(1), Sgd.of(0.01), Losses.crossEntropy())
                .listeners(bar)
                .fit(Synthetic.blobs(60, 3, 1, 5).batches(10), 2);
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertFalse(text.contains("\r") || text.contains("\u001b"), text);
        List<String> lines = text.lines().toList();
        assertEquals(6, lines.size(), text);
        assertTrue(lines.get(0).matches("epoch 1/2: 50 %, loss \\d\\.\\d{4}, 1 samples/s"), text);
        assertTrue(lines.get(1).startsWith("epoch 1/2: 100 %"), text);
        assertTrue(lines.get(2).startsWith("epoch 1/2: loss"), text);
        assertTrue(lines.get(5).startsWith("epoch 2/2: loss"), text);
    }
}
