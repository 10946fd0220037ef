/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Shows that the op test has teeth: puts a wrong factor into one gradient rule at a time, and
 * expects the test to fail each time. Rules are the lambdas {@code g -> ...} (reverse mode) and
 * {@code v -> ...} (forward mode) in the sources of this module; some are drawn from a fixed seed.
 *
 * <p>A program of its own, run by {@code .ci/mutate}: each rule takes seconds.
 */
final class MutationCheck {
    private static final long SEED = 20261121;
    private static final Pattern RULE = Pattern.compile("(?<![\\w.])(?:g|\\(y, g\\)|v) ->\\s*");

    private MutationCheck() {}

    /** A rule: where its expression begins and ends in a file. */
    private record Rule(Path file, String source, int begin, int end) {
        int line() {
            return (int) source.substring(0, begin).lines().count();
        }

        /** The file with the rule's result times a factor. */
        String wrong() {
            return source.substring(0, begin)
                    + "("
                    + source.substring(begin, end)
                    + ").mul(1.01f)"
                    + source.substring(end);
        }

        @Override
        public String toString() {
            String text = source.substring(begin, end).replaceAll("\\s+", " ");
            return file.getFileName()
                    + ":"
                    + line()
                    + "  "
                    + (text.length() > 70 ? text.substring(0, 70) + "..." : text);
        }
    }

    /**
     * Changes rules and runs the op test, or with {@code run} as its first argument is the child
     * that runs it.
     *
     * @param args the folder of the sources, a folder to work in, and how many rules
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args[0].equals("run")) {
            run();
            return;
        }
        List<Rule> rules = rules(Path.of(args[0]));
        Path work = Files.createDirectories(Path.of(args[1]));
        int wanted = Math.min(Integer.parseInt(args[2]), rules.size());
        System.out.printf(
                "%d rules, of which %d get a wrong factor, seed %d%n", rules.size(), wanted, SEED);
        Collections.shuffle(rules, new Random(SEED));
        int survived = 0;
        for (int i = 0; i < wanted; i++) {
            String found = check(rules.get(i), work.resolve("rule" + i));
            survived += found.isEmpty() ? 1 : 0;
            System.out.printf(
                    "%s  %s%n      %s%n",
                    found.isEmpty() ? "SURVIVED" : "found   ", rules.get(i), found);
        }
        System.out.printf("%d of %d wrong rules were found%n", wanted - survived, wanted);
        System.exit(survived == 0 ? 0 : 1);
    }

    /* ---------------------------------------------------------------- the rules */

    private static List<Rule> rules(Path sources) throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(sources)) {
            files = list.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        }
        List<Rule> rules = new ArrayList<>();
        for (Path file : files) {
            String source = Files.readString(file);
            Matcher matcher = RULE.matcher(source);
            while (matcher.find()) {
                int end = end(source, matcher.end());
                if (source.charAt(matcher.end()) != '{' // a block is not an expression
                        && !isComment(source, matcher.start())
                        && source.substring(0, matcher.start()).contains("package io.gatun;")) {
                    rules.add(new Rule(file, source, matcher.end(), end));
                }
            }
        }
        return rules;
    }

    private static boolean isComment(String source, int at) {
        String line = source.substring(source.lastIndexOf('\n', at) + 1, at).strip();
        return line.startsWith("*") || line.startsWith("//");
    }

    /** The end of an expression: a comma or a closing bracket that does not belong to it. */
    private static int end(String source, int begin) {
        int depth = 0;
        for (int i = begin; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '(' || c == '[' || c == '{') {
                depth++;
            } else if ((c == ')' || c == ']' || c == '}') && depth-- == 0) {
                return i;
            } else if ((c == ',' || c == ';') && depth == 0) {
                return i;
            }
        }
        return source.length();
    }

    /* ---------------------------------------------------------------- one rule */

    /** What the test said, or nothing if it passed. */
    private static String check(Rule rule, Path folder) throws IOException, InterruptedException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Path file =
                Files.createDirectories(folder.resolve("io/gatun"))
                        .resolve(rule.file.getFileName());
        Files.writeString(file, rule.wrong());
        String path = System.getProperty("java.class.path");
        compile(file, classes, path);
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classes + System.getProperty("path.separator") + path,
                                MutationCheck.class.getName(),
                                "run")
                        .redirectErrorStream(true)
                        .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (child.waitFor() == 0) {
            return "";
        }
        List<String> lines = output.lines().filter(line -> line.startsWith("FOUND ")).toList();
        if (lines.isEmpty()) {
            throw new IllegalStateException("the test ended in an unexpected way:\n" + output);
        }
        return lines.getFirst().substring("FOUND ".length());
    }

    private static void compile(Path file, Path classes, String path) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean done =
                    compiler.getTask(
                                    messages,
                                    files,
                                    null,
                                    List.of(
                                            "-proc:none",
                                            "-nowarn",
                                            "-cp",
                                            path,
                                            "-d",
                                            classes.toString()),
                                    null,
                                    files.getJavaFileObjects(file))
                            .call();
            if (!done) {
                throw new IllegalStateException(file + " does not compile:\n" + messages);
            }
        }
    }

    /* ---------------------------------------------------------------- the child */

    /** Ends with 1 at the first case that fails. */
    private static void run() {
        long seed = SEED;
        for (OpTable.Line line : OpTable.lines()) {
            for (OpCase op : line.cases()) {
                try {
                    OpChecker.check(op, seed++);
                } catch (AssertionError e) {
                    System.out.println(
                            "FOUND "
                                    + String.valueOf(e.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse(""));
                    System.exit(1);
                }
            }
        }
    }
}
