/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.gatun.InPlace;
import io.gatun.Memory;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.zoo.CifarResNet;
import io.gatun.nn.zoo.LeNet5;
import io.gatun.nn.zoo.ResNet;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The numbers of the course, and receptive fields against what gradients reach. */
class SummaryTest {
    private static Summary.Row last(Summary summary) {
        return summary.rows().getLast();
    }

    private static ReceptiveField.Axis axis(Summary summary, int i) {
        return Objects.requireNonNull(last(summary).receptiveField()).axes().get(i);
    }

    /** LeNet's first layer has 156 parameters, where a dense one would have 4.8 million. */
    @Test
    void firstLayerOfLeNet() {
        Summary summary = Summary.of(Conv2d.of(1, 6, 5), Shape.of(1, 32, 32));
        Summary.Row row = summary.rows().get(0);
        assertEquals(156, row.parameters());
        assertEquals(Shape.of(6, 28, 28), row.output());
        assertEquals(1025L * 4704, row.asDense());
        assertEquals(6 * 28 * 28 * 4, row.activationBytes());
        assertEquals(150 * 28 * 28, row.multiplyAdds());
    }

    /** Three small kernels see as much as one large one, with half the weights and work. */
    @Test
    void threeSmallKernelsOrOneLargeOne() {
        Layer three =
                Sequential.of(
                        Conv2d.of(16, 16, 3).padding(Padding.SAME),
                        Conv2d.of(16, 16, 3).padding(Padding.SAME),
                        Conv2d.of(16, 16, 3).padding(Padding.SAME));
        Shape image = Shape.of(16, 256, 256);
        Summary small = Summary.of(three, image);
        Summary large = Summary.of(Conv2d.of(16, 16, 7).padding(Padding.SAME), image);
        assertEquals(6_960, small.parameters());
        assertEquals(12_560, large.parameters());
        assertEquals(452_984_832, small.multiplyAdds());
        assertEquals(822_083_584, large.multiplyAdds());
        assertEquals(last(small).receptiveField(), last(large).receptiveField());
        assertEquals(new ReceptiveField.Axis(7, 1, 0, 256), axis(small, 0));
    }

    @Test
    void wholeModels() {
        Summary lenet = Summary.of(LeNet5.of(), Shape.of(1, 28, 28));
        assertEquals(61_706, lenet.parameters());
        assertEquals(416_520, lenet.multiplyAdds());
        assertEquals(Shape.of(10), last(lenet).output());
        // both convolutions and both poolings: 5 + 1 + 4 * 2 + 2, and the dense layers see all
        ReceptiveField pooled = Objects.requireNonNull(lenet.rows().get(5).receptiveField());
        assertEquals(16, pooled.axes().get(0).size());
        assertEquals(4, pooled.axes().get(0).stride());
        assertEquals(32, axis(lenet, 0).size());
        Summary resnet = Summary.of(CifarResNet.of(20), Shape.of(3, 32, 32));
        assertEquals(272_474, resnet.parameters());
        assertEquals(CifarResNet.of(20).parameterCount(), resnet.parameters());
        Summary deep = Summary.of(ResNet.of(18), Shape.of(3, 224, 224));
        assertEquals(1.82, deep.multiplyAdds() / 1e9, 0.02);
        ReceptiveField before =
                Objects.requireNonNull(deep.rows().get(deep.rows().size() - 3).receptiveField());
        assertEquals(435, before.axes().get(0).size(), "as published for ResNet-18");
        assertEquals(32, before.axes().get(0).stride());
    }

    /** What the gradient of one output reaches: the field, clipped to the image. */
    @Test
    void fieldsAreWhatGradientsReach() {
        List<Layer> models =
                List.of(
                        Conv2d.of(1, 1, 5).stride(2).padding(Padding.of(1)),
                        Sequential.of(
                                Conv2d.of(1, 1, 3).dilation(2).padding(Padding.SAME),
                                AvgPool2d.of(2), // of a maximum only the winner is reached
                                Conv2d.of(1, 2, 3)),
                        Sequential.of(AvgPool2d.of(3).stride(2), Conv2d.of(1, 1, 2, 1, ones())),
                        Sequential.of(
                                Conv2d.of(1, 2, 2),
                                Parallel.of(
                                        Conv2d.of(2, 1, 1),
                                        Conv2d.of(2, 1, 5).padding(Padding.SAME)),
                                Subsample.of(2)),
                        Sequential.of(
                                ZeroPad2d.of(1, 1, 2, 0),
                                Residual.of(Conv2d.of(1, 1, 3).padding(Padding.SAME)),
                                Cropping2d.of(2, 0, 1, 1)),
                        Sequential.of(Conv2d.of(1, 1, 3).stride(2), Upsample.nearest(2)));
        Shape image = Shape.of(1, 17, 15);
        for (Layer model : models) {
            for (Parameter parameter : model.parameters()) {
                InPlace.fill(parameter.value(), 1);
            }
            Summary summary = Summary.of(model, image);
            ReceptiveField field = last(summary).receptiveField();
            assertNotNull(field, model::toString);
            long[] y = last(summary).output().toArray();
            for (int row = 0; row < y[1]; row++) {
                for (int column = 0; column < y[2]; column++) {
                    int[] reached = reached(model, image, y, row, column);
                    String what = model + " at " + row + ", " + column;
                    check(what, field.axes().get(0), row, 17, reached[0], reached[1]);
                    check(what, field.axes().get(1), column, 15, reached[2], reached[3]);
                }
            }
        }
    }

