/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ComputationGraphTest {
    private static ComputationGraph worked() {
        Map<String, Tensor> x = new LinkedHashMap<>();
        x.put("x1", Tensor.scalar(1));
        x.put("x2", Tensor.scalar(2));
        x.put("x3", Tensor.scalar((float) (Math.PI / 2)));
        try (Tape tape = Tape.open()) {
            Tensor product = x.get("x1").mul(x.get("x2"));
            Tensor sum = product.mul(Elementwise.sin(x.get("x3"))).add(product.exp());
            return ComputationGraph.of(tape, sum.div(x.get("x3")), x);
        }
    }

    @Test
    void textShowsValuesAndAdjoints() {
        assertEquals(
                """
                name  operation    value  adjoint
                x1                 1.000  10.68
                x2                 2.000  5.341
                x3                 1.571  -3.805
                v4    mul(x1, x2)  2.000  5.341
                v5    sin(x3)      1.000  1.273
                v6    mul(v4, v5)  2.000  0.6366
                v7    exp(v4)      7.389  0.6366
                v8    add(v6, v7)  9.389  0.6366
                v9    div(v8, x3)  5.977  1.000
                """,
                worked().text().replace("\r", ""));
    }

    @Test
    void dotNamesEveryEdge() {
        String dot = worked().dot();
        assertTrue(dot.startsWith("digraph"), dot);
        assertEquals(10, dot.split(" -> ", -1).length - 1, dot);
        assertTrue(dot.contains("n1 [label=\"x1\\nvalue 1.000\\nadjoint 10.68\""), dot);
        assertTrue(dot.contains("n8 -> n9"), dot);
    }

    @Test
    void svgIsWellFormed() throws Exception {
        String svg = worked().svg();
        Document document =
                DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(svg)));
        assertEquals(1 + 9, document.getElementsByTagName("rect").getLength());
        assertTrue(svg.contains(">5.977<") && svg.contains(">10.68<"), svg);
        Path target = Path.of("target");
        if (Files.isDirectory(target)) { // to look at
            Files.writeString(target.resolve("worked-example.svg"), svg);
        }
    }

    @Test
    void constantsAndLargeTensors() {
        Tensor x = Tensor.ones(Shape.of(3, 4));
        try (Tape tape = Tape.open()) {
            Tensor loss = x.mul(Tensor.of(new float[] {1, 2, 3, 4})).sum();
            x.square(); // not on the way
            String text = ComputationGraph.of(tape, loss, Map.of("a<b&\"c\"", x)).text();
            assertTrue(text.contains("mul(a<b&\"c\", c1)"), text);
            assertTrue(text.contains("[1.000, 2.000, 3.000, 4.000]"), text);
            assertTrue(text.contains("[3, 4]") && !text.contains("square"), text);
            String svg = ComputationGraph.of(tape, loss, Map.of("a<b", x)).svg();
            assertTrue(svg.contains("a&lt;b"), svg);
        }
    }

    @Test
    void lossOfNoTapeIsRefused() {
        try (Tape tape = Tape.open()) {
            Tensor x = Tensor.scalar(1);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ComputationGraph.of(tape, x, Map.of("x", x)));
        }
    }
}
