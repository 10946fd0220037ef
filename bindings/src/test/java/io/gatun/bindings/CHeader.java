/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What {@code gatun.h} declares, read by a parser of our own that knows the few forms the header
 * uses. It exists because jextract passes over a misspelt or forgotten name in silence.
 *
 * @param constants macros with a number, and enumerators
 * @param functions the types of the parameters, after that of the result
 * @param structs names of the fields
 */
record CHeader(
        Map<String, Integer> constants,
        Map<String, List<Class<?>>> functions,
        Map<String, List<String>> structs) {
    static final Path FILE = Path.of("..", "native", "include", "gatun.h");

    private static final Pattern MACRO = Pattern.compile("#define (GATUN_\\w+) (-?\\d+)");
    private static final Pattern ENUM = Pattern.compile("enum \\w+ \\{(.*?)}", Pattern.DOTALL);
    private static final Pattern ENUMERATOR = Pattern.compile("(\\w+) = (-?\\d+)");
    private static final Pattern STRUCT =
            Pattern.compile("typedef struct (\\w+) \\{(.*?)}", Pattern.DOTALL);
    private static final Pattern FUNCTION =
            Pattern.compile("GATUN_API ([^(;]*?)\\b(\\w+)\\(([^)]*)\\);");

    static CHeader read() throws IOException {
        String code =
                Files.readString(FILE)
                        .replaceAll("(?s)/\\*.*?\\*/", "")
                        .replaceAll("(?m)^#define GATUN_API .*$", "");
        Map<String, Integer> constants = new LinkedHashMap<>();
        matches(MACRO, code).forEach(m -> constants.put(m.group(1), Integer.valueOf(m.group(2))));
        for (MatchResult body : matches(ENUM, code)) {
            matches(ENUMERATOR, body.group(1))
                    .forEach(m -> constants.put(m.group(1), Integer.valueOf(m.group(2))));
        }
        Map<String, List<Class<?>>> functions = new LinkedHashMap<>();
        for (MatchResult m : matches(FUNCTION, code)) {
            List<Class<?>> types = new ArrayList<>(List.of(type(m.group(1))));
            for (String parameter : m.group(3).split(",")) {
                if (!parameter.strip().equals("void")) {
                    types.add(type(parameter));
                }
            }
            functions.put(m.group(2), types);
        }
        Map<String, List<String>> structs = new LinkedHashMap<>();
        for (MatchResult m : matches(STRUCT, code)) {
            structs.put(m.group(1), fields(m.group(2)));
        }
        if (functions.size() != code.split("GATUN_API", -1).length - 1) {
            throw new AssertionError("a function of gatun.h has a form that this parser misses");
        }
        return new CHeader(constants, functions, structs);
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    private static Class<?> type(String declaration) {
        String text = declaration.strip();
        if (text.contains("*") || text.startsWith("gatun_sgemm_fn")) {
            return MemorySegment.class;
        }
        return switch (text.split(" ")[0]) {
            case "int32_t" -> int.class;
            case "int64_t" -> long.class;
            case "float" -> float.class;
            default -> throw new AssertionError("unknown type in gatun.h: " + text);
        };
    }

    /** {@code int32_t a, b; int64_t c[8]; const float *d;} gives a, b, c and d. */
    private static List<String> fields(String body) {
        List<String> names = new ArrayList<>();
        for (String line : body.split(";")) {
            if (!line.isBlank()) {
                for (String name : line.strip().split(" ", 2)[1].split(",")) {
                    names.add(name.replaceAll("\\[.*]|.*\\*", "").strip());
                }
            }
        }
        return names;
    }
}
