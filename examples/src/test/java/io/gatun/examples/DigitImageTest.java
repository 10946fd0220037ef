/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Scope;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.SyntheticDigits;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** What becomes of pictures. */
class DigitImageTest {
    private static float sum(float[] values) {
        float sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    private static BufferedImage bar(int width, int height, Color paper, Color ink) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(paper);
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(ink);
        graphics.fillRect(width / 4, height / 4, width / 4, height / 2);
        graphics.dispose();
        return image;
    }

    @Test
    void normalisesAsTheDataSetDoes() {
        ImageDataset data = SyntheticDigits.generate(3, 1);
        try (Scope _ = Scope.open()) {
            for (int i = 0; i < data.size(); i++) {
                assertArrayEquals(
                        data.image(i).toFloatArray(), DigitImage.of(data.pixels(i)).input(), 1e-6f);
            }
        }
    }

    @Test
    void keepsTheInkWhateverTheSize() {
        for (int side : new int[] {28, 56, 100, 333, 20, 8}) {
            float[] pixels = DigitImage.of(bar(side, side, Color.BLACK, Color.WHITE)).pixels();
            float share = (side / 4) * (side / 2) / (float) (side * side);
            assertEquals(share, sum(pixels) / 255 / 784, 0.001, "side " + side);
        }
    }

    @Test
    void lightPaperIsInverted() {
        float[] dark = DigitImage.of(bar(60, 60, Color.BLACK, Color.WHITE)).pixels();
        float[] light = DigitImage.of(bar(60, 60, Color.WHITE, Color.BLACK)).pixels();
        assertArrayEquals(dark, light, 0.01f);
        float[] transparent =
                DigitImage.of(bar(60, 60, new Color(0, 0, 0, 0), Color.BLACK)).pixels();
        assertArrayEquals(dark, transparent, 0.01f);
    }

    @Test
    void isMadeSquare() {
        float[] pixels = DigitImage.of(bar(56, 28, Color.WHITE, Color.BLACK)).pixels();
        for (int row : new int[] {0, 6, 21, 27}) {
            assertEquals(0, sum(Arrays.copyOfRange(pixels, row * 28, row * 28 + 28)), "row " + row);
        }
        assertEquals(255 * 7 * 7, sum(pixels), 1);
    }

    @Test
    void refusesWhatIsNoDigit() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> DigitImage.of(new float[783]));
        float[] bad = new float[784];
        bad[3] = Float.NaN;
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> DigitImage.of(bad))
                        .getMessage()
                        .startsWith("pixel 3 is NaN"));
        assertThrows(IOException.class, () -> DigitImage.decode(new byte[0], 1000));
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(bar(100, 100, Color.WHITE, Color.BLACK), "png", png);
        byte[] file = png.toByteArray();
        assertThrows(IOException.class, () -> DigitImage.decode(file, 9_999));
        for (int length = 0; length < file.length / 2; length += 7) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThrows(
                    IOException.class, () -> DigitImage.decode(cut, 1_000_000), "cut at " + length);
        }
    }

    @Test
    void art() {
        String[] lines =
                DigitImage.of(bar(28, 28, Color.BLACK, Color.WHITE)).art(" .:*#").split("\n");
        assertEquals(14, lines.length);
        assertEquals(" ".repeat(28), lines[0]);
        assertEquals(" ".repeat(7) + "#".repeat(7) + " ".repeat(14), lines[6]);
    }
}
