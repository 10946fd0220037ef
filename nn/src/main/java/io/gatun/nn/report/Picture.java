/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.AtomicFile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A picture of pixels, to be kept as PNG; immutable. */
public final class Picture {
    private final BufferedImage image;

    private Picture(BufferedImage image) {
        this.image = image;
    }

    /** The image must not change any more. */
    static Picture of(BufferedImage image) {
        return new Picture(image);
    }

    /**
     * A picture of one's own.
     *
     * @param width in pixels, at least 1
     * @param height in pixels, at least 1
     * @param rgb row by row from the top, each red, green and blue as in 0xRRGGBB
     * @return the picture; the array may change later
     * @throws IllegalArgumentException if there is not one value for each pixel
     */
    public static Picture of(int width, int height, int[] rgb) {
        if (width < 1 || height < 1 || (long) width * height != rgb.length) {
            throw new IllegalArgumentException(
                    "Picture.of: width = "
                            + width
                            + ", height = "
                            + height
                            + " and "
                            + rgb.length
                            + " values: give one for each pixel of at least 1 x 1");
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height, rgb, 0, width);
        return new Picture(image);
    }

    /**
     * Pictures beside and below each other, on white.
     *
     * @param columns how many in a row, at least 1
     * @param pictures at least one, in the order of reading; smaller ones stand at the top left of
     *     their places, which are all of one size
     * @return the sheet
     * @throws IllegalArgumentException if there is none, or columns is less than 1
     */
    public static Picture grid(int columns, Picture... pictures) {
        if (columns < 1 || pictures.length == 0) {
            throw new IllegalArgumentException(
                    "Picture.grid: columns = "
                            + columns
                            + " and "
                            + pictures.length
                            + " pictures: give at least one of each");
        }
        int width = 0;
        int height = 0;
        for (Picture picture : pictures) {
            width = Math.max(width, picture.width());
            height = Math.max(height, picture.height());
        }
        int across = Math.min(columns, pictures.length);
        int down = Math.ceilDiv(pictures.length, across);
        BufferedImage sheet =
                new BufferedImage(across * width, down * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        for (int i = 0; i < pictures.length; i++) {
            g.drawImage(pictures[i].image, i % across * width, i / across * height, null);
        }
        g.dispose();
        return new Picture(sheet);
    }

    BufferedImage image() {
        return image;
    }

    /**
     * Width.
     *
     * @return in pixels
     */
    public int width() {
        return image.getWidth();
    }

    /**
     * Height.
     *
     * @return in pixels
     */
    public int height() {
        return image.getHeight();
    }

    /**
     * One pixel.
     *
     * @param x from the left, from 0
     * @param y from the top, from 0
     * @return red, green and blue, as in 0xRRGGBB
     * @throws IndexOutOfBoundsException if it is outside of the picture
     */
    public int rgb(int x, int y) {
        return image.getRGB(x, y) & 0xffffff;
    }

    /**
     * The picture as a PNG file has it.
     *
     * @return the file's content
     */
    public byte[] toPng() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // ImageIO.write to a plain stream makes a temporary file.
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(image, "png", out)) {
                throw new IllegalStateException("this JDK cannot write PNG");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has none
        }
        return bytes.toByteArray();
    }

    /** The picture as the address of an image in HTML. */
    String toDataUri() {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(toPng());
    }

    /**
     * Writes the picture as PNG, in place of the file's old content as a whole.
     *
     * @param file in a folder that exists
     * @throws IOException if it cannot be written
     */
    public void save(Path file) throws IOException {
        AtomicFile.write(file, toPng());
    }
}
