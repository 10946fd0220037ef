/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.bindings.cblas.Cblas;
import io.gatun.bindings.gatun.Gatun;
import io.gatun.bindings.lapacke.Lapacke;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generated bindings against the header, the C compiler and the loaded libraries. */
class GeneratedBindingsTest {
    private static CHeader header;

    @TempDir private Path temp;

    @BeforeAll
    static void readHeader() throws Exception {
        NativeLibraries.load();
        header = CHeader.read();
    }

    @Test
    void parserSeesTheHeader() {
        assertTrue(header.functions().size() >= 25, header.functions().toString());
        assertTrue(header.structs().size() >= 6, header.structs().toString());
        assertTrue(header.constants().size() >= 30, header.constants().toString());
    }

    @Test
    void everyConstantHasItsValue() throws Exception {
        for (Map.Entry<String, Integer> constant : header.constants().entrySet()) {
            Object value = Gatun.class.getMethod(constant.getKey()).invoke(null);
            assertEquals(constant.getValue(), value, constant.getKey());
        }
    }

    @Test
    void everyFunctionHasItsSignatureAndResolves() throws Exception {
        for (Map.Entry<String, List<Class<?>>> function : header.functions().entrySet()) {
            List<Class<?>> types = function.getValue();
            Class<?>[] parameters = types.subList(1, types.size()).toArray(Class<?>[]::new);
            Method method = Gatun.class.getMethod(function.getKey(), parameters);
            assertEquals(types.getFirst(), method.getReturnType(), function.getKey());
            assertResolves(Gatun.class, function.getKey());
        }
    }

    @Test
    void everyFunctionOfOpenBlasResolves() throws Exception {
        for (String name :
                List.of(
                        "cblas_sgemm",
                        "openblas_set_num_threads",
                        "openblas_get_num_threads",
                        "openblas_get_config",
                        "openblas_get_corename")) {
            assertResolves(Cblas.class, name);
        }
        assertResolves(Lapacke.class, "LAPACKE_dsyevd");
        assertEquals(101, Lapacke.LAPACK_ROW_MAJOR());
        assertEquals(101, Cblas.CblasRowMajor());
        assertEquals(111, Cblas.CblasNoTrans());
        assertEquals(112, Cblas.CblasTrans());
    }

    private static void assertResolves(Class<?> bindings, String name) throws Exception {
        Object address = bindings.getMethod(name + "$address").invoke(null);
        assertNotEquals(0, ((MemorySegment) address).address(), name);
    }

    @Test
    void argumentFileListsExactlyTheHeader() throws Exception {
        List<String> listed = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("src/main/jextract/gatun.args"))) {
            if (line.startsWith("--include-")) {
                listed.add(line.substring(line.indexOf(' ') + 1));
            }
        }
        TreeSet<String> declared = new TreeSet<>(header.constants().keySet());
        declared.addAll(header.functions().keySet());
        declared.addAll(header.structs().keySet());
        assertEquals(declared, new TreeSet<>(listed));
        assertEquals(declared.size(), listed.size(), "a name is listed twice");
    }

    /** Lets the C compiler print each size and offset, and compares them with the layouts. */
    @Test
    void structsAreLaidOutAsInC() throws Exception {
        StringBuilder source = new StringBuilder("#include <gatun.h>\n#include <stddef.h>\n");
        source.append("#include <stdio.h>\nint main(void) {\n");
        List<String> expected = new ArrayList<>();
        for (Map.Entry<String, List<String>> struct : header.structs().entrySet()) {
            String name = struct.getKey();
            MemoryLayout layout = layoutOf(name);
            print(source, name, "sizeof(" + name + ")");
            expected.add(name + " " + layout.byteSize());
            for (String field : struct.getValue()) {
                print(source, name + "." + field, "offsetof(" + name + ", " + field + ")");
                long offset = layout.byteOffset(PathElement.groupElement(field));
                expected.add(name + "." + field + " " + offset);
            }
        }
        source.append("return 0; }\n");
        assertFalse(expected.isEmpty());
        assertEquals(expected, compileAndRun(source.toString()));
    }

    private static MemoryLayout layoutOf(String struct) throws Exception {
        Class<?> bindings = Class.forName("io.gatun.bindings.gatun." + struct);
        return (MemoryLayout) bindings.getMethod("layout").invoke(null);
    }

    private static void print(StringBuilder source, String label, String expression) {
        source.append("printf(\"%s %%zu\\n\", (size_t) %s);\n".formatted(label, expression));
    }

    private List<String> compileAndRun(String source) throws Exception {
        Path file = Files.writeString(temp.resolve("layout.c"), source);
        Path program = temp.resolve("layout");
        String compiler = System.getenv().getOrDefault("CC", "cc");
        String include = CHeader.FILE.getParent().toString();
        run(compiler, "-I", include, file.toString(), "-o", program.toString());
        return run(program.toString()).lines().toList();
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
