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
 * A vertical logarithmic axis with ticks at 1, 2 and 5 times the powers of ten where they fit, else
 * at the powers: JFreeChart's own has them at equal distances, whatever the numbers.
 */
final class DecadeAxis extends LogAxis {
    private static final long serialVersionUID = 1;

    /** So far apart are labels at least, in pixels. */
    private static final double ROOM = 22;

    DecadeAxis(String title) {
        super(title);
        setBase(10);
    }

    @Override
    protected List<NumberTick> refreshTicksVertical(
            Graphics2D g2, Rectangle2D dataArea, RectangleEdge edge) {
        double low = Math.log10(getRange().getLowerBound());
        double high = Math.log10(getRange().getUpperBound());
        double perDecade = dataArea.getHeight() / (high - low);
        double[] factors = factors(perDecade);
        int every = Math.max(1, (int) Math.ceil(ROOM / perDecade));
        List<NumberTick> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(low); power <= Math.ceil(high); power++) {
            if (Math.floorMod(power, every) != 0) {
                continue;
            }
            for (double factor : factors) {
                double value = factor * Math.pow(10, power);
                if (Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9) {
                    ticks.add(tick(value));
                }
            }
        }
        if (ticks.size() < 2 && perDecade > 4 * ROOM) {
            // Values that hardly differ: only their ends can be labelled.
            ticks.add(tick(getRange().getLowerBound()));
            ticks.add(tick(getRange().getUpperBound()));
        }
        return ticks;
    }

    private static double[] factors(double perDecade) {
        if (perDecade > 8 * ROOM) {
            return new double[] {1, 1.5, 2, 3, 5, 7};
        }
        return perDecade > 4 * ROOM
                ? new double[] {1, 2, 5}
                : perDecade > 2.2 * ROOM ? new double[] {1, 3} : new double[] {1};
    }

    private static NumberTick tick(double value) {
        return new NumberTick(
                value,
                PlainNumbers.text(value),
                TextAnchor.CENTER_RIGHT,
                TextAnchor.CENTER_RIGHT,
                0);
    }
}
