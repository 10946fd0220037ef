/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Image files to bytes of red, green and blue, as they stand: no colour profile is applied, and
 * transparency is ignored. What ImageIO refuses of JPEG (CMYK, YCCK) is converted here.
 */
final class ImageDecoder {
    private static final long MOST_BYTES = 512L << 20;
    private static final long MOST_PIXELS = 100_000_000;

    private ImageDecoder() {}

    /** A decoded image: 8 bits of red, green and blue per pixel, as 0xRRGGBB. */
    static final class Pixels24 {
        final int width;
        final int height;
        final int[] rgb;

        Pixels24(int width, int height) {
            this.width = width;
            this.height = height;
            this.rgb = new int[width * height];
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException that says what is wrong with it
     */
    static Pixels24 read(Path file) throws IOException {
        long size = Files.size(file);
        if (size == 0) {
            throw new IOException("the file is empty");
        }
        if (size > MOST_BYTES) {
            throw new IOException("the file has " + size + " bytes, more than " + MOST_BYTES);
        }
        byte[] bytes = Files.readAllBytes(file);
        try (ImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("not an image of a known format (JPEG, PNG, GIF, BMP)");
            }
            ImageReader reader = readers.next();
            try {
                return read(reader, in, bytes);
            } catch (RuntimeException e) { // readers of damaged files throw all kinds
                throw new IOException("damaged: " + e, e);
            } finally {
                reader.dispose();
            }
        }
    }

    private static Pixels24 read(ImageReader reader, ImageInputStream in, byte[] bytes)
            throws IOException {
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        reader.setInput(in, true, true);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if ((long) width * height > MOST_PIXELS) {
            throw new IOException(
                    width + " x " + height + " pixels, more than " + MOST_PIXELS + " in all");
        }
        Pixels24 out = new Pixels24(width, height);
        if (reader.getFormatName().equalsIgnoreCase("jpeg") && components(bytes) == 4) {
            fourInks(reader.readRaster(0, null), bytes, out);
        } else {
            convert(reader.read(0), out);
        }
        for (String warning : warnings) {
            String text = warning.toLowerCase(Locale.ROOT);
            if (text.contains("premature") || text.contains("corrupt")) {
                throw new IOException("damaged: " + warning);
            }
        }
        return out;
    }

    /* ---------------------------------------------------------------- colours */

    private static void convert(BufferedImage image, Pixels24 out) {
        ColorModel model = image.getColorModel();
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        int bits = raster.getSampleModel().getSampleSize(0);
        boolean plain =
                !(model instanceof IndexColorModel)
                        && bits <= 16
                        && raster.getTransferType() <= DataBuffer.TYPE_USHORT
                        && bands <= 4;
        int[] row = new int[out.width * bands];
        int most = (1 << bits) - 1;
        for (int y = 0; y < out.height; y++) {
            int at = y * out.width;
            if (!plain) {
                image.getRGB(0, y, out.width, 1, out.rgb, at, out.width);
                for (int x = 0; x < out.width; x++) {
                    out.rgb[at + x] &= 0xffffff;
                }
                continue;
            }
            // Samples as they stand: getRGB would take grey as linear light and brighten it.
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, out.width, 1, row);
            for (int x = 0; x < out.width; x++) {
                int from = x * bands;
                int r = level(row[from], most);
                int g = bands < 3 ? r : level(row[from + 1], most);
                int b = bands < 3 ? r : level(row[from + 2], most);
                out.rgb[at + x] = r << 16 | g << 8 | b;
            }
        }
    }

    private static int level(int sample, int most) {
        return most == 255 ? sample : (sample * 255 + most / 2) / most;
    }

    /** CMYK or YCCK to RGB without a profile. Adobe's files hold all inks inverted. */
    private static void fourInks(Raster raster, byte[] bytes, Pixels24 out) {
        int adobe = adobeTransform(bytes);
        int[] row = new int[out.width * 4];
        for (int y = 0; y < out.height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, out.width, 1, row);
            for (int x = 0; x < out.width; x++) {
                int c = row[4 * x];
                int m = row[4 * x + 1];
                int ye = row[4 * x + 2];
                int k = row[4 * x + 3];
                if (adobe == 2) { // YCbCr of the first three
                    double luma = c;
                    double cb = m - 128.0;
                    double cr = ye - 128.0;
                    c = limit(luma + 1.402 * cr);
                    m = limit(luma - 0.344136 * cb - 0.714136 * cr);
                    ye = limit(luma + 1.772 * cb);
                }
                if (adobe < 0) {
                    c = 255 - c;
                    m = 255 - m;
                    ye = 255 - ye;
                    k = 255 - k;
                }
                out.rgb[y * out.width + x] =
                        ((c * k / 255) << 16) | ((m * k / 255) << 8) | (ye * k / 255);
            }
        }
    }

    private static int limit(double value) {
        return (int) Math.clamp(Math.round(value), 0L, 255L);
    }

    /** Number of components in a JPEG's frame header; 0 if there is none. */
    private static int components(byte[] jpeg) {
        int frame = -1;
        for (int at = 2; at + 9 < jpeg.length && (jpeg[at] & 0xff) == 0xff; ) {
            int marker = jpeg[at + 1] & 0xff;
            boolean start = marker >= 0xc0 && marker <= 0xcf;
            if (start && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                frame = at;
                break;
            }
            at += marker == 0xff ? 1 : 2 + length(jpeg, at + 2);
        }
        return frame < 0 ? 0 : jpeg[frame + 9] & 0xff;
    }

    /** The transform in Adobe's marker: 0 none, 1 YCbCr, 2 YCCK; -1 without such a marker. */
    private static int adobeTransform(byte[] jpeg) {
        for (int at = 2; at + 16 < jpeg.length && (jpeg[at] & 0xff) == 0xff; ) {
            int marker = jpeg[at + 1] & 0xff;
            if (marker == 0xda) {
                break;
            }
            if (marker == 0xee && jpeg[at + 4] == 'A' && jpeg[at + 5] == 'd') {
                return jpeg[at + 15];
            }
            at += marker == 0xff ? 1 : 2 + length(jpeg, at + 2);
        }
        return -1;
    }

    private static int length(byte[] jpeg, int at) {
        return Math.max(2, ((jpeg[at] & 0xff) << 8) | (jpeg[at + 1] & 0xff));
    }
}
