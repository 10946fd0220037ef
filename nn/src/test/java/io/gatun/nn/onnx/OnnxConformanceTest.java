/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.Scope;
import io.gatun.nn.onnx.OnnxCase.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The ONNX project's own cases of single operators, through the operations of this library: a
 * second opinion on every definition. The folder with the cases is given by the environment
 * variable GATUN_CONFORMANCE, or lies beside that of GATUN_DATA.
 */
class OnnxConformanceTest {

    @Test
    void everyCaseWhoseOperatorExists() throws IOException {
        Path folder = cases();
        assumeTrue(
                Files.isDirectory(folder),
                "ONNX's cases are not at hand: give their folder as the environment variable GATUN_CONFORMANCE");
        List<String> wrong = new ArrayList<>();
        Map<String, List<String>> missing = new TreeMap<>();
        Map<String, List<String>> leftOut = new TreeMap<>();
        List<String> passed = new ArrayList<>();
        List<Path> all;
        try (Stream<Path> list = Files.list(folder)) {
            all = list.sorted().toList();
        }
        for (Path path : all) {
            String name = path.getFileName().toString();
            try (Scope _ = Scope.open()) {
                OnnxCase c = OnnxCase.read(path);
                Function<OnnxCase, List<Value>> op = OnnxOperators.of(c.operator());
                if (op == null) {
                    missing.computeIfAbsent(c.operator(), k -> new ArrayList<>()).add(name);
                    continue;
                }
                c.difference(op.apply(c))
                        .ifPresentOrElse(
                                text -> wrong.add(name + ": " + text), () -> passed.add(name));
            } catch (UnsupportedOperationException e) {
                leftOut.computeIfAbsent(e.getMessage(), k -> new ArrayList<>()).add(name);
            } catch (RuntimeException e) {
                wrong.add(name + ": " + e);
            }
        }
        System.out.printf("OnnxConformanceTest: %d of %d cases pass%n", passed.size(), all.size());
        leftOut.forEach((why, names) -> System.out.println("  left out, " + why + ": " + names));
        System.out.println("  operators that are not here: " + missing);
        assertEquals(List.of(), wrong);
        assertTrue(!passed.isEmpty(), "no case was found in " + folder);
    }

    private static Path cases() {
        String own = System.getenv("GATUN_CONFORMANCE");
        String data = System.getenv("GATUN_DATA");
        if (own != null) {
            return Path.of(own).resolve("onnx/node");
        }
        return data == null
                ? Path.of("none")
                : Path.of(data).resolveSibling("conformance/onnx/node");
    }
}
