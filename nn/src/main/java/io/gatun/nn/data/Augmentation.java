/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Random changes of images that leave their labels true: new training images in each epoch.
 * Immutable.
 *
 * <pre>{@code
 * Augmentation augmentation = Augmentation.of(7).crop(4).flip().rotate(10)
 *         .normalize(Cifar.mean(), Cifar.deviation());
 * Batches batches = train.batches(128).shuffle(1).transform(augmentation).prefetch(2);
 * }</pre>
 *
 * <p>What happens to an image depends on the seed, the epoch and the image's number alone, not on
 * threads or on its batch (but for {@link #mixup} and {@link #cutmix}, which draw for a batch).
 *
 * <p>Whatever the order of the calls: first all that moves pixels, in the order of the calls but in
 * one bilinear resampling; then colours, blur, noise, cutout and erasing in the order of the calls;
 * then {@link #normalize}; then mixup or cutmix. Sizes stay. Inputs are FLOAT32 [b, c, h, w];
 * results have channels last in memory, as convolutions want them.
 */
public final class Augmentation implements BatchTransform {
    /** Draws a change and chains it to those before, all from target to source. */
    @FunctionalInterface
    private interface Move {
        void draw(SplittableRandom random, Affine map, int height, int width);
    }

    private static final class Normal {
        final float[] mean;
        final float[] deviation;

        Normal(float[] mean, float[] deviation) {
            this.mean = mean;
            this.deviation = deviation;
        }
    }

    private final long seed;
    private final boolean edge;
    private final float fill;
    private final List<Move> moves;
    private final List<ImageEffects.Effect> effects;
    private final @Nullable Normal normal;
    private final @Nullable Mixing mixing;

    private Augmentation(
            long seed,
            boolean edge,
            float fill,
            List<Move> moves,
            List<ImageEffects.Effect> effects,
            @Nullable Normal normal,
            @Nullable Mixing mixing) {
        this.seed = seed;
        this.edge = edge;
        this.fill = fill;
        this.moves = moves;
        this.effects = effects;
        this.normal = normal;
        this.mixing = mixing;
    }

    /**
     * No change yet.
     *
     * @param seed decides, together with epoch and sample
     * @return an augmentation to add changes to
     */
    public static Augmentation of(long seed) {
        return new Augmentation(seed, false, 0, List.of(), List.of(), null, null);
    }

    /* ---------------------------------------------------------------- moving pixels */

    /**
     * Pixels from outside of the image get this value, also what is cut out; 0 unless told
     * otherwise.
     *
     * @param value before {@link #normalize}
     * @return a new augmentation
     */
    public Augmentation fill(float value) {
        return new Augmentation(seed, false, value, moves, effects, normal, mixing);
    }

    /**
     * Pixels from outside of the image are those of its edge.
     *
     * @return a new augmentation
     */
    public Augmentation fillFromEdge() {
        return new Augmentation(seed, true, fill, moves, effects, normal, mixing);
    }

    /**
     * A shift in each direction.
     *
     * @param share at most this share of width and height, 0 to 1
     * @return a new augmentation
     */
    public Augmentation shift(double share) {
        range("shift", "share", share, 0, 1);
        return with((random, map, h, w) ->
                map.shift(share * w * even(random), share * h * even(random)));
    }

    /**
     * A larger or smaller image, of the same proportions.
     *
     * @param least smallest factor, above 0
     * @param most largest factor
     * @return a new augmentation
     */
    public Augmentation scale(double least, double most) {
        range("scale", "least", least, 1e-3, 1e3);
        range("scale", "most", most, least, 1e3);
        return with((random, map, h, w) -> {
            double s = 1 / (least + (most - least) * random.nextDouble());
            map.linear(s, 0, 0, s);
        });
    }

    /**
     * A rotation about the centre.
     *
     * @param degrees at most this to either side, 0 to 180
     * @return a new augmentation
     */
    public Augmentation rotate(double degrees) {
        range("rotate", "degrees", degrees, 0, 180);
        return with((random, map, h, w) -> {
            double angle = Math.toRadians(degrees * even(random));
            double cos = StrictMath.cos(angle);
            double sin = StrictMath.sin(angle);
            map.linear(cos, -sin, sin, cos);
        });
    }

    /**
     * A horizontal shear: lines stay, each is shifted against the one above.
     *
     * @param degrees at most this angle to either side, 0 to below 90
     * @return a new augmentation
     */
    public Augmentation shear(double degrees) {
        range("shear", "degrees", degrees, 0, 89);
        return with((random, map, h, w) ->
                map.linear(1, StrictMath.tan(Math.toRadians(degrees * even(random))), 0, 1));
    }

    /**
     * Left and right exchanged in every other image. Not for digits and letters.
     *
     * @return a new augmentation
     */
    public Augmentation flip() {
        return with((random, map, h, w) -> {
            if (random.nextBoolean()) {
                map.linear(-1, 0, 0, 1);
            }
        });
    }

    /**
     * Top and bottom exchanged in every other image, for pictures from above.
     *
     * @return a new augmentation
     */
    public Augmentation flipVertical() {
        return with((random, map, h, w) -> {
            if (random.nextBoolean()) {
                map.linear(1, 0, 0, -1);
            }
        });
    }

    /**
     * A random crop of the image's size from the image with a border: a shift by whole pixels.
     *
     * @param padding width of the border in pixels, at least 0
     * @return a new augmentation
     */
    public Augmentation crop(int padding) {
        range("crop", "padding", padding, 0, 1 << 20);
        return with((random, map, h, w) ->
                map.shift(
                        random.nextInt(2 * padding + 1) - padding,
                        random.nextInt(2 * padding + 1) - padding));
    }

    /**
     * A random part of the image, stretched to its whole size (Szegedy et al., 2015).
     *
     * @param leastArea smallest share of the area, above 0 to 1; the largest is 1
     * @param aspect the part's sides differ at most by this factor, at least 1; 4 / 3 is usual
     * @return a new augmentation
     */
    public Augmentation resizedCrop(double leastArea, double aspect) {
        range("resizedCrop", "leastArea", leastArea, 1e-3, 1);
        range("resizedCrop", "aspect", aspect, 1, 100);
        return with((random, map, h, w) -> {
            double area = leastArea + (1 - leastArea) * random.nextDouble();
            double ratio = ImageEffects.logUniform(random, 1 / aspect, aspect);
            double sx = Math.min(1, Math.sqrt(area * ratio));
            double sy = Math.min(1, Math.sqrt(area / ratio));
            map.shift((1 - sx) * w / 2 * even(random), (1 - sy) * h / 2 * even(random));
            map.linear(sx, 0, 0, sy);
        });
    }

    /* ---------------------------------------------------------------- changing pixels */

    /**
     * Brightness, contrast, saturation and hue, for pixels of 0 to 1, which is what comes out; the
     * latter two for images with 3 channels. 0 leaves a property as it is.
     *
     * @param brightness factor of 1 - this to 1 + this, 0 to 1
     * @param contrast factor of the distance from the mean grey, of 1 - this to 1 + this, 0 to 1
     * @param saturation factor of the distance from each pixel's grey, of 1 - this to 1 + this, 0
     *     to 1
     * @param hue rotation of the colours about the grey axis, at most this share of a turn, 0 to
     *     0.5
     * @return a new augmentation
     */
    public Augmentation colour(double brightness, double contrast, double saturation, double hue) {
        range("colour", "brightness", brightness, 0, 1);
        range("colour", "contrast", contrast, 0, 1);
        range("colour", "saturation", saturation, 0, 1);
        range("colour", "hue", hue, 0, 0.5);
        return with(new ImageEffects.Colour(brightness, contrast, saturation, hue));
    }

    /**
     * Normal noise on every pixel.
     *
     * @param deviation its standard deviation, at least 0
     * @return a new augmentation
     */
    public Augmentation noise(double deviation) {
        range("noise", "deviation", deviation, 0, 1e6);
        return with(new ImageEffects.Noise(deviation));
    }

    /**
     * A blur with a normal kernel.
     *
     * @param deviation at most this deviation, in pixels, 0 to 100
     * @return a new augmentation
     */
    public Augmentation blur(double deviation) {
        range("blur", "deviation", deviation, 0, 100);
        return with(new ImageEffects.Blur(deviation));
    }

    /**
     * A square is filled, see {@link #fill}; its middle is anywhere, so that part of it may lie
     * outside (DeVries and Taylor, "Improved regularization of convolutional neural networks with
     * cutout", 2017).
     *
     * @param size its side in pixels, at least 1
     * @return a new augmentation
     */
    public Augmentation cutout(int size) {
        range("cutout", "size", size, 1, 1 << 20);
        return with(new ImageEffects.Cutout(size, fill));
    }

    /**
     * A rectangle is filled in some images, see {@link #fill} (Zhong et al., "Random erasing data
     * augmentation", 2020).
     *
     * @param probability in which share of images, 0 to 1; 0.5 is usual
     * @param leastArea smallest share of the area, above 0; 0.02 is usual
     * @param mostArea largest share of the area, at most 1; 0.33 is usual
     * @return a new augmentation
     */
    public Augmentation erase(double probability, double leastArea, double mostArea) {
        range("erase", "probability", probability, 0, 1);
        range("erase", "leastArea", leastArea, 1e-6, 1);
        range("erase", "mostArea", mostArea, leastArea, 1);
        return with(new ImageEffects.Erase(probability, leastArea, mostArea, fill));
    }

    /**
     * Last of all, (pixel - mean) / deviation for each channel: it costs nothing here. Test images
     * need the same, see {@link ImageDataset#normalized}.
     *
     * @param mean of each channel, or one for all
     * @param deviation of each channel, above 0, or one for all
     * @return a new augmentation
     */
    public Augmentation normalize(float[] mean, float[] deviation) {
        if (mean.length != deviation.length || mean.length == 0) {
            throw new IllegalArgumentException(
                    "Augmentation.normalize: "
                            + mean.length
                            + " means and "
                            + deviation.length
                            + " deviations: give one of both for each channel, or one for all");
        }
        for (float d : deviation) {
            if (!(d > 0)) {
                throw new IllegalArgumentException(
                        "Augmentation.normalize: a deviation of " + d + ": give numbers above 0");
            }
        }
        return new Augmentation(
                seed,
                edge,
                fill,
                moves,
                effects,
                new Normal(mean.clone(), deviation.clone()),
                mixing);
    }

    /* ---------------------------------------------------------------- mixing samples */

    /**
     * Each image and its label are a weighted mean with another one of the batch (Zhang et al.,
     * "mixup: Beyond empirical risk minimization", 2018). Labels become FLOAT32 [b, classes], for a
     * loss with soft labels; those that are FLOAT32 before are mixed as they are.
     *
     * @param alpha the weight is drawn from Beta(alpha, alpha) for each batch, above 0; 0.2 is
     *     usual
     * @param classes number of classes
     * @return a new augmentation, without {@link #cutmix}
     */
    public Augmentation mixup(double alpha, int classes) {
        range("mixup", "alpha", alpha, 1e-3, 1e3);
        range("mixup", "classes", classes, 1, 1 << 24);
        return new Augmentation(
                seed, edge, fill, moves, effects, normal, new Mixing(alpha, classes, false));
    }

    /**
     * A rectangle of each image is that of another one of the batch, and labels are mixed by the
     * share of the area (Yun et al., "CutMix", 2019). Labels become FLOAT32 [b, classes], for a
     * loss with soft labels; those that are FLOAT32 before are mixed as they are.
     *
     * @param alpha the share is drawn from Beta(alpha, alpha) for each batch, above 0; 1 is usual
     * @param classes number of classes
     * @return a new augmentation, without {@link #mixup}
     */
    public Augmentation cutmix(double alpha, int classes) {
        range("cutmix", "alpha", alpha, 1e-3, 1e3);
        range("cutmix", "classes", classes, 1, 1 << 24);
        return new Augmentation(
                seed, edge, fill, moves, effects, normal, new Mixing(alpha, classes, true));
    }

    /* ---------------------------------------------------------------- doing it */

    @Override
    public Batch apply(Batch batch, int epoch, int number, int[] rows) {
        Shape shape = batch.inputs().shape();
        if (batch.inputs().dtype() != DType.FLOAT32 || shape.rank() != 4) {
            throw new IllegalArgumentException(
                    "Augmentation: inputs must be images FLOAT32 [b, c, h, w], got "
                            + batch.inputs().dtype()
                            + " "
                            + shape);
        }
        int c = (int) shape.dim(1);
        int h = (int) shape.dim(2);
        int w = (int) shape.dim(3);
        if (normal != null && normal.mean.length != 1 && normal.mean.length != c) {
            throw new IllegalArgumentException(
                    "Augmentation.normalize: "
                            + normal.mean.length
                            + " means for images of "
                            + c
                            + " channels");
        }
        Tensor source = batch.inputs().contiguous();
        Tensor target = Tensor.zeros(Shape.of(shape.dim(0), h, w, c));
        if (shape.size() == 0) {
            return new Batch(target.permute(0, 3, 1, 2), batch.labels(), batch.extras());
        }
        MemorySegment from = source.segment();
        MemorySegment to = target.segment();
        long ofEpoch = Seeds.of(seed, epoch).nextLong();
        float[] image = new float[c * h * w];
        float[] moved = new float[c * h * w];
        Affine map = new Affine();
        Resampler resampler = new Resampler(c, h, w);
        for (int i = 0; i < rows.length; i++) {
            long at = 4L * image.length * i;
            SplittableRandom random = Seeds.of(ofEpoch, rows[i]);
            MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, at, image, 0, image.length);
            map.reset();
            for (Move move : moves) {
                move.draw(random, map, h, w);
            }
            float[] result = image;
            float[] other = moved;
            if (!map.isIdentity()) {
                resampler.apply(image, map, edge, fill, moved);
                result = moved;
                other = image;
            }
            for (ImageEffects.Effect effect : effects) {
                effect.apply(random, result, c, h, w);
            }
            channelsLast(result, other, c, h * w);
            MemorySegment.copy(other, 0, to, ValueLayout.JAVA_FLOAT, at, other.length);
        }
        Tensor labels = batch.labels();
        if (mixing != null) {
            labels = mixing.apply(target, labels, Seeds.of(~ofEpoch, number));
        }
        return new Batch(target.permute(0, 3, 1, 2), labels, batch.extras());
    }

    private void channelsLast(float[] from, float[] to, int channels, int plane) {
        for (int c = 0; c < channels; c++) {
            float factor = 1;
            float shift = 0;
            if (normal != null) {
                int k = normal.mean.length == 1 ? 0 : c;
                factor = 1 / normal.deviation[k];
                shift = -normal.mean[k] * factor;
            }
            int start = c * plane;
            for (int i = 0, at = c; i < plane; i++, at += channels) {
                to[at] = factor * from[start + i] + shift;
            }
        }
    }

    /**
     * A picture of what this does: one line for each sample, with the sample itself and then what
     * it is in some epochs. Mixing is left out.
     *
     * @param data images [1, h, w] or [3, h, w]
     * @param rows which samples
     * @param epochs how many changed images of each, at least 1
     * @param file PNG; replaced as a whole
     * @throws IOException if writing fails
     */
    public void contactSheet(Dataset data, int[] rows, int epochs, Path file) throws IOException {
        range("contactSheet", "epochs", epochs, 1, 1000);
        Augmentation plain = new Augmentation(seed, edge, fill, moves, effects, null, null);
        ContactSheet.write(data, plain, rows, epochs, file);
    }

    private Augmentation with(Move move) {
        List<Move> all = new ArrayList<>(moves);
        all.add(move);
        return new Augmentation(seed, edge, fill, List.copyOf(all), effects, normal, mixing);
    }

    private Augmentation with(ImageEffects.Effect effect) {
        List<ImageEffects.Effect> all = new ArrayList<>(effects);
        all.add(effect);
        return new Augmentation(seed, edge, fill, moves, List.copyOf(all), normal, mixing);
    }

    /** Evenly from -1 to 1. */
    private static double even(SplittableRandom random) {
        return 2 * random.nextDouble() - 1;
    }

    private static void range(String what, String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "Augmentation."
                            + what
                            + ": "
                            + name
                            + " = "
                            + value
                            + ": give "
                            + least
                            + " to "
                            + most);
        }
    }
}
