/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AugmentationTest {
    @TempDir Path dir;

    /** Colourful noise of 0 to 1. */
    private static TensorDataset images(int n, int c, int h, int w) {
        Tensor pixels = Tensor.uniform(Shape.of(n, c, h, w), 0.1f, 0.9f, new SplittableRandom(4));
        int[] labels = new int[n];
        Arrays.setAll(labels, i -> i % 3);
        return TensorDataset.of(pixels, labels, 3);
    }

    private static float[] changed(Augmentation augmentation, Dataset data, int row, int epoch) {
        int[] rows = {row};
        try (Scope _ = Scope.open()) {
            return augmentation.apply(data.batch(rows), epoch, 0, rows).inputs().toFloatArray();
        }
    }

    private static float[] original(Dataset data, int row) {
        try (Scope _ = Scope.open()) {
            return data.batch(new int[] {row}).inputs().toFloatArray();
        }
    }

    private static Augmentation everything() {
        return Augmentation.of(5)
                .shift(0.1)
                .scale(0.8, 1.2)
                .rotate(20)
                .shear(10)
                .flip()
                .flipVertical()
                .crop(2)
                .resizedCrop(0.5, 1.5)
                .colour(0.2, 0.2, 0.2, 0.1)
                .blur(1)
                .noise(0.05)
                .cutout(3)
                .erase(0.5, 0.02, 0.3)
                .normalize(new float[] {0.4f, 0.5f, 0.6f}, new float[] {0.2f, 0.3f, 0.4f});
    }

    /* ---------------------------------------------------------------- moving */

    private static float[] moved(float[] image, int h, int w, Affine map, boolean edge) {
        float[] out = new float[image.length];
        new Resampler(1, h, w).apply(image, map, edge, 9, out);
        return out;
    }

    @Test
    void aQuarterTurnAndAFlipAreExact() {
        float[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        Affine turn = new Affine();
        turn.linear(0, 1, -1, 0);
        assertArrayEquals(
                new float[] {7, 4, 1, 8, 5, 2, 9, 6, 3}, moved(image, 3, 3, turn, false), 1e-5f);
        Affine flip = new Affine();
        flip.linear(-1, 0, 0, 1);
        assertArrayEquals(new float[] {3, 2, 1, 6, 5, 4, 9, 8, 7}, moved(image, 3, 3, flip, false));
    }

    @Test
    void shiftsInterpolateAndFill() {
        float[] image = {1, 2, 4, 8};
        Affine half = new Affine();
        half.shift(0.5, 0);
        assertArrayEquals(
                new float[] {1.5f, 3, 6, 8.5f}, moved(image, 1, 4, half, false)); // half of 9
        assertArrayEquals(new float[] {1.5f, 3, 6, 8}, moved(image, 1, 4, half, true));
        Affine far = new Affine();
        far.shift(-100, 0.25);
        assertArrayEquals(new float[] {9, 9, 9, 9}, moved(image, 1, 4, far, false));
        assertArrayEquals(new float[] {1, 1, 1, 1}, moved(image, 1, 4, far, true));
        Affine back = new Affine();
        back.shift(100, -1e6);
        assertArrayEquals(new float[] {8, 8, 8, 8}, moved(image, 1, 4, back, true));
    }

    /** Twice as large, then shifted by a source pixel, as two changes and as one. */
    @Test
    void changesAreChained() {
        Affine map = new Affine();
        map.linear(0.5, 0, 0, 0.5);
        map.shift(2, 0);
        assertEquals(1, map.x);
        assertArrayEquals(
                new float[] {2.25f, 2.75f, 3.25f, 3.75f, 4.25f, 4.75f},
                moved(new float[] {0, 1, 2, 3, 4, 5}, 1, 6, map, true));
    }

    @Test
    void aCropIsAShiftByWholePixels() {
        TensorDataset data = images(1, 1, 6, 6);
        float[] image = original(data, 0);
        List<Integer> seen = new ArrayList<>();
        for (int epoch = 0; epoch < 300; epoch++) {
            float[] crop = changed(Augmentation.of(3).crop(1), data, 0, epoch);
            int matches = 0;
            for (int dy = -1; dy <= 1; dy++) {
                for (int dx = -1; dx <= 1; dx++) {
                    boolean same = true;
                    for (int i = 0; i < 36; i++) {
                        int y = i / 6 + dy;
                        int x = i % 6 + dx;
                        float want = y < 0 || x < 0 || y > 5 || x > 5 ? 0 : image[6 * y + x];
                        same &= want == crop[i];
                    }
                    if (same) {
                        matches++;
                        seen.add(3 * dy + dx);
                    }
                }
            }
            assertEquals(1, matches);
        }
        assertEquals(9, seen.stream().distinct().count());
    }

    @Test
    void aResizedCropStaysWithinTheImage() {
        TensorDataset data = images(1, 1, 16, 16);
        for (int epoch = 0; epoch < 100; epoch++) {
            Augmentation crop = Augmentation.of(1).fill(-100).resizedCrop(0.3, 1.3);
            float[] out = changed(crop, data, 0, epoch);
            for (int i = 0; i < out.length; i++) {
                // Only half of the outermost pixels may mix with the outside.
                boolean inner = i % 16 % 15 != 0 && i / 16 % 15 != 0;
                assertTrue(!inner || out[i] > 0);
            }
        }
    }

    /* ---------------------------------------------------------------- colours */

    @Test
    void coloursWithoutRangeStay() {
        TensorDataset data = images(1, 3, 4, 4);
        assertArrayEquals(
                original(data, 0),
                changed(Augmentation.of(1).colour(0, 0, 0, 0), data, 0, 0),
                1e-6f);
    }

    @Test
    void brightnessIsAFactorAndGreysKeepTheirColour() {
        float[] grey = new float[3 * 4];
        Arrays.fill(grey, 0.4f);
        Dataset data = TensorDataset.of(Tensor.of(grey, 1, 3, 2, 2), new int[1], 1);
        float least = 1;
        float most = 0;
        for (int epoch = 0; epoch < 200; epoch++) {
            float[] out = changed(Augmentation.of(2).colour(0.5, 0.9, 1, 0.5), data, 0, epoch);
            for (float value : out) {
                assertEquals(out[0], value, 1e-5);
            }
            least = Math.min(least, out[0]);
            most = Math.max(most, out[0]);
        }
        assertEquals(0.2, least, 0.01);
        assertEquals(0.6, most, 0.01);
    }

    /** A third of a turn makes green of red; no saturation makes grey. */
    @Test
    void hueTurnsAndSaturationFades() {
        float[] red = {0.8f, 0.2f, 0.2f};
        Dataset data = TensorDataset.of(Tensor.of(red, 1, 3, 1, 1), new int[1], 1);
        float bestGreen = 9;
        float spread = 9;
        for (int epoch = 0; epoch < 2000; epoch++) {
            float[] out = changed(Augmentation.of(2).colour(0, 0, 0, 0.5), data, 0, epoch);
            assertEquals(1.2f, out[0] + out[1] + out[2], 1e-4); // the axis is kept
            bestGreen =
                    Math.min(
                            bestGreen,
                            Math.abs(out[0] - 0.2f)
                                    + Math.abs(out[1] - 0.8f)
                                    + Math.abs(out[2] - 0.2f));
            out = changed(Augmentation.of(2).colour(0, 0, 1, 0), data, 0, epoch);
            assertEquals(
                    0.299f * 0.8f + 0.701f * 0.2f,
                    0.299f * out[0] + 0.587f * out[1] + 0.114f * out[2],
                    0.2f); // limits may cut
            spread = Math.min(spread, out[0] - out[1]);
        }
        assertEquals(0, bestGreen, 0.02);
        assertEquals(0, spread, 0.01);
    }

    @Test
    void noiseBlurAndHoles() {
        float[] flat = new float[1024];
        Arrays.fill(flat, 0.5f);
        Dataset data = TensorDataset.of(Tensor.of(flat, 1, 1, 32, 32), new int[1], 1);
        double squares = 0;
        for (float value : changed(Augmentation.of(1).noise(0.1), data, 0, 0)) {
            squares += (value - 0.5) * (value - 0.5);
        }
        assertEquals(0.1, Math.sqrt(squares / 1024), 0.01);
        assertArrayEquals(flat, changed(Augmentation.of(1).blur(3), data, 0, 0), 1e-5f);
        int erased = 0;
        for (int epoch = 0; epoch < 200; epoch++) {
            int holes = count(changed(Augmentation.of(1).fill(7).cutout(8), data, 0, epoch), 7);
            assertTrue(holes >= 16 && holes <= 64, holes + " pixels");
            holes = count(changed(Augmentation.of(1).erase(0.5, 0.1, 0.2), data, 0, epoch), 0);
            assertTrue(holes == 0 || (holes > 80 && holes < 230), holes + " pixels");
            erased += holes > 0 ? 1 : 0;
        }
        assertEquals(100, erased, 25);
        // A point spreads symmetrically and keeps its sum.
        float[] point = new float[1024];
        point[16 * 32 + 16] = 1;
        float[] out =
                changed(
                        Augmentation.of(1).blur(2),
                        TensorDataset.of(Tensor.of(point, 1, 1, 32, 32), new int[1], 1),
                        0,
                        1);
        double sum = 0;
        for (float value : out) {
            sum += value;
        }
        assertEquals(1, sum, 1e-4);
        assertEquals(out[16 * 32 + 15], out[17 * 32 + 16], 1e-6);
    }

    private static int count(float[] values, float wanted) {
        int n = 0;
        for (float value : values) {
            n += value == wanted ? 1 : 0;
        }
        return n;
    }

    /* ---------------------------------------------------------------- as a whole */

    @Test
    void imagesDependOnSeedEpochAndNumberAlone() {
        TensorDataset data = images(50, 3, 9, 7);
        Augmentation augmentation = everything();
        Batches batches = data.batches(8).shuffle(3).transform(augmentation);
        List<float[]> expected = epoch(batches, 2);
        for (int workers : new int[] {1, 2, 5}) {
            List<float[]> got = epoch(batches.prefetch(workers), 2);
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), got.get(i));
            }
        }
        // Whatever the batch: alone, a sample becomes the same.
        int[] rows = {17, 3, 41};
        try (Scope _ = Scope.open()) {
            float[] together =
                    augmentation.apply(data.batch(rows), 6, 0, rows).inputs().toFloatArray();
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(
                        Arrays.copyOfRange(together, i * 189, (i + 1) * 189),
                        changed(augmentation, data, rows[i], 6));
            }
        }
        assertFalse(
                Arrays.equals(
                        changed(augmentation, data, 1, 0), changed(augmentation, data, 1, 1)));
        assertFalse(
                Arrays.equals(
                        changed(Augmentation.of(1).crop(3), data, 1, 0),
                        changed(Augmentation.of(2).crop(3), data, 1, 0)));
    }

    private static List<float[]> epoch(Batches batches, int epoch) {
        List<float[]> all = new ArrayList<>();
        Iterator<Batch> walk = batches.epoch(epoch).iterator();
        while (walk.hasNext()) {
            try (Scope _ = Scope.open()) {
                all.add(walk.next().inputs().toFloatArray());
            }
        }
        return all;
    }

    @Test
    void withoutChangesImagesAreNormalisedWithChannelsLast() {
        TensorDataset data = images(4, 3, 5, 6);
        Augmentation plain =
                Augmentation.of(1).normalize(new float[] {0.1f, 0.2f, 0.3f}, new float[] {1, 2, 4});
        int[] rows = {2, 1};
        try (Scope _ = Scope.open()) {
            Tensor out = plain.apply(data.batch(rows), 0, 0, rows).inputs();
            assertEquals(Shape.of(2, 3, 5, 6), out.shape());
            assertEquals(1, out.layout().stride(1));
            float[] source = data.batch(rows).inputs().toFloatArray();
            float[] got = out.toFloatArray();
            for (int i = 0; i < got.length; i++) {
                int c = i / 30 % 3;
                assertEquals((source[i] - 0.1f * (c + 1)) / (1 << c), got[i], 1e-6);
            }
            assertEquals(
                    Shape.of(0, 3, 5, 6),
                    plain.apply(data.batch(new int[0]), 0, 0, new int[0]).inputs().shape());
        }
    }

    @Test
    void nothingIsLeakedOrAllocatedAfterWarmUp() {
        Batches batches = images(64, 3, 8, 8).batches(8).shuffle(1).transform(everything());
        long before = 0;
        for (int i = 0; i < 6; i++) {
            assertEquals(8, epoch(batches, i).size());
            if (i == 2) {
                before = Memory.report().allocatedBytes();
            }
        }
        assertEquals(before, Memory.report().allocatedBytes());
    }

    /* ---------------------------------------------------------------- mixing */

    /** Image i is flat with the value i and has the label i: shares of labels show in the mean. */
    @Test
    void mixedImagesAndLabelsGoTogether() {
        int n = 6;
        float[] pixels = new float[n * 100];
        int[] labels = new int[n];
        float[][] targets = new float[n][2];
        for (int i = 0; i < pixels.length; i++) {
            int sample = i / 100;
            pixels[i] = sample;
            labels[sample] = sample;
            targets[sample][0] = sample;
        }
        Tensor images = Tensor.of(pixels, n, 1, 10, 10);
        TensorDataset data = TensorDataset.of(images, labels, n);
        int[] rows = {0, 1, 2, 3, 4, 5};
        boolean mixed = false;
        for (boolean cut : new boolean[] {false, true}) {
            Augmentation augmentation =
                    cut ? Augmentation.of(4).cutmix(1, n) : Augmentation.of(4).mixup(0.4, n);
            for (int number = 0; number < 40; number++) {
                try (Scope _ = Scope.open()) {
                    Batch batch = augmentation.apply(data.batch(rows), 1, number, rows);
                    float[] soft = batch.labels().toFloatArray();
                    float[] values = batch.inputs().toFloatArray();
                    assertEquals(Shape.of(n, n), batch.labels().shape());
                    for (int i = 0; i < n; i++) {
                        double sum = 0;
                        double expected = 0;
                        double mean = 0;
                        for (int k = 0; k < n; k++) {
                            sum += soft[i * n + k];
                            expected += k * soft[i * n + k];
                            mixed |= soft[i * n + k] > 0.2 && soft[i * n + k] < 0.8;
                        }
                        for (int k = 0; k < 100; k++) {
                            mean += values[i * 100 + k] / 100;
                        }
                        assertEquals(1, sum, 1e-5);
                        assertEquals(expected, mean, 1e-4);
                    }
                    // Numbers to predict are mixed in the same way.
                    Batch numbers =
                            augmentation.apply(
                                    TensorDataset.of(images, Tensor.of(flat(targets), n, 2), 0)
                                            .batch(rows),
                                    1,
                                    number,
                                    rows);
                    float[] predicted = numbers.labels().toFloatArray();
                    for (int i = 0; i < n; i++) {
                        double expected = 0;
                        for (int k = 0; k < n; k++) {
                            expected += k * soft[i * n + k];
                        }
                        assertEquals(expected, predicted[2 * i], 1e-4);
                    }
                }
            }
        }
        assertTrue(mixed);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Augmentation.of(1).mixup(1, 3).apply(data.batch(rows), 0, 0, rows));
        assertTrue(e.getMessage().contains("3 classes"), e.getMessage());
    }

    private static float[] flat(float[][] rows) {
        float[] out = new float[2 * rows.length];
        for (int i = 0; i < rows.length; i++) {
            out[2 * i] = rows[i][0];
            out[2 * i + 1] = rows[i][1];
        }
        return out;
    }

    /** Beta(a, a) has the variance 1 / (4 (2 a + 1)). */
    @Test
    void sharesAreBetaDistributed() {
        for (double alpha : new double[] {0.3, 1, 4}) {
            Mixing mixing = new Mixing(alpha, 2, false);
            double squares = 0;
            int n = 4000;
            try (Scope _ = Scope.open()) {
                Tensor labels = Tensor.of(new float[] {0, 1}, 2, 1);
                for (int i = 0; i < n; i++) {
                    Tensor x = Tensor.of(new float[] {0, 1}, 2, 1, 1, 1);
                    float share = mixing.apply(x, labels, Seeds.of(9, i)).toFloatArray()[0];
                    // Half of the time the partner is the sample itself: the share shows as 0.
                    squares += share == 0 ? 0 : (share - 0.5) * (share - 0.5);
                }
                double variance = 1 / (4 * (2 * alpha + 1));
                assertEquals(variance / 2, squares / n, 0.12 * variance);
            }
        }
    }

    /* ---------------------------------------------------------------- pictures, errors */

    @Test
    void aContactSheetShowsEachSampleInALine() throws IOException {
        Path file = dir.resolve("sheet.png");
        everything().cutmix(1, 3).contactSheet(images(5, 3, 8, 8), new int[] {4, 0}, 3, file);
        BufferedImage sheet = ImageIO.read(file.toFile());
        assertEquals(4 * 98 - 2, sheet.getWidth());
        assertEquals(2 * 98 - 2, sheet.getHeight());
        float[] image = original(images(5, 3, 8, 8), 4);
        assertEquals(255 * image[0], sheet.getRGB(5, 5) >> 16 & 255, 0.51);
        Augmentation.of(1).contactSheet(images(1, 1, 200, 100), new int[] {0}, 1, file);
        assertEquals(202, ImageIO.read(file.toFile()).getWidth());
        try (var files = Files.list(dir)) {
            assertEquals(1, files.count());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> Augmentation.of(1).contactSheet(images(1, 2, 4, 4), new int[] {0}, 1, file));
        assertThrows(
                IOException.class,
                () ->
                        Augmentation.of(1)
                                .contactSheet(
                                        images(1, 1, 4, 4),
                                        new int[] {0},
                                        1,
                                        dir.resolve("no/such.png")));
    }

    @Test
    void nonsenseIsRefused() {
        Augmentation a = Augmentation.of(1);
        refused(() -> a.shift(-0.1));
        refused(() -> a.shift(Double.NaN));
        refused(() -> a.scale(0, 1));
        refused(() -> a.scale(2, 1));
        refused(() -> a.rotate(181));
        refused(() -> a.shear(90));
        refused(() -> a.crop(-1));
        refused(() -> a.resizedCrop(0, 1));
        refused(() -> a.colour(2, 0, 0, 0));
        refused(() -> a.noise(-1));
        refused(() -> a.blur(-1));
        refused(() -> a.cutout(0));
        refused(() -> a.erase(0.5, 0.5, 0.1));
        refused(() -> a.mixup(0, 3));
        refused(() -> a.cutmix(1, 0));
        refused(() -> a.normalize(new float[1], new float[] {0}));
        refused(() -> a.normalize(new float[2], new float[] {1}));
        TensorDataset flat = TensorDataset.of(new float[][] {{1}}, new int[1], 1);
        refused(() -> a.apply(flat.batch(new int[1]), 0, 0, new int[1]));
        refused(() ->
                a.normalize(new float[3], new float[] {1, 1, 1})
                        .apply(images(1, 1, 2, 2).batch(new int[1]), 0, 0, new int[1]));
    }

    private static void refused(org.junit.jupiter.api.function.Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }
}
