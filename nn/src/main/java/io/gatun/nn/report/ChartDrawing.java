/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.PaintScale;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYAreaRenderer;
import org.jfree.chart.renderer.xy.XYBlockRenderer;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.Align;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.DefaultXYDataset;
import org.jfree.data.xy.DefaultXYZDataset;

/** Has JFreeChart draw charts, in one look. */
final class ChartDrawing {
    /** Colours that differ in brightness too, beginning with those that differ most. */
    private static final Color[] COLOURS = {
        new Color(0x1f6feb),
        new Color(0xe8590c),
        new Color(0x2b8a3e),
        new Color(0xc2255c),
        new Color(0x7048e8),
        new Color(0x0c8599),
        new Color(0xf08c00),
        new Color(0x5c3d2e),
        new Color(0x868e96),
        new Color(0x9cb806),
    };

    private static final Color TEXT = new Color(0x24292f);
    private static final Color QUIET = new Color(0x57606a);
    private static final Color GRID = new Color(0xe3e6ea);

    /** More cells in a row than these have no room for numbers. */
    private static final int MOST_NUMBERS = 24;

    /** Up to as many points are marked on a curve. */
    private static final int MOST_MARKS = 12;

    private ChartDrawing() {}

    static String svg(Chart chart) {
        SvgGraphics graphics =
                new SvgGraphics(chart.look.width(), chart.look.height(), chart.title);
        draw(chart, graphics);
        return graphics.toSvg();
    }

