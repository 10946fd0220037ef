/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ONNX Runtime reads what is written for it and finds the same scores. */
class OnnxPeerTest {
    private final OnnxProvider provider = new OnnxProvider();

    @ParameterizedTest
    @CsvSource({"infer-lenet5,3", "infer-resnet20,2", "infer-resnet18,1"})
    void inferenceGivesTheScoresOfTheDefinition(String bench, int batch) {
        PeerChecks.infers(provider, bench, batch);
    }

    @Test
    void trainsNothing() {
        assertTrue(provider.create(PeerChecks.job("lenet5", 1)).isEmpty());
    }

    @Test
    void messagesAreWrittenAsTheFormatSays() throws IOException {
        ProtoMessage message =
                new ProtoMessage()
                        .number(1, 300)
                        .text(2, "ab")
                        .message(3, new ProtoMessage().real(4, 1))
                        .floats(20, new float[] {2});
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        message.writeTo(out);
        byte[] expected = {
            1 << 3,
            (byte) 0xac,
            2, //
            2 << 3 | 2,
            2,
            'a',
            'b', //
            3 << 3 | 2,
            5,
            4 << 3 | 5,
            0,
            0,
            (byte) 0x80,
            0x3f, //
            (byte) 0xa2,
            1,
            4,
            0,
            0,
            0,
            0x40
        };
        assertArrayEquals(expected, out.toByteArray());
        assertEquals(expected.length, message.size());
    }
}
