/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.nn.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Draws images in lines and columns. */
final class ContactSheet {
    private static final int GAP = 2;
    private static final int WANTED = 96;

    private ContactSheet() {}

    static void write(Dataset data, BatchTransform transform, int[] rows, int epochs, Path file)
            throws IOException {
        Shape shape = data.inputShape();
        if (shape.rank() != 3 || (shape.dim(0) != 1 && shape.dim(0) != 3)) {
            throw new IllegalArgumentException(
                    "contactSheet: samples have shape " + shape + ", not [1, h, w] or [3, h, w]");
        }
        if (rows.length == 0) {
            throw new IllegalArgumentException("contactSheet: give at least one sample");
        }
        int h = (int) shape.dim(1);
        int w = (int) shape.dim(2);
        int zoom = Math.max(1, WANTED / Math.max(h, w));
        BufferedImage sheet =
                new BufferedImage(
                        (epochs + 1) * (w * zoom + GAP) - GAP,
                        rows.length * (h * zoom + GAP) - GAP,
                        BufferedImage.TYPE_INT_RGB);
        try (Scope _ = Scope.open(1)) {
            Batch batch = data.batch(rows);
            float[] original = batch.inputs().toFloatArray();
            float low = 0;
            float high = 1;
            for (float value : original) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
            draw(sheet, original, shape, zoom, 0, low, high);
            for (int epoch = 0; epoch < epochs; epoch++) {
                float[] changed = transform.apply(batch, epoch, 0, rows).inputs().toFloatArray();
                draw(sheet, changed, shape, zoom, epoch + 1, low, high);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(sheet, "png", out);
        AtomicFile.write(file, out.toByteArray());
    }

    private static void draw(
            BufferedImage sheet,
            float[] images,
            Shape shape,
            int zoom,
            int column,
            float low,
            float high) {
        int c = (int) shape.dim(0);
        int h = (int) shape.dim(1);
        int w = (int) shape.dim(2);
        int left = column * (w * zoom + GAP);
        for (int row = 0; row < images.length / (c * h * w); row++) {
            int top = row * (h * zoom + GAP);
            for (int y = 0; y < h * zoom; y++) {
                for (int x = 0; x < w * zoom; x++) {
                    int rgb = 0;
                    for (int k = 0; k < 3; k++) {
                        int plane = c == 1 ? 0 : k;
                        float value = images[((row * c + plane) * h + y / zoom) * w + x / zoom];
                        float level = 255 * (value - low) / (high - low);
                        rgb = rgb << 8 | Math.clamp(Math.round(level), 0, 255);
                    }
                    sheet.setRGB(left + x, top + y, rgb);
                }
            }
        }
    }
}