    static BufferedImage image(Chart chart, int scale) {
        BufferedImage image =
                new BufferedImage(
                        scale * chart.look.width(),
                        scale * chart.look.height(),
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(scale, scale);
        draw(chart, graphics);
        graphics.dispose();
        return image;
    }

    private static void draw(Chart chart, Graphics2D graphics) {
        Plot plot =
                switch (chart.kind) {
                    case LINES, SCATTER, HISTOGRAM -> xy(chart);
                    case BARS -> bars(chart);
                    case HEAT_MAP -> heatMap(chart);
                };
        plot.setOutlineVisible(false);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setNoDataMessage("nothing to show yet");
        plot.setNoDataMessageFont(font(Font.PLAIN, 12));
        plot.setNoDataMessagePaint(QUIET);
        boolean legend = chart.series.size() > 1 && chart.kind != Chart.Kind.HEAT_MAP;
        JFreeChart drawing = new JFreeChart(chart.title, font(Font.BOLD, 15), plot, legend);
        drawing.setBackgroundPaint(Color.WHITE);
        drawing.setPadding(new RectangleInsets(10, 8, 8, 14));
        drawing.getTitle().setPaint(TEXT);
        drawing.getTitle().setMargin(new RectangleInsets(2, 2, 8, 2));
        if (legend) {
            drawing.getLegend().setFrame(BlockBorder.NONE);
            drawing.getLegend().setItemFont(font(Font.PLAIN, 12));
            drawing.getLegend().setItemPaint(TEXT);
            drawing.getLegend()
                    .setPosition(
                            chart.series.size() <= 4 ? RectangleEdge.BOTTOM : RectangleEdge.RIGHT);
        }
        drawing.draw(
                graphics, new Rectangle2D.Double(0, 0, chart.look.width(), chart.look.height()));
    }

    private static XYPlot xy(Chart chart) {
        DefaultXYDataset data = new DefaultXYDataset();
        int most = 0;
        for (Chart.Series series : chart.series) {
            int[] shown =
                    IntStream.range(0, series.x().length)
                            .filter(i -> Double.isFinite(series.x()[i]))
                            .filter(i -> Double.isFinite(series.y()[i]))
                            .filter(i -> !chart.look.logarithmic() || series.y()[i] > 0)
                            .filter(i -> !chart.look.logarithmicX() || series.x()[i] > 0)
                            .toArray();
            double[] x = IntStream.of(shown).mapToDouble(i -> series.x()[i]).toArray();
            double[] y = IntStream.of(shown).mapToDouble(i -> series.y()[i]).toArray();
            data.addSeries(series.name(), new double[][] {x, y});
            most = Math.max(most, shown.length);
        }
        ValueAxis x = horizontalAxis(chart);
        XYPlot plot = new XYPlot(data, x, valueAxis(chart), renderer(chart, most));
        if (most == 0) {
            plot.setDataset(null); // so that the plot says that there is nothing
        }
        plot.setRangeGridlinePaint(GRID);
        plot.setRangeGridlineStroke(new BasicStroke(1f));
        plot.setDomainGridlinesVisible(false);
        plot.setRangeZeroBaselineVisible(false);
        Chart.Background background = chart.look.background();
        if (background != null) {
            x.setRange(background.left(), background.right());
            plot.setBackgroundImage(background.picture().image());
            plot.setBackgroundImageAlpha(1);
            plot.setBackgroundImageAlignment(Align.FIT);
            plot.setRangeGridlinesVisible(false);
        }
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        return plot;
    }

    private static ValueAxis horizontalAxis(Chart chart) {
        if (chart.look.logarithmicX()) {
            return style(new DecadeAxis(chart.xTitle));
        }
        NumberAxis x = style(new NumberAxis(chart.xTitle));
        x.setAutoRangeIncludesZero(false);
        x.setLowerMargin(0.02);
        x.setUpperMargin(0.02);
        if (chart.series.stream().allMatch(series -> areWhole(series.x()))) {
            x.setStandardTickUnits(NumberAxis.createIntegerTickUnits(Locale.ROOT));
        }
        return x;
    }

    private static ValueAxis valueAxis(Chart chart) {
        ValueAxis axis = freeAxis(chart);
        if (!Double.isNaN(chart.look.low())) {
            axis.setRange(chart.look.low(), chart.look.high());
        }
        return axis;
    }

    private static ValueAxis freeAxis(Chart chart) {
        if (chart.look.logarithmic()) {
            return style(new DecadeAxis(chart.yTitle));
        }
        NumberAxis axis = style(new NumberAxis(chart.yTitle));
        axis.setAutoRangeIncludesZero(chart.look.fromZero() || chart.kind == Chart.Kind.HISTOGRAM);
        axis.setNumberFormatOverride(new PlainNumbers());
        return axis;
    }

    private static XYItemRenderer renderer(Chart chart, int points) {
        Shape dot = new Ellipse2D.Double(-2.6, -2.6, 5.2, 5.2);
        if (chart.kind == Chart.Kind.HISTOGRAM) {
            XYAreaRenderer area = new XYAreaRenderer(XYAreaRenderer.AREA);
            area.setOutline(true);
            area.setSeriesPaint(0, new Color(0xb9d3fb));
            area.setSeriesOutlinePaint(0, COLOURS[0]);
            area.setSeriesOutlineStroke(0, new BasicStroke(1f));
            return area;
        }
        boolean scatter = chart.kind == Chart.Kind.SCATTER;
        XYLineAndShapeRenderer lines =
                new XYLineAndShapeRenderer(!scatter, scatter || points <= MOST_MARKS);
        lines.setDrawSeriesLineAsPath(true);
        lines.setDrawOutlines(false);
        for (int i = 0; i < chart.series.size(); i++) {
            Color colour = COLOURS[i % COLOURS.length];
            lines.setSeriesPaint(i, scatter ? translucent(colour) : colour);
            lines.setSeriesShape(i, dot);
            // From the eleventh on, colours come again, in dashes.
            float[] dashes = i < COLOURS.length ? null : new float[] {6, 4};
            lines.setSeriesStroke(
                    i,
                    new BasicStroke(
                            1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, dashes, 0));
        }
        lines.setLegendLine(new java.awt.geom.Line2D.Double(-9, 0, 9, 0));
        return lines;
    }

    private static Color translucent(Color colour) {
        return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 170);
    }

