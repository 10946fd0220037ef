/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ChartTest {
    private static final int BLUE = 0x1f6feb;
    private static final int ORANGE = 0xe8590c;

    private static Chart loss() {
        double[] x = {0, 1, 2, 3};
        return Chart.lines("Loss", "epoch", "loss [nats]")
                .series("training", x, new double[] {2, 1, 0.5, 0.25})
                .series("validation", x, new double[] {2, 1.5, 1.25, 1});
    }

    static Element parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
    }

    private static List<String> texts(String svg) throws Exception {
        List<String> texts = new ArrayList<>();
        NodeList found = parse(svg).getElementsByTagName("text");
        for (int i = 0; i < found.getLength(); i++) {
            texts.add(found.item(i).getTextContent());
        }
        return texts;
    }

    private static int pixels(Picture picture, int rgb) {
        int count = 0;
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                count += picture.rgb(x, y) == rgb ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void svgHasTitlesLegendAndACurveForEachSeries() throws Exception {
        String svg = loss().toSvg();
        List<String> texts = texts(svg);
        for (String wanted : List.of("Loss", "epoch", "training", "validation")) {
            assertTrue(texts.contains(wanted), wanted + " in " + texts);
        }
        assertTrue(svg.contains("stroke=\"#1f6feb\""));
        assertTrue(svg.contains("stroke=\"#e8590c\""));
        assertEquals("640", parse(svg).getAttribute("width"));
    }

    @Test
    void namesOfUsersAreEscaped() throws Exception {
        String evil = "</text><script>alert('x')</script> & \"é\" \u0001";
        String svg =
                Chart.lines(evil, evil, evil)
                        .series(evil, new double[] {1, 2}, new double[] {1, 2})
                        .series("b", new double[] {1, 2}, new double[] {2, 1})
                        .toSvg();
        assertFalse(svg.contains("<script"), svg);
        assertEquals(0, parse(svg).getElementsByTagName("script").getLength());
        assertTrue(texts(svg).getFirst().startsWith("</text>") || svg.contains("&lt;/text&gt;"));
    }

    @Test
    void aPictureFillsThePlaceBehindTheCurves() throws Exception {
        Picture green = Picture.of(2, 2, new int[] {0x00ff00, 0x00ff00, 0x00ff00, 0x00ff00});
        Chart chart =
                Chart.scatter("Regions", "x", "y")
                        .series("points", new double[] {0}, new double[] {0})
                        .background(green, -1, 1, -2, 2)
                        .size(400, 300);
        Picture picture = chart.toPicture();
        assertTrue(pixels(picture, 0x00ff00) > 800 * 600 / 2, "most of the chart");
        // The point lies in the middle of the background.
        int left = -1;
        int right = -1;
        for (int x = 0; x < picture.width(); x++) {
            if (picture.rgb(x, 200) == 0x00ff00) {
                left = left < 0 ? x : left;
                right = x;
            }
        }
        int middle = (left + right) / 2;
        int blue = 0;
        for (int y = 0; y < picture.height(); y++) {
            blue +=
                    (picture.rgb(middle, y) & 0xff) > 100 && picture.rgb(middle, y) < 0x800000
                            ? 1
                            : 0;
        }
        assertTrue(blue > 4, "the point");
        assertEquals(1, parse(chart.toSvg()).getElementsByTagName("image").getLength());
        assertThrows(IllegalArgumentException.class, () -> chart.background(green, 1, 1, -2, 2));
    }

    @Test
    void horizontalAxesMayBeLogarithmic() throws Exception {
        double[] x = {0.001, 0.01, 0.1, 1, -1, 0};
        List<String> texts =
                texts(
                        Chart.lines("Rates", "rate", "loss")
                                .series("loss", x, new double[] {1, 2, 3, 4, 5, 6})
                                .logarithmicX()
                                .toSvg());
        assertTrue(texts.containsAll(List.of("0.001", "0.01", "0.1", "1")), texts.toString());
        assertFalse(texts.contains("6"), "points without a logarithm are left out: " + texts);
    }

    @Test
    void theVerticalAxisMayBeGiven() throws Exception {
        List<String> texts = texts(loss().range(0, 10).toSvg());
        assertTrue(texts.contains("10") && texts.contains("0"), texts.toString());
        assertThrows(IllegalArgumentException.class, () -> loss().range(1, 1));
    }

    @Test
    void pngShowsBothCurves() throws Exception {
        Picture picture = loss().toPicture();
        assertEquals(1280, picture.width());
        assertEquals(800, picture.height());
        assertTrue(pixels(picture, BLUE) > 300, "the first curve");
        assertTrue(pixels(picture, ORANGE) > 300, "the second curve");
    }

    @Test
    void savesBothFormats(@TempDir Path folder) throws Exception {
        loss().savePng(folder.resolve("a.png"));
        loss().saveSvg(folder.resolve("a.svg"));
        assertEquals(1280, ImageIO.read(folder.resolve("a.png").toFile()).getWidth());
        assertTrue(Files.readString(folder.resolve("a.svg")).startsWith("<svg"));
    }

    @Test
    void pointsThatAreNoNumbersAreLeftOut() throws Exception {
        double[] x = {0, 1, 2, 3, Double.NaN};
        double[] y = {1, Double.NaN, Double.POSITIVE_INFINITY, 2, 5};
        String svg = Chart.lines("a", "b", "c").series("d", x, y).toSvg();
        assertFalse(svg.contains("NaN"), svg);
        assertFalse(svg.contains("Infinity"), svg);
        parse(svg);
    }

    @Test
    void nothingToShowIsSaid() throws Exception {
        for (Chart chart :
                List.of(
                        Chart.lines("a", "b", "c"),
                        Chart.lines("a", "b", "c")
                                .series("d", new double[] {1}, new double[] {Double.NaN}),
                        Chart.lines("a", "b", "c")
                                .series("d", new double[] {1}, new double[] {-1})
                                .logarithmic(),
                        Chart.scatter("a", "b", "c").series("d", new double[0], new double[0]))) {
            assertTrue(texts(chart.toSvg()).contains("nothing to show yet"), chart.toSvg());
        }
    }

    @Test
    void logarithmicTicksAreRoundNumbers() throws Exception {
        List<String> texts =
                texts(
                        Chart.lines("a", "b", "c")
                                .series("d", new double[] {0, 1}, new double[] {2.5, 0.06})
                                .logarithmic()
                                .toSvg());
        assertTrue(texts.containsAll(List.of("0.1", "0.2", "0.5", "1", "2")), texts.toString());
    }

    @Test
    void logarithmicAxesTakeAnyRange() throws Exception {
        for (double[] y :
                List.of(
                        new double[] {3, 3},
                        new double[] {1e-30, 1e30},
                        new double[] {3.0001, 3.0002},
                        new double[] {Double.MIN_VALUE, 1})) {
            parse(
                    Chart.lines("a", "b", "c")
                            .series("d", new double[] {0, 1}, y)
                            .logarithmic()
                            .toSvg());
        }
    }

    @Test
    void barsAreAsHighAsTheirValues() throws Exception {
        Picture picture =
                Chart.bars("a", "b", "c", List.of("one", "four"), new double[] {1, 4}).toPicture();
        // Columns of the picture with bars: their heights are as 1 to 4.
        List<Integer> heights = new ArrayList<>();
        for (int x = 0; x < picture.width(); x++) {
            int height = 0;
            for (int y = 0; y < picture.height(); y++) {
                height += picture.rgb(x, y) == BLUE ? 1 : 0;
            }
            if (height > 0 && (heights.isEmpty() || heights.getLast() != height)) {
                heights.add(height);
            }
        }
        assertEquals(2, heights.size(), heights.toString());
        assertEquals(4, heights.get(1) / (double) heights.get(0), 0.05);
    }

    @Test
    void heatMapHasTheFirstRowOnTopAndHidesZeros() throws Exception {
        String svg =
                Chart.heatMap(
                                "Confusion",
                                "predicted",
                                "true",
                                List.of("cat", "dog"),
                                List.of("cat", "dog"),
                                new double[][] {{90, 0}, {7, 81}})
                        .toSvg();
        NodeList found = parse(svg).getElementsByTagName("text");
        double y90 = Double.NaN;
        double y7 = Double.NaN;
        for (int i = 0; i < found.getLength(); i++) {
            Element text = (Element) found.item(i);
            if (text.getTextContent().equals("90")) {
                y90 = Double.parseDouble(text.getAttribute("y"));
            } else if (text.getTextContent().equals("7")) {
                y7 = Double.parseDouble(text.getAttribute("y"));
            }
            assertFalse(text.getTextContent().equals("0"));
        }
        assertTrue(y90 < y7, "90 at " + y90 + ", 7 at " + y7);
    }

    @Test
    void histogramIsDrawn() throws Exception {
        Chart chart = Chart.histogram("a", "b", Histogram.of(new float[] {1, 2, 2, 3, 3, 3}, 3));
        assertTrue(pixels(chart.toPicture(), 0xb9d3fb) > 10_000);
    }

    @Test
    void numbersAreWrittenAsPeopleDo() {
        assertEquals("0", PlainNumbers.text(0));
        assertEquals("0.001", PlainNumbers.text(1e-3));
        assertEquals("0.0001", PlainNumbers.text(1e-4));
        assertEquals("1e-5", PlainNumbers.text(1e-5));
        assertEquals("2.5e-7", PlainNumbers.text(2.5e-7));
        assertEquals("12,345", PlainNumbers.text(12_345));
        assertEquals("3.14", PlainNumbers.text(3.14159));
        assertEquals("-1.5", PlainNumbers.text(-1.5));
        assertEquals("1e10", PlainNumbers.text(1e10));
        assertEquals("NaN", PlainNumbers.text(Double.NaN));
    }

    @Test
    void refusesWhatDoesNotFit() {
        refused(
                () -> loss().series("x", new double[2], new double[3]),
                "\"x\" has 2 horizontal and 3 vertical positions");
        refused(() -> loss().series("training", new double[1], new double[1]), "own name");
        refused(
                () -> Chart.bars("a", "b", "c", List.of("x"), new double[2]),
                "1 names and 2 heights");
        refused(
                () ->
                        Chart.heatMap(
                                "a",
                                "b",
                                "c",
                                List.of("x", "y"),
                                List.of("z"),
                                new double[][] {{1}}),
                "row 0 has 1 values");
        refused(() -> loss().size(10, 400), "100 to 10,000 pixels");
    }

    static void refused(Runnable action, String... words) {
        String message = assertThrows(IllegalArgumentException.class, action::run).getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
    }
}
