/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Small images in rows under a title, each with lines of text below it, enlarged to be seen. */
final class Tiles {
    private static final int GAP = 14;
    private static final int LINE = 17;
    private static final Color TEXT = new Color(0x24292f);
    private static final Color QUIET = new Color(0x57606a);

    /** An image and what is written below it. */
    record Tile(BufferedImage image, List<String> lines) {
        static Tile of(BufferedImage image, String... lines) {
            return new Tile(image, List.of(lines));
        }
    }

    private Tiles() {}

    /**
     * Lays out tiles.
     *
     * @param side what the longer side of an image is enlarged to, about, in pixels
     */
    static Picture of(String title, List<Tile> tiles, int columns, int side) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        Font bold = new Font(Font.SANS_SERIF, Font.BOLD, 15);
        BufferedImage dot = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        Graphics2D ruler = dot.createGraphics();
        FontMetrics plainMetrics = ruler.getFontMetrics(plain);
        int titleWidth = ruler.getFontMetrics(bold).stringWidth(title);
        ruler.dispose();
        int width = 0;
        int height = 0;
        int lines = 0;
        for (Tile tile : tiles) {
            int factor = factor(tile, side);
            width = Math.max(width, factor * tile.image.getWidth());
            height = Math.max(height, factor * tile.image.getHeight());
            lines = Math.max(lines, tile.lines.size());
            for (String line : tile.lines) {
                width = Math.max(width, plainMetrics.stringWidth(line));
            }
        }
        int across = Math.max(1, Math.min(columns, tiles.size()));
        int down = (tiles.size() + across - 1) / across;
        int cellHeight = height + lines * LINE + GAP;
        int top = 40;
        int left = 16;
        BufferedImage image =
                new BufferedImage(
                        Math.max(titleWidth, across * (width + GAP) - GAP) + 2 * left,
                        top + down * cellHeight + GAP,
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, image.getWidth(), image.getHeight());
        g.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        g.setColor(TEXT);
        g.setFont(bold);
        g.drawString(title, left, 26);
        g.setFont(plain);
        for (int i = 0; i < tiles.size(); i++) {
            Tile tile = tiles.get(i);
            int x = left + i % across * (width + GAP);
            int y = top + i / across * cellHeight;
            int factor = factor(tile, side);
            int shownHeight = factor * tile.image.getHeight();
            g.drawImage(tile.image, x, y, factor * tile.image.getWidth(), shownHeight, null);
            for (int k = 0; k < tile.lines.size(); k++) {
                g.setColor(k == 0 ? TEXT : QUIET);
                g.drawString(tile.lines.get(k), x, y + shownHeight + 14 + k * LINE);
            }
        }
        g.dispose();
        return Picture.of(image);
    }

    private static int factor(Tile tile, int side) {
        int longer = Math.max(tile.image.getWidth(), tile.image.getHeight());
        return Math.max(1, Math.round(side / (float) longer));
    }
}