    private static Initializer ones() {
        return Initializer.constant(1);
    }

    private static void check(
            String what, ReceptiveField.Axis axis, int at, int size, int low, int high) {
        double centre = axis.centre() + at * axis.stride();
        double first = Math.max(0, centre - (axis.size() - 1) / 2);
        double last = Math.min(size - 1.0, centre + (axis.size() - 1) / 2);
        // the nearest pixel's centre is up to half a stride off, as it copies
        double slack = what.contains("Upsample") ? axis.stride() / 2 : 0;
        assertEquals(first, low, slack, what + ": first");
        assertEquals(last, high, slack, what + ": last");
    }

    /** First and last row and column where the input changes an output. */
    private static int[] reached(Layer model, Shape image, long[] y, int row, int column) {
        float[] seed = new float[(int) (y[0] * y[1] * y[2])];
        for (int c = 0; c < y[0]; c++) {
            seed[(int) ((c * y[1] + row) * y[2] + column)] = 1;
        }
        int[] reached = {99, -1, 99, -1};
        try (Tape tape = Tape.open()) {
            Tensor x = Tensor.uniform(image.prepend(1), 1, 2, new SplittableRandom(row + column));
            Tensor out = model.forward(x);
            Tensor direction = Tensor.of(seed, 1, y[0], y[1], y[2]);
            float[] g = tape.vjp(out, direction, x).of(x).toFloatArray();
            for (int i = 0; i < g.length; i++) {
                if (g[i] != 0) {
                    reached[0] = Math.min(reached[0], i / 15);
                    reached[1] = Math.max(reached[1], i / 15);
                    reached[2] = Math.min(reached[2], i % 15);
                    reached[3] = Math.max(reached[3], i % 15);
                }
            }
        }
        return reached;
    }

    @Test
    void unknownLayersAreOpaque() {
        Layer own =
                new Layer() {
                    @Override
                    public Tensor forward(Tensor x) {
                        return x.slice(2, 0, 1);
                    }

                    @Override
                    public String toString() {
                        return "own";
                    }
                };
        Summary summary = Summary.of(Sequential.of(Conv2d.of(1, 2, 3), own), Shape.of(1, 5, 5));
        assertNull(last(summary).receptiveField());
        assertEquals(Shape.of(2, 1, 3), last(summary).output());
        assertTrue(summary.toString().contains("own"));
    }

    @Test
    void recurrentLayers() {
        Summary summary = Summary.of(Lstm.of(3, 4).last(), Shape.of(7, 3));
        assertEquals(4 * (3 + 4) * 4 * 7, summary.multiplyAdds());
        assertEquals(Shape.of(4), last(summary).output());
    }

    @Test
    void theTableHasALineForEachLayerAndTheTotal() {
        long live = Memory.report().liveBytes();
        String text = Summary.of(LeNet5.of(), Shape.of(1, 28, 28)).toString();
        System.out.println(text);
        assertEquals(12 + 2, text.lines().count());
        assertTrue(text.contains("61,706"), text);
        assertTrue(text.contains("416,520"), text);
        assertTrue(text.contains("16x16"), text);
        String blocks = Summary.of(CifarResNet.of(20), Shape.of(3, 32, 32)).toString();
        assertTrue(blocks.contains("3.body.0"), blocks);
        assertTrue(Memory.report().liveBytes() <= live + (2 << 20));
    }

    @Test
    void jsonHoldsTheSame() throws IOException {
        Summary summary =
                Summary.of(
                        Sequential.of(
                                Conv2d.of(1, 1, 5), Activation.of("one", x -> x.sum(false, 1))),
                        Shape.of(1, 32, 32));
        assertEquals(2, summary.rows().size());
        String json = summary.toJson();
        int numbers = 0;
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                numbers += token.isNumeric() ? 1 : 0;
            }
        }
        assertEquals(3 + 3 + (3 + 3 + 3 + 2 * 3) + (3 + 2 + 3), numbers, json);
        assertTrue(json.startsWith("{\"input\":[1,32,32],\"parameters\":26,"), json);
        assertTrue(json.contains("\"receptiveField\":[{\"size\":5.0,\"stride\":1.0"), json);
        assertTrue(json.endsWith("\"receptiveField\":null}]}"), json);
    }
}