    private static CategoryPlot bars(Chart chart) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        double[] heights = chart.series.getFirst().y();
        for (int i = 0; i < heights.length; i++) {
            data.addValue(
                    Double.isFinite(heights[i]) ? heights[i] : null, "", chart.categories.get(i));
        }
        CategoryAxis names = style(new CategoryAxis(chart.xTitle));
        names.setLowerMargin(0.02);
        names.setUpperMargin(0.02);
        names.setCategoryMargin(0.3);
        int longest = longest(chart.categories);
        if (longest * 7 * chart.categories.size() > chart.look.width() - 100) {
            names.setCategoryLabelPositions(
                    CategoryLabelPositions.createUpRotationLabelPositions(Math.PI / 4));
        }
        BarRenderer bars = new BarRenderer();
        bars.setBarPainter(new StandardBarPainter());
        bars.setShadowVisible(false);
        bars.setSeriesPaint(0, COLOURS[0]);
        bars.setMaximumBarWidth(0.1);
        NumberAxis values = style(new NumberAxis(chart.yTitle));
        if (!Double.isNaN(chart.look.low())) {
            values.setRange(chart.look.low(), chart.look.high());
        }
        CategoryPlot plot = new CategoryPlot(data, names, values, bars);
        plot.setRangeGridlinePaint(GRID);
        plot.setRangeGridlineStroke(new BasicStroke(1f));
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        return plot;
    }

    private static XYPlot heatMap(Chart chart) {
        int rows = chart.series.size();
        int columns = chart.categories.size();
        double[][] cells = new double[3][rows * columns];
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        boolean whole = true;
        for (int r = 0; r < rows; r++) {
            double[] values = chart.series.get(r).y();
            whole &= areWhole(values);
            for (int c = 0; c < columns; c++) {
                cells[0][r * columns + c] = c;
                cells[1][r * columns + c] = r;
                cells[2][r * columns + c] = values[c];
                if (Double.isFinite(values[c])) {
                    low = Math.min(low, values[c]);
                    high = Math.max(high, values[c]);
                }
            }
        }
        DefaultXYZDataset data = new DefaultXYZDataset();
        data.addSeries("cells", cells);
        SymbolAxis x = style(new SymbolAxis(chart.xTitle, names(chart.categories)));
        SymbolAxis y =
                style(
                        new SymbolAxis(
                                chart.yTitle,
                                names(chart.series.stream().map(Chart.Series::name).toList())));
        y.setInverted(true);
        for (SymbolAxis axis : List.of(x, y)) {
            axis.setGridBandsVisible(false);
            axis.setTickMarksVisible(false);
            axis.setAxisLineVisible(false);
        }
        x.setRange(-0.5, columns - 0.5);
        y.setRange(-0.5, rows - 0.5);
        x.setVerticalTickLabels(
                longest(chart.categories) * 7 > (chart.look.width() - 120) / columns);
        XYBlockRenderer blocks = new XYBlockRenderer();
        Scale scale = new Scale(low, low < high ? high : low + 1);
        blocks.setPaintScale(scale);
        XYPlot plot = new XYPlot(data, x, y, blocks);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinesVisible(false);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        if (Math.max(rows, columns) <= MOST_NUMBERS) {
            for (int i = 0; i < cells[2].length; i++) {
                double value = cells[2][i];
                if (Double.isFinite(value) && value != 0) { // zeros would hide the others
                    XYTextAnnotation text =
                            new XYTextAnnotation(
                                    String.format(Locale.ROOT, whole ? "%.0f" : "%.1f", value),
                                    cells[0][i],
                                    cells[1][i]);
                    text.setFont(font(Font.PLAIN, 11));
                    text.setTextAnchor(TextAnchor.CENTER);
                    text.setPaint(scale.isDark(value) ? Color.WHITE : TEXT);
                    plot.addAnnotation(text, false);
                }
            }
        }
        return plot;
    }

    /** White to blue, soon leaving white, so that rare mistakes can be seen. */
    private record Scale(double low, double high) implements PaintScale {
        private static final Color PALE = new Color(0xf6f8fa);
        private static final Color DARK = new Color(0x0b4fb3);

        @Override
        public double getLowerBound() {
            return low;
        }

        @Override
        public double getUpperBound() {
            return high;
        }

        private double depth(double value) {
            return Math.sqrt(Math.clamp((value - low) / (high - low), 0.0, 1.0));
        }

        boolean isDark(double value) {
            return depth(value) > 0.55;
        }

        @Override
        public Color getPaint(double value) {
            double t = Double.isFinite(value) ? depth(value) : 0;
            return new Color(
                    (int) Math.round(PALE.getRed() + t * (DARK.getRed() - PALE.getRed())),
                    (int) Math.round(PALE.getGreen() + t * (DARK.getGreen() - PALE.getGreen())),
                    (int) Math.round(PALE.getBlue() + t * (DARK.getBlue() - PALE.getBlue())));
        }
    }

    private static <A extends Axis> A style(A axis) {
        axis.setLabelFont(font(Font.PLAIN, 12));
        axis.setLabelPaint(QUIET);
        axis.setLabelInsets(new RectangleInsets(5, 5, 5, 5));
        axis.setTickLabelFont(font(Font.PLAIN, 11));
        axis.setTickLabelPaint(QUIET);
        axis.setAxisLinePaint(GRID);
        axis.setTickMarkPaint(GRID);
        return axis;
    }

    private static boolean areWhole(double[] values) {
        for (double value : values) {
            if (Double.isFinite(value) && value != Math.rint(value)) {
                return false;
            }
        }
        return true;
    }

    private static int longest(List<String> names) {
        return names.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String[] names(List<String> names) {
        return names.toArray(String[]::new);
    }

    private static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }
}
