/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.AtomicFile;
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
