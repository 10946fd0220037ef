/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chart with titled axes, as SVG or PNG; immutable. Drawn without a display.
 *
 * <pre>{@code
 * Chart.lines("Loss", "epoch", "loss")
 *     .series("training", epochs, training)
 *     .series("validation", epochs, validation)
 *     .logarithmic()
 *     .savePng(Path.of("loss.png"));
 * }</pre>
 *
 * <p>Points that are NaN or infinite are left out, on a logarithmic axis also those that are not
 * positive.
 */
public final class Chart {
    /** How values are shown. */
    enum Kind {
        LINES,
        SCATTER,
        BARS,
        HISTOGRAM,
        HEAT_MAP
    }

    /** Values under one name; for a heat map, a row. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never given out
    record Series(String name, double[] x, double[] y) {}

    /** A picture behind the curves, between these values of the axes. */
    record Background(Picture picture, double left, double right, double bottom, double top) {}

    /** All that is not data; the vertical axis ends at low and high where they are numbers. */
    record Look(
            boolean logarithmic,
            boolean logarithmicX,
            boolean fromZero,
            double low,
            double high,
            @Nullable Background background,
            int width,
            int height) {
        private static final Look USUAL =
                new Look(false, false, false, Double.NaN, Double.NaN, null, 640, 400);
    }

    final Kind kind;
    final String title;
    final String xTitle;
    final String yTitle;
    final List<Series> series;

    /** Names along the horizontal axis, of bars and heat maps. */
    final List<String> categories;

    final Look look;

    private Chart(
            Kind kind,
            String title,
            String xTitle,
            String yTitle,
            List<Series> series,
            List<String> categories,
            Look look) {
        this.kind = kind;
        this.title = title;
        this.xTitle = xTitle;
        this.yTitle = yTitle;
        this.series = series;
        this.categories = categories;
        this.look = look;
    }

    private static Chart empty(Kind kind, String title, String xTitle, String yTitle) {
        return new Chart(kind, title, xTitle, yTitle, List.of(), List.of(), Look.USUAL);
    }

    /**
     * Curves; {@link #series} adds each.
     *
     * @param title above the chart
     * @param xTitle of the horizontal axis, with its unit
     * @param yTitle of the vertical axis, with its unit
     * @return a chart without curves
     */
    public static Chart lines(String title, String xTitle, String yTitle) {
        return empty(Kind.LINES, title, xTitle, yTitle);
    }

    /**
     * Points, a colour for each series; {@link #series} adds them.
     *
     * @param title above the chart
     * @param xTitle of the horizontal axis, with its unit
     * @param yTitle of the vertical axis, with its unit
     * @return a chart without points
     */
    public static Chart scatter(String title, String xTitle, String yTitle) {
        return empty(Kind.SCATTER, title, xTitle, yTitle);
    }

    /**
     * A bar for each name.
     *
     * @param title above the chart
     * @param xTitle what the names are
     * @param yTitle what the heights are, with their unit
     * @param names under the bars, all different
     * @param heights one for each name
     * @return the chart
     * @throws IllegalArgumentException if there is not one height for each name
     */
    public static Chart bars(
            String title, String xTitle, String yTitle, List<String> names, double[] heights) {
        if (names.size() != heights.length) {
            throw new IllegalArgumentException(
                    "Chart.bars: there are "
                            + names.size()
                            + " names and "
                            + heights.length
                            + " heights: give one height for each name");
        }
        return empty(Kind.BARS, title, xTitle, yTitle)
                .with(List.of(new Series(yTitle, new double[0], heights.clone())), names);
    }

