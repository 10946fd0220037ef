/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.LayerWalk;
import io.gatun.nn.Parameter;
import io.gatun.nn.data.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Pictures of what a model of images has learnt: each is one call, and {@link Picture#save} keeps
 * it. Models are run in inference mode and stay as they are.
 *
 * <pre>{@code
 * Pictures.firstFilters(model).save(Path.of("filters.png"));
 * }</pre>
 */
public final class Pictures {
    /** More maps or filters than these are not shown. */
    private static final int MOST = 64;

    private Pictures() {}

    /**
     * The filters of the first convolution: in colour where it takes three channels, in grey for
     * one; of more channels the mean. Each is stretched from black to white by itself.
     *
     * @param model with a 2-d convolution
     * @return up to 64 filters
     * @throws IllegalArgumentException if no parameter has the shape of a 2-d convolution's weight
     */
    public static Picture firstFilters(Layer model) {
        for (Parameter parameter : model.parameters()) {
            Shape shape = parameter.value().shape();
            if (shape.rank() == 4) {
                int channels = (int) shape.dim(1);
                int height = (int) shape.dim(2);
                int width = (int) shape.dim(3);
                float[] values = Values.of(parameter);
                List<Tiles.Tile> tiles = new ArrayList<>();
                for (int k = 0; k < Math.min(MOST, shape.dim(0)); k++) {
                    tiles.add(
                            Tiles.Tile.of(
                                    Pixels.image(
                                            values,
                                            k * channels * height * width,
                                            channels,
                                            height,
                                            width)));
                }
                return Tiles.of(
                        "Filters of the first convolution, " + parameter.name(), tiles, 8, 64);
            }
        }
        throw new IllegalArgumentException(
                "Pictures.firstFilters: no parameter has 4 dimensions: a model with a Conv2d is"
                        + " needed");
    }

    /**
     * Any images in rows, each stretched from black to white by itself.
     *
     * @param title above them
     * @param images [n, c, h, w]; one channel is grey, three are colours, of others the mean
     * @param captions a line below each image; an empty list for none
     * @param columns images in a row, at least 1
     * @param side what the longer side of an image is enlarged to, about, in pixels
     * @return the images
     * @throws IllegalArgumentException if there are no images, or there is not one caption for each
     */
    public static Picture images(
            String title, Tensor images, List<String> captions, int columns, int side) {
        return images(title, images, captions, columns, side, Double.NaN, Double.NaN);
    }

    /**
     * Any images in rows, all on one scale, so that they can be compared.
     *
     * @param title above them
     * @param images [n, c, h, w]; one channel is grey, three are colours, of others the mean
     * @param captions a line below each image; an empty list for none
     * @param columns images in a row, at least 1
     * @param side what the longer side of an image is enlarged to, about, in pixels
     * @param black this value and less are black
     * @param white this value and more are white
     * @return the images
     * @throws IllegalArgumentException if there are no images, or there is not one caption for each
     */
    public static Picture images(
            String title,
            Tensor images,
            List<String> captions,
            int columns,
            int side,
            double black,
            double white) {
        Shape shape = images.shape();
        if (shape.rank() != 4 || shape.size() == 0) {
            throw new IllegalArgumentException(
                    "Pictures.images: images have shape " + shape + ": give [n, c, h, w]");
        }
        int count = (int) shape.dim(0);
        if (columns < 1 || (!captions.isEmpty() && captions.size() != count)) {
            throw new IllegalArgumentException(
                    "Pictures.images: columns = "
                            + columns
                            + ", "
                            + captions.size()
                            + " captions for "
                            + count
                            + " images: give at least 1 column, and one caption for each image or"
                            + " none");
        }
        int channels = (int) shape.dim(1);
        int height = (int) shape.dim(2);
        int width = (int) shape.dim(3);
        float[] values = images.toFloatArray();
        List<Tiles.Tile> tiles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var image =
                    Pixels.image(
                            values,
                            i * channels * height * width,
                            channels,
                            height,
                            width,
                            black,
                            white);
            tiles.add(
                    captions.isEmpty()
                            ? Tiles.Tile.of(image)
                            : Tiles.Tile.of(image, captions.get(i)));
        }
        return Tiles.of(title, tiles, columns, side);
    }

    /**
     * What a layer gives for one image, a map for each channel, stretched from black to white by
     * itself.
     *
     * @param model any model
     * @param image [c, h, w]
     * @param path of the layer, as in {@link LayerWalk.Visitor}, such as {@code 0} for the first
     *     one
     * @return up to 64 maps
     * @throws IllegalArgumentException if there is no such layer, or it gives no maps
     */
    public static Picture featureMaps(Layer model, Tensor image, String path) {
        List<Tiles.Tile> tiles = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        try (Scope _ = Scope.open()) {
            LayerWalk.forward(
                    model,
                    batchOf("featureMaps", image),
                    (at, _, _, output) -> {
                        paths.add(at);
                        if (at.equals(path) && tiles.isEmpty()) {
                            maps(output, path, tiles);
                        }
                    });
        }
        if (tiles.isEmpty()) {
            throw new IllegalArgumentException(
                    "Pictures.featureMaps: path = \"" + path + "\": there are layers at " + paths);
        }
        return Tiles.of("Feature maps of layer " + path, tiles, 8, 84);
    }

    private static void maps(Tensor output, String path, List<Tiles.Tile> tiles) {
        Shape shape = output.shape();
        if (shape.rank() != 4) {
            throw new IllegalArgumentException(
                    "Pictures.featureMaps: layer "
                            + path
                            + " gives shape "
                            + shape
                            + " and no maps [1, c, h, w]: take a layer before");
        }
        int height = (int) shape.dim(2);
        int width = (int) shape.dim(3);
        float[] values = output.toFloatArray();
        for (int c = 0; c < Math.min(MOST, shape.dim(1)); c++) {
            tiles.add(Tiles.Tile.of(Pixels.image(values, c * height * width, 1, height, width)));
        }
    }

    /**
     * Where an answer comes from: how much the probability of a class falls when a patch of the
     * image is covered (by 0, the mean of standardised images). Zeiler and Fergus, "Visualizing and
     * understanding convolutional networks", 2014.
     *
     * @param model gives scores [N, classes]
     * @param image [c, h, w]
     * @param label the class
     * @param patch side of the patch in pixels
     * @return the image, the map, bright where covering costs most, and both together
     * @throws IllegalArgumentException if the patch does not fit into the image
     */
    public static Picture occlusion(Layer model, Tensor image, int label, int patch) {
        Explanations.Map map =
                Explanations.occlusion(model, batchOf("occlusion", image), label, patch);
        return explained(
                String.format(
                        Locale.ROOT,
                        "Occlusion of class %d by patches of %d x %d",
                        label,
                        patch,
                        patch),
                image,
                map,
                String.format(Locale.ROOT, "falls by up to %.2f", map.largest()));
    }

    /**
     * Where an answer comes from: the size of the gradient of a class's score by each pixel, the
     * largest over channels. Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks",
     * 2014.
     *
     * @param model gives scores [N, classes]
     * @param image [c, h, w]
     * @param label the class
     * @return the image, the map, bright where the score depends on most, and both together
     */
    public static Picture saliency(Layer model, Tensor image, int label) {
        Explanations.Map map = Explanations.saliency(model, batchOf("saliency", image), label);
        return explained(
                "Saliency of class " + label,
                image,
                map,
                String.format(Locale.ROOT, "gradient up to %.3g", map.largest()));
    }

    private static Picture explained(
            String title, Tensor image, Explanations.Map map, String largest) {
        int channels = (int) image.shape().dim(0);
        var seen = Pixels.image(image.toFloatArray(), 0, channels, map.height(), map.width());
        var heat = Pixels.heat(map.values(), map.height(), map.width());
        return Tiles.of(
                title,
                List.of(
                        Tiles.Tile.of(seen, "image"),
                        Tiles.Tile.of(heat, largest),
                        Tiles.Tile.of(Pixels.mix(seen, heat), "both")),
                3,
                224);
    }

    /**
     * An input that a class's score is high for, found by gradient ascent from noise, with decay
     * and blur that keep it smooth. Yosinski et al., "Understanding neural networks through deep
     * visualization", 2015.
     *
     * @param model gives scores [N, classes]
     * @param inputShape of one image, [c, h, w]
     * @param label the class
     * @param steps of the ascent, such as 100
     * @param seed of the noise
     * @return the input
     */
    public static Picture maximizing(
            Layer model, Shape inputShape, int label, int steps, long seed) {
        if (inputShape.rank() != 3) {
            throw new IllegalArgumentException(
                    "Pictures.maximizing: inputShape = " + inputShape + ": give [c, h, w]");
        }
        Explanations.Maximum found =
                Explanations.maximizing(model, inputShape.prepend(1), label, steps, seed);
        return Tiles.of(
                "An input for class " + label,
                List.of(
                        Tiles.Tile.of(
                                Pixels.image(
                                        found.input(),
                                        0,
                                        (int) inputShape.dim(0),
                                        (int) inputShape.dim(1),
                                        (int) inputShape.dim(2)),
                                String.format(Locale.ROOT, "score %.1f", found.score()),
                                String.format(Locale.ROOT, "noise had %.1f", found.firstScore()))),
                1,
                224);
    }

    /**
     * The images that a classifier is most wrong about, with what they are, and what it says.
     *
     * @param predictions its answers
     * @param data the data set that they are of; images [c, h, w]
     * @param names of the classes in order; an empty list for their numbers
     * @param most how many at most
     * @return the worst first
     * @throws IllegalArgumentException if the samples are no images, or names are missing
     */
    public static Picture worstMistakes(
            Predictions predictions, Dataset data, List<String> names, int most) {
        Shape shape = data.inputShape();
        if (shape.rank() != 3) {
            throw new IllegalArgumentException(
                    "Pictures.worstMistakes: samples have shape "
                            + shape
                            + ": images [c, h, w] are"
                            + " needed");
        }
        List<String> shown = Names.of(names, predictions.classes());
        List<Tiles.Tile> tiles = new ArrayList<>();
        for (Predictions.Prediction mistake : predictions.worst(most)) {
            try (Scope _ = Scope.open()) {
                float[] values = data.batch(new int[] {mistake.row()}).inputs().toFloatArray();
                tiles.add(
                        Tiles.Tile.of(
                                Pixels.image(
                                        values,
                                        0,
                                        (int) shape.dim(0),
                                        (int) shape.dim(1),
                                        (int) shape.dim(2)),
                                shown.get(mistake.label()) + ", no. " + mistake.row(),
                                String.format(
                                        Locale.ROOT,
                                        "taken for %s",
                                        shown.get(mistake.predicted())),
                                String.format(
                                        Locale.ROOT, "(%.1f %%)", 100 * mistake.confidence())));
            }
        }
        String title =
                tiles.isEmpty()
                        ? "There are no mistakes"
                        : String.format(
                                Locale.ROOT,
                                "The worst mistakes; %.2f %% of %,d are right",
                                100 * predictions.accuracy(),
                                predictions.all().size());
        return Tiles.of(title, tiles, 6, 96);
    }

    private static Tensor batchOf(String what, Tensor image) {
        if (image.shape().rank() != 3) {
            throw new IllegalArgumentException(
                    "Pictures."
                            + what
                            + ": image has shape "
                            + image.shape()
                            + ": give one image [c, h, w]");
        }
        return image.reshape(image.shape().prepend(1).toArray());
    }
}
