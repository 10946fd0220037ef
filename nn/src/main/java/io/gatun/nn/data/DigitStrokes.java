/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.ArrayList;
import java.util.List;

/**
 * How the ten digits are written by hand: the points that a pen passes, each digit in some
 * variants.
 *
 * <p>Points are "x,y" in hundredths of a box, y downwards; the pen passes them on a smooth curve,
 * but turns sharply at a point with "^", and is lifted at "|".
 */
final class DigitStrokes {
    /**
     * One way to write a digit: for each stroke its points as x, y, x, y... and where it turns
     * sharply.
     */
    record Glyph(List<Stroke> strokes) {}

    /** What is drawn without lifting the pen. */
    static final class Stroke {
        final float[] points;
        final boolean[] corners;

        Stroke(float[] points, boolean[] corners) {
            this.points = points;
            this.corners = corners;
        }
    }

    private static final String[][] WRITTEN = {
        {
            "58,2 27,10 8,48 22,88 48,99 80,84 92,46 76,10 52,3",
            "62,6 44,2 20,30 20,72 42,98 70,78 78,34 58,4 40,8",
            "36,4 12,34 10,72 40,98 78,80 90,40 66,6 30,10",
        },
        {
            "50,0 50,50 50,100",
            "52,0 49,40 50,100",
            "28,24 42,14 52,1^ 51,50 50,100",
            "30,20 52,1^ 51,50 50,98^ | 26,99 50,98 76,99",
        },
        {
            "12,24 30,4 64,3 84,24 70,50 38,80 8,97^ 48,95 94,97",
            "14,20 40,2 74,10 78,34 56,64 26,90 12,92 14,78 34,78 60,94 94,90",
            "16,10 50,2 84,18 76,48 44,76 10,96^ 40,90 92,94",
        },
        {
            "14,12 44,1 78,14 72,38 40,48^ 78,56 88,78 56,99 10,90",
            "10,8 42,2 74,16 66,36 46,46 74,54 82,78 50,99 14,92",
            "14,4 50,4 84,3^ 62,22 44,42^ 78,52 88,74 56,98 12,92",
        },
        {
            "18,4 12,32 16,54 44,58 88,50 | 76,2 70,50 64,100",
            "64,2 36,34 6,66^ 50,66 96,64 | 66,28 64,60 62,100",
            "22,2 14,48^ 46,52 84,46 | 80,4 76,46 74,100",
            "10,6 10,44 34,56 64,46 82,6^ 76,50 68,100",
        },
        {
            "26,4 18,44^ 48,36 84,52 82,82 50,99 10,90 | 26,4 56,4 88,2",
            "86,3 56,6 28,5^ 22,44^ 54,38 84,58 74,88 42,99 12,88",
            "80,2 40,4 24,28 40,46 74,58 78,84 46,99 10,92",
        },
        {
            "70,2 36,22 12,56 20,90 52,99 84,80 74,56 44,54 16,74",
            "54,2 26,32 14,68 34,97 70,92 80,68 58,54 30,62 18,78",
            "78,6 44,10 14,50 18,86 48,98 78,84 74,62 46,58 22,78",
        },
        {
            "8,8 48,6 92,4^ 64,46 42,100",
            "10,16^ 14,5^ 50,7 88,4^ 60,50 46,100",
            "8,8 50,5 90,6^ 60,52 40,100 | 30,52 54,50 78,50",
            "12,6 60,3 86,8 78,30 58,64 48,100",
        },
        {
            "76,14 46,1 20,18 38,40 70,58 80,82 50,99 18,84 30,60 62,40 80,20 74,10",
            "50,48 24,26 46,2 76,20 52,48 22,74 46,99 78,78 52,48",
            "80,8 44,2 22,22 46,44 74,66 66,94 36,97 22,76 48,50 74,28 78,8",
        },
        {
            "80,18 50,2 18,20 26,44 54,48 80,22^ 78,60 70,100",
            "78,14 44,4 20,28 40,48 72,34 80,14 82,52 64,90 26,97",
            "76,26 56,3 24,14 22,40 52,46 76,26 76,8^ 72,54 56,100",
        },
    };

    private static final Glyph[][] GLYPHS = new Glyph[WRITTEN.length][];

    static {
        for (int digit = 0; digit < WRITTEN.length; digit++) {
            GLYPHS[digit] = new Glyph[WRITTEN[digit].length];
            for (int i = 0; i < GLYPHS[digit].length; i++) {
                GLYPHS[digit][i] = parse(WRITTEN[digit][i]);
            }
        }
    }

    private DigitStrokes() {}

    /** In how many ways a digit is written. */
    static int variants(int digit) {
        return GLYPHS[digit].length;
    }

    static Glyph glyph(int digit, int variant) {
        return GLYPHS[digit][variant];
    }

    private static Glyph parse(String text) {
        List<Stroke> strokes = new ArrayList<>();
        for (String stroke : text.split(" \\| ", -1)) {
            String[] written = stroke.split(" ", -1);
            float[] points = new float[2 * written.length];
            boolean[] corners = new boolean[written.length];
            for (int i = 0; i < written.length; i++) {
                int comma = written[i].indexOf(',');
                corners[i] = written[i].endsWith("^");
                int end = written[i].length() - (corners[i] ? 1 : 0);
                points[2 * i] = Integer.parseInt(written[i], 0, comma, 10) / 100f;
                points[2 * i + 1] = Integer.parseInt(written[i], comma + 1, end, 10) / 100f;
            }
            strokes.add(new Stroke(points, corners));
        }
        return new Glyph(List.copyOf(strokes));
    }
}