    /**
     * How often values occur.
     *
     * @param title above the chart
     * @param xTitle what the values are, with their unit
     * @param histogram counts
     * @return the chart
     */
    public static Chart histogram(String title, String xTitle, Histogram histogram) {
        int bins = histogram.bins();
        double[] x = new double[2 * bins + 2];
        double[] y = new double[2 * bins + 2];
        for (int i = 0; i <= bins; i++) {
            x[2 * i] = histogram.edge(i);
            x[2 * i + 1] = histogram.edge(i);
            if (i < bins) {
                y[2 * i + 1] = histogram.count(i);
                y[2 * i + 2] = histogram.count(i);
            }
        }
        return empty(Kind.HISTOGRAM, title, xTitle, "count").series("count", x, y);
    }

    /**
     * A matrix of coloured cells with their values. The first row is drawn on top.
     *
     * @param title above the chart
     * @param xTitle what the columns are
     * @param yTitle what the rows are
     * @param columns names of the columns
     * @param rows names of the rows
     * @param values a row for each name, each with a value per column
     * @return the chart
     * @throws IllegalArgumentException if numbers of names and values differ
     */
    public static Chart heatMap(
            String title,
            String xTitle,
            String yTitle,
            List<String> columns,
            List<String> rows,
            double[][] values) {
        if (values.length != rows.size() || values.length == 0 || columns.isEmpty()) {
            throw new IllegalArgumentException(
                    "Chart.heatMap: there are "
                            + rows.size()
                            + " names of rows, "
                            + columns.size()
                            + " of columns and "
                            + values.length
                            + " rows of values: give at least one row and column, and a name for"
                            + " each");
        }
        List<Series> all = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (values[i].length != columns.size()) {
                throw new IllegalArgumentException(
                        "Chart.heatMap: row "
                                + i
                                + " has "
                                + values[i].length
                                + " values: give one for each of the "
                                + columns.size()
                                + " columns");
            }
            all.add(new Series(rows.get(i), new double[0], values[i].clone()));
        }
        int side = Math.max(480, 150 + 44 * Math.max(rows.size(), columns.size()));
        return empty(Kind.HEAT_MAP, title, xTitle, yTitle).with(all, columns).size(side + 60, side);
    }

    /**
     * This chart with one more curve or set of points.
     *
     * @param name in the legend, different from the others
     * @param x horizontal positions
     * @param y vertical positions, as many
     * @return a new chart
     * @throws IllegalArgumentException if the numbers of positions differ, the name is taken, or
     *     the chart is of bars or a heat map, which have all their values
     */
    public Chart series(String name, double[] x, double[] y) {
        if (kind == Kind.BARS || kind == Kind.HEAT_MAP) {
            throw new IllegalArgumentException(
                    "Chart.series: bars and heat maps have all their values from the start");
        }
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "Chart.series: \""
                            + name
                            + "\" has "
                            + x.length
                            + " horizontal and "
                            + y.length
                            + " vertical positions: give as many of each");
        }
        if (series.stream().anyMatch(other -> other.name.equals(name))) {
            throw new IllegalArgumentException(
                    "Chart.series: there is a \"" + name + "\" already: give each its own name");
        }
        List<Series> all = new ArrayList<>(series);
        all.add(new Series(name, x.clone(), y.clone()));
        return with(all, categories);
    }

    private Chart with(List<Series> all, List<String> names) {
        return new Chart(kind, title, xTitle, yTitle, List.copyOf(all), List.copyOf(names), look);
    }

    private Chart with(Look changed) {
        return new Chart(kind, title, xTitle, yTitle, series, categories, changed);
    }

    /**
     * This chart with a logarithmic vertical axis.
     *
     * @return a new chart
     */
    public Chart logarithmic() {
        return with(
                new Look(
                        true,
                        look.logarithmicX,
                        false,
                        look.low,
                        look.high,
                        look.background,
                        look.width,
                        look.height));
    }

    /**
     * This chart with a vertical axis that begins at 0, and is not logarithmic.
     *
     * @return a new chart
     */
    public Chart fromZero() {
        return with(
                new Look(
                        false,
                        look.logarithmicX,
                        true,
                        look.low,
                        look.high,
                        look.background,
                        look.width,
                        look.height));
    }

    /**
     * This chart with a logarithmic horizontal axis; of curves and points. Points that are not
     * positive are left out.
     *
     * @return a new chart
     */
    public Chart logarithmicX() {
        return with(
                new Look(
                        look.logarithmic,
                        true,
                        look.fromZero,
                        look.low,
                        look.high,
                        look.background,
                        look.width,
                        look.height));
    }

    /**
     * This chart with a vertical axis from one value to another; what lies outside is not shown.
     *
     * @param low at the bottom
     * @param high at the top
     * @return a new chart
     * @throws IllegalArgumentException if they are not finite, or low is not below high
     */
    public Chart range(double low, double high) {
        if (!Double.isFinite(low) || !Double.isFinite(high) || low >= high) {
            throw new IllegalArgumentException(
                    "Chart.range: low = " + low + ", high = " + high + ": give low < high");
        }
        return with(
                new Look(
                        look.logarithmic,
                        look.logarithmicX,
                        look.fromZero,
                        low,
                        high,
                        look.background,
                        look.width,
                        look.height));
    }

    /**
     * This chart, of curves or points, in front of a picture such as the regions of a classifier;
     * both axes end where the picture does.
     *
     * @param picture stretched to fill its place
     * @param left value of the horizontal axis at the left edge of the picture
     * @param right at its right edge, more than left
     * @param bottom value of the vertical axis at its bottom edge
     * @param top at its top edge, more than bottom
     * @return a new chart
     * @throws IllegalArgumentException if an edge is not before the other
     */
    public Chart background(Picture picture, double left, double right, double bottom, double top) {
        if (!(left < right) || !(bottom < top)) {
            throw new IllegalArgumentException(
                    "Chart.background: left = "
                            + left
                            + ", right = "
                            + right
                            + ", bottom = "
                            + bottom
                            + ", top = "
                            + top
                            + ": give left < right and bottom < top");
        }
        return with(
                new Look(
                        look.logarithmic,
                        look.logarithmicX,
                        look.fromZero,
                        bottom,
                        top,
                        new Background(picture, left, right, bottom, top),
                        look.width,
                        look.height));
    }

    /**
     * This chart in another size.
     *
     * @param width in pixels, at least 100; 640 where nothing is said
     * @param height in pixels, at least 100; 400 where nothing is said
     * @return a new chart
     * @throws IllegalArgumentException if it is smaller or has more than 10,000 pixels to a side
     */
    public Chart size(int width, int height) {
        if (Math.min(width, height) < 100 || Math.max(width, height) > 10_000) {
            throw new IllegalArgumentException(
                    "Chart.size: "
                            + width
                            + " x "
                            + height
                            + ": give 100 to 10,000 pixels to a side");
        }
        return with(
                new Look(
                        look.logarithmic,
                        look.logarithmicX,
                        look.fromZero,
                        look.low,
                        look.high,
                        look.background,
                        width,
                        height));
    }

    /**
     * Draws the chart.
     *
     * @return an SVG document; text stays text, but for the title of the vertical axis
     */
    public String toSvg() {
        return ChartDrawing.svg(this);
    }

    /**
     * Draws the chart, with two pixels of the picture for each pixel of the chart's size, for
     * screens of today.
     *
     * @return the picture
     */
    public Picture toPicture() {
        return Picture.of(ChartDrawing.image(this, 2));
    }

    /**
     * Writes the chart as SVG, in place of the file's old content as a whole.
     *
     * @param file in a folder that exists
     * @throws IOException if it cannot be written
     */
    public void saveSvg(Path file) throws IOException {
        AtomicFile.write(file, toSvg().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes the chart as PNG, in place of the file's old content as a whole.
     *
     * @param file in a folder that exists
     * @throws IOException if it cannot be written
     */
    public void savePng(Path file) throws IOException {
        toPicture().save(file);
    }
}
