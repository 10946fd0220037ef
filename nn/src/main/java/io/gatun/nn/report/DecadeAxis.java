/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/**
 * A logarithmic axis with ticks at 1, 2 and 5 times the powers of ten where they fit, else at the
 * powers: JFreeChart's own has them at equal distances, whatever the numbers.
 */
final class DecadeAxis extends LogAxis {
    private static final long serialVersionUID = 1;

    /** So far apart are labels at least, in pixels. */
    private static final double ROOM = 22;

    /** The same beside each other. */
    private static final double ROOM_BESIDE = 48;

    DecadeAxis(String title) {
        super(title);
        setBase(10);
    }

    @Override
    protected List<NumberTick> refreshTicksVertical(
            Graphics2D g2, Rectangle2D dataArea, RectangleEdge edge) {
        return ticks(dataArea.getHeight(), ROOM, TextAnchor.CENTER_RIGHT);
    }

    @Override
    protected List<NumberTick> refreshTicksHorizontal(
            Graphics2D g2, Rectangle2D dataArea, RectangleEdge edge) {
        return ticks(dataArea.getWidth(), ROOM_BESIDE, TextAnchor.TOP_CENTER);
    }

    private List<NumberTick> ticks(double length, double room, TextAnchor anchor) {
        double low = Math.log10(getRange().getLowerBound());
        double high = Math.log10(getRange().getUpperBound());
        double perDecade = length / (high - low);
        double[] factors = factors(perDecade / room);
        int every = Math.max(1, (int) Math.ceil(room / perDecade));
        List<NumberTick> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(low); power <= Math.ceil(high); power++) {
            if (Math.floorMod(power, every) != 0) {
                continue;
            }
            for (double factor : factors) {
                double value = factor * Math.pow(10, power);
                if (Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9) {
                    ticks.add(tick(value, anchor));
                }
            }
        }
        if (ticks.size() < 2 && perDecade > 4 * room) {
            // Values that hardly differ: only their ends can be labelled.
            ticks.add(tick(getRange().getLowerBound(), anchor));
            ticks.add(tick(getRange().getUpperBound(), anchor));
        }
        return ticks;
    }

    private static double[] factors(double labelsPerDecade) {
        if (labelsPerDecade > 8) {
            return new double[] {1, 1.5, 2, 3, 5, 7};
        }
        return labelsPerDecade > 4
                ? new double[] {1, 2, 5}
                : labelsPerDecade > 2.2 ? new double[] {1, 3} : new double[] {1};
    }

    private static NumberTick tick(double value, TextAnchor anchor) {
        return new NumberTick(value, PlainNumbers.text(value), anchor, anchor, 0);
    }
}
