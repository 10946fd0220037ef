/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.FormatException;
import io.gatun.nn.data.CsvData.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvDataTest {
    @TempDir Path dir;

    private static final Column[] COLUMNS = {
        Column.numeric("size"), Column.categorical("colour"), Column.label("kind")
    };

    private Path file(String content) throws IOException {
        return Files.writeString(dir.resolve("table.csv"), content);
    }

    private static Batch all(CsvData data) {
        return data.dataset().batches(100).epoch(0).iterator().next();
    }

    @Test
    void numbersCategoriesAndClasses() throws IOException {
        CsvData data =
                CsvData.read(
                        file(
                                "\ufeffid,colour,size,kind\r\n"
                                        + "1,red, 1.5 ,\"b, or \"\"not\"\"\"\r\n"
                                        + "2,blue,-2e3,a\r\n"
                                        + "3,red,0,a\r\n"),
                        COLUMNS);
        assertEquals(List.of("size", "colour=blue", "colour=red"), data.inputNames());
        assertEquals(List.of("a", "b, or \"not\""), data.classNames());
        assertArrayEquals(
                new float[] {1.5f, 0, 1, -2000, 1, 0, 0, 0, 1}, all(data).inputs().toFloatArray());
        assertArrayEquals(new int[] {1, 0, 0}, all(data).labels().toIntArray());

        CsvData alike = data.readAlike(file("kind,size,colour\na,7,blue"));
        assertArrayEquals(new float[] {7, 1, 0}, all(alike).inputs().toFloatArray());
        assertEquals(2, alike.dataset().classes());
        refused(() -> data.readAlike(file("kind,size,colour\na,7,green")), "line 2", "\"green\"");
        refused(() -> data.readAlike(file("kind,size,colour\nc,7,red")), "column \"kind\"");
    }

    @Test
    void numbersToPredict() throws IOException {
        CsvData data =
                CsvData.read(
                        file("a;b;c\n1;2;3\n4;5;6\n"),
                        ';',
                        Column.target("c"),
                        Column.numeric("b"),
                        Column.target("a"));
        assertEquals(0, data.dataset().classes());
        assertEquals(List.of(), data.classNames());
        assertArrayEquals(new float[] {2, 5}, all(data).inputs().toFloatArray());
        assertArrayEquals(new float[] {3, 1, 6, 4}, all(data).labels().toFloatArray());
    }

    @Test
    void errorsNameLineAndColumn() throws IOException {
        String head = "size,colour,kind\n";
        refused(head + "1,r,a\nx,r,a\n", "line 3, column \"size\"", "\"x\"");
        refused(head + "\"1\n\",r,a\n,r,a\n", "line 4, column \"size\"", "nothing");
        refused(head + "NaN,r,a\n", "finite");
        refused(head + "1e99,r,a\n", "finite");
        refused(head + "1,r\n", "line 2: expected 3 fields", "found 2");
        refused(head + "1,r,a,b\n", "found 4");
        refused(head, "no line below");
        refused("", "empty");
        refused("size,kind\n1,a", "no column \"colour\"", "[size, kind]");
        refused("size,colour,kind,size\n1,a,b,2", "two columns");
        Path file = dir.resolve("latin.csv");
        Files.write(file, new byte[] {'s', 'i', 'z', 'e', '\n', (byte) 0xe9, '\n'});
        refused(() -> CsvData.read(file, COLUMNS));
        assertThrows(NoSuchFileException.class, () -> CsvData.read(dir.resolve("none"), COLUMNS));
        for (Column[] bad :
                new Column[][] {
                    {Column.numeric("a")},
                    {Column.label("a")},
                    {Column.numeric("a"), Column.label("b"), Column.label("c")},
                    {Column.numeric("a"), Column.label("b"), Column.target("c")}
                }) {
            assertThrows(
                    IllegalArgumentException.class, () -> CsvData.read(file("a,b,c\n1,2,3"), bad));
        }
    }

    private void refused(String content, String... parts) {
        refused(() -> CsvData.read(file(content), COLUMNS), parts);
    }

    private static void refused(org.junit.jupiter.api.function.Executable call, String... parts) {
        FormatException e = assertThrows(FormatException.class, call);
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
