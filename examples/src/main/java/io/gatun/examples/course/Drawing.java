/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.report.Picture;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;

/** A sheet for boxes and arrows, drawn with two pixels for each. */
final class Drawing {
    private static final Color TEXT = new Color(0x24292f);
    private static final Color VALUE = new Color(0x2b8a3e);
    private static final Color SLOPE = new Color(0xc2255c);
    private static final Color LINE = new Color(0x868e96);
    private static final Color PAPER = new Color(0xf6f8fa);

    private final BufferedImage image;
    private final Graphics2D graphics;

    private Drawing(BufferedImage image, Graphics2D graphics) {
        this.image = image;
        this.graphics = graphics;
    }

    static Drawing of(int width, int height) {
        BufferedImage image = new BufferedImage(2 * width, 2 * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.scale(2, 2);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        return new Drawing(image, graphics);
    }

    void title(String text) {
        write(text, 20, 28, new Font(Font.SANS_SERIF, Font.BOLD, 15), TEXT);
    }

    /** From a point to another, with a head. */
    void arrow(double x0, double y0, double x1, double y1) {
        graphics.setColor(LINE);
        graphics.setStroke(new BasicStroke(1.4f));
        graphics.draw(new Line2D.Double(x0, y0, x1, y1));
        Path2D head = new Path2D.Double();
        head.moveTo(0, 0);
        head.lineTo(-9, 4);
        head.lineTo(-9, -4);
        head.closePath();
        AffineTransform turn = AffineTransform.getTranslateInstance(x1, y1);
        turn.rotate(Math.atan2(y1 - y0, x1 - x0));
        graphics.fill(turn.createTransformedShape(head));
    }

    /** A box with a name, a value and a derivative, around a point. */
    void box(int x, int y, int width, int height, String name, String value, String slope) {
        RoundRectangle2D frame =
                new RoundRectangle2D.Double(
                        x - width / 2.0, y - height / 2.0, width, height, 10, 10);
        graphics.setColor(PAPER);
        graphics.fill(frame);
        graphics.setColor(LINE);
        graphics.setStroke(new BasicStroke(1f));
        graphics.draw(frame);
        int left = x - width / 2 + 12;
        write(name, left, y - 11, new Font(Font.SANS_SERIF, Font.BOLD, 13), TEXT);
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        write(value, left, y + 6, plain, VALUE);
        write(slope, left, y + 23, plain, SLOPE);
    }

    private void write(String text, int x, int y, Font font, Color colour) {
        graphics.setFont(font);
        graphics.setColor(colour);
        graphics.drawString(text, x, y);
    }

    Picture toPicture() {
        graphics.dispose();
        int width = image.getWidth();
        int height = image.getHeight();
        return Picture.of(
                width,
                height,
                image.getRGB(0, 0, width, height, new int[width * height], 0, width));
    }
}
