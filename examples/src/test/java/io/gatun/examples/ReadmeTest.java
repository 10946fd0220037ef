/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.Safetensors;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README.md shows is true: its code compiles and runs, its links lead somewhere. */
class ReadmeTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @TempDir Path folder;

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher matcher = Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(readme());
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    /** All blocks, one after the other, as one program. */
    private static String program() throws IOException {
        List<String> imports = new ArrayList<>();
        List<String> body = new ArrayList<>();
        for (String block : blocks("java")) {
            block.lines().forEach(line -> (line.startsWith("import ") ? imports : body).add(line));
        }
        assertTrue(body.size() > 20, "README.md has lost its code");
        return String.join("\n", imports)
                + """

                public class ReadmeCode {
                    public static void main(String[] args) throws Exception {
                        Path dir = Path.of(args[0]);
                        float[] image = new float[784];
                """
                + String.join("\n", body)
                + "\n}}\n";
    }

    @Test
    void codeCompilesAndRuns() throws Exception {
        Path source = folder.resolve("ReadmeCode.java");
        Files.writeString(source, program());
        String classPath = System.getProperty("java.class.path");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled =
                    compiler.getTask(
                                    messages,
                                    files,
                                    null,
                                    List.of("-cp", classPath, "-d", folder.toString()),
                                    null,
                                    files.getJavaFileObjects(source))
                            .call();
            assertTrue(compiled, messages.toString());
        }

        Path data = TinyMnist.write(folder.resolve("data"), 640, 100);
        Path log = folder.resolve("log.txt");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                folder + java.io.File.pathSeparator + classPath,
                                "ReadmeCode",
                                data.toString())
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(5, TimeUnit.MINUTES), "it hangs");
        } finally {
            process.destroyForcibly();
        }
        assertEquals(0, process.exitValue(), Files.readString(log));
        assertEquals(10, Safetensors.read(folder.resolve("lenet.safetensors")).tensors().size());
        assertTrue(Files.exists(data.resolve("best.safetensors")));
    }

    @Test
    void namesTheVersionThatThisIs() throws IOException {
        String xml = blocks("xml").getFirst();
        assertTrue(xml.contains("<version>" + Main.Version.number() + "</version>"), xml);
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        Matcher matcher = Pattern.compile("]\\(([^)#:]+)\\)").matcher(readme());
        int count = 0;
        while (matcher.find()) {
            assertTrue(Files.exists(ROOT.resolve(matcher.group(1))), matcher.group(1));
            count++;
        }
        assertTrue(count >= 5, "README.md has lost its links");
    }
}
