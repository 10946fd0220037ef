/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ImageFolderTest {
    @TempDir Path root;
    private Path cats;
    private Path dogs;

    @BeforeEach
    void folders() throws IOException {
        cats = Files.createDirectories(root.resolve("cat"));
        dogs = Files.createDirectories(root.resolve("dog").resolve("deep")).getParent();
    }

    private static BufferedImage flat(int w, int h, int rgb) {
        BufferedImage image = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < w * h; i++) {
            image.setRGB(i % w, i / w, rgb);
        }
        return image;
    }

    private static void write(BufferedImage image, String format, Path file) throws IOException {
        assertTrue(ImageIO.write(image, format, file.toFile()));
    }

    /** The pixels of an image, channel by channel. */
    private static int[] pixels(ImageFolder.Contents contents, String name) {
        for (int i = 0; i < contents.files().size(); i++) {
            if (contents.files().get(i).endsWith(name)) {
                byte[] bytes = contents.dataset().pixels(i);
                int[] out = new int[bytes.length];
                Arrays.setAll(out, k -> bytes[k] & 255);
                return out;
            }
        }
        throw new AssertionError(name + " was not read: " + contents.report());
    }

    private static String problem(ImageFolder.Contents contents, String name) {
        List<ImageFolder.Problem> mine =
                contents.problems().stream().filter(p -> p.path().endsWith(name)).toList();
        assertEquals(1, mine.size(), contents.report());
        return mine.get(0).reason();
    }

    private void good() throws IOException {
        write(flat(8, 4, 0x102030), "png", cats.resolve("a.png"));
        write(flat(5, 9, 0xffffff), "jpg", dogs.resolve("deep/b.jpg"));
    }

    @Test
    void classesAreFoldersInOrder() throws IOException {
        good();
        ImageFolder.Contents contents = ImageFolder.of(root, 4, 4).strict().read();
        assertEquals("2 images of 2 classes; 0 problems", contents.report());
        assertEquals(List.of("cat", "dog"), contents.classNames());
        assertEquals(Shape.of(3, 4, 4), contents.dataset().inputShape());
        assertArrayEquals(new int[] {0, 1}, contents.dataset().labels());
        int[] a = pixels(contents, "a.png");
        assertEquals(List.of(0x10, 0x20, 0x30), List.of(a[0], a[16], a[47]));
        assertEquals(255, pixels(contents, "b.jpg")[7]);
        ImageFolder.Contents grey = ImageFolder.of(root, 2, 3).grey().stretch().read();
        assertEquals(Shape.of(1, 2, 3), grey.dataset().inputShape());
        // 0.299 * 16 + 0.587 * 32 + 0.114 * 48
        assertEquals(29, pixels(grey, "a.png")[0]);
    }

    /** Left half black, right half white. */
    @Test
    void imagesAreCutOrStretched() throws IOException {
        BufferedImage image = flat(8, 4, 0);
        for (int i = 0; i < 16; i++) {
            image.setRGB(4 + i % 4, i / 4, 0xffffff);
        }
        write(image, "png", cats.resolve("half.png"));
        int[] cut = pixels(ImageFolder.of(root, 4, 4).grey().read(), "half.png");
        assertArrayEquals(new int[] {0, 0, 255, 255}, Arrays.copyOf(cut, 4));
        int[] stretched = pixels(ImageFolder.of(root, 4, 4).grey().stretch().read(), "half.png");
        // Pixel 1 lies at 2.5 and reaches from 0.5 to 4.5: 4 has a weight of 1/4 of 2.
        assertArrayEquals(new int[] {0, 32, 223, 255}, Arrays.copyOf(stretched, 4));
        int[] larger = pixels(ImageFolder.of(root, 8, 16).grey().read(), "half.png");
        assertArrayEquals(new int[] {0, 64, 191, 255}, Arrays.copyOfRange(larger, 6, 10));
    }

    @Test
    void awkwardImagesAreRead() throws IOException {
        good();
        write(flat(1, 1, 0x0a0b0c), "png", cats.resolve("one.png"));
        BufferedImage deep = new BufferedImage(4, 4, BufferedImage.TYPE_USHORT_GRAY);
        for (int i = 0; i < 16; i++) {
            deep.getRaster().setSample(i % 4, i / 4, 0, 0x8080);
        }
        write(deep, "png", cats.resolve("deep.png"));
        BufferedImage grey = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSamples(0, 0, 4, 4, 0, filled(16, 100));
        write(grey, "png", cats.resolve("grey.png"));
        BufferedImage indexed = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_INDEXED);
        indexed.setRGB(0, 0, 0xff336699);
        write(indexed, "gif", cats.resolve("indexed.gif"));
        BufferedImage alpha = new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB);
        alpha.setRGB(0, 0, 0x80112233);
        write(alpha, "png", cats.resolve("alpha.png"));
        cmyk(cats.resolve("cmyk.jpg"));

        ImageFolder.Contents contents = ImageFolder.of(root, 4, 4).strict().read();
        int[] one = pixels(contents, "one.png");
        assertEquals(List.of(10, 11, 12), List.of(one[0], one[31], one[32]));
        assertEquals(128, pixels(contents, "deep.png")[0]);
        assertEquals(100, pixels(contents, "grey.png")[5]);
        assertEquals(0x33, pixels(contents, "indexed.gif")[0], 3);
        assertEquals(0x11, pixels(contents, "alpha.png")[0]);
        int[] inks = pixels(contents, "cmyk.jpg"); // C 0, M 255, Y 0, K 51: red and blue at 80 %
        assertEquals(204, inks[0], 3);
        assertEquals(0, inks[16], 3);
        assertEquals(204, inks[32], 3);
    }

    private static int[] filled(int n, int value) {
        int[] out = new int[n];
        Arrays.fill(out, value);
        return out;
    }

    private static void cmyk(Path file) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(0, 4, 4, 4, null);
        for (int i = 0; i < 16; i++) {
            raster.setPixel(i % 4, i / 4, new int[] {0, 255, 0, 51});
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(raster, null, null), null);
        }
        writer.dispose();
        Files.write(file, out.toByteArray());
    }

    @Test
    void whatCannotBeReadIsListedAndLeftOut() throws Exception {
        good();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BufferedImage noise = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 4096; i++) {
            noise.setRGB(i % 64, i / 64, i * 7919);
        }
        ImageIO.write(noise, "jpg", out);
        byte[] jpeg = out.toByteArray();
        Files.write(cats.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
        byte[] noHeader = jpeg.clone();
        Arrays.fill(noHeader, 20, 200, (byte) 0);
        Files.write(cats.resolve("header.jpg"), noHeader);
        out.reset();
        ImageIO.write(noise, "png", out);
        Files.write(cats.resolve("cut.png"), Arrays.copyOf(out.toByteArray(), 300));
        Files.writeString(cats.resolve("notes.txt"), "not an image");
        Files.writeString(root.resolve("README"), "beside the classes");
        Files.write(cats.resolve("empty.png"), new byte[0]);
        Files.write(cats.resolve(".hidden"), new byte[9]);
        Files.createDirectory(root.resolve("bird"));
        Files.createSymbolicLink(dogs.resolve("loop"), dogs);
        Files.createSymbolicLink(dogs.resolve("all"), root);
        Files.createSymbolicLink(dogs.resolve("nowhere.png"), root.resolve("no such file"));
        Process pipe = new ProcessBuilder("mkfifo", dogs.resolve("pipe.jpg").toString()).start();
        assertTrue(pipe.waitFor(5, TimeUnit.SECONDS));
        Path secret = dogs.resolve("secret.png");
        write(flat(2, 2, 0), "png", secret);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        boolean readable = Files.isReadable(secret); // the superuser may all

        ImageFolder.Contents contents = ImageFolder.of(root, 4, 4).read();
        assertEquals(readable ? 3 : 2, contents.files().size(), contents.report());
        assertEquals(contents.files().size(), contents.dataset().size());
        assertEquals(List.of("bird", "cat", "dog"), contents.classNames());
        assertEquals(1, contents.dataset().label(0));
        assertTrue(problem(contents, "cut.jpg").startsWith("damaged"), contents.report());
        assertTrue(!problem(contents, "header.jpg").isEmpty());
        assertTrue(!problem(contents, "cut.png").isEmpty());
        assertTrue(problem(contents, "notes.txt").startsWith("not an image"));
        assertEquals("the file is empty", problem(contents, "empty.png"));
        assertEquals("the class has no image", problem(contents, "bird"));
        assertEquals("not in a class's folder", problem(contents, "README"));
        assertEquals("a link to a folder around it: would never end", problem(contents, "loop"));
        assertEquals("a link to a folder around it: would never end", problem(contents, "all"));
        assertTrue(!problem(contents, "nowhere.png").isEmpty());
        assertEquals("not a regular file", problem(contents, "pipe.jpg"));
        if (!readable) {
            assertEquals("no permission to read it", problem(contents, "secret.png"));
        }
        DataException e =
                assertThrows(DataException.class, () -> ImageFolder.of(root, 4, 4).strict().read());
        assertTrue(e.getMessage().contains("notes.txt: not an image"), e.getMessage());
    }

    @Test
    void foldersWithoutImagesAreRefused() throws IOException {
        assertThrows(DataException.class, () -> ImageFolder.of(root, 4, 4).read());
        Files.writeString(cats.resolve("a.txt"), "x");
        assertThrows(DataException.class, () -> ImageFolder.of(root, 4, 4).read());
        assertThrows(
                NotDirectoryException.class,
                () -> ImageFolder.of(root.resolve("none"), 4, 4).read());
        assertThrows(IllegalArgumentException.class, () -> ImageFolder.of(root, 0, 4));
    }
}
