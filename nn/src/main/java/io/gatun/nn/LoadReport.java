/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link Safetensors#loadMatching} found in a file. Names are the model's, but for those of
 * {@link #unexpected}.
 *
 * @param loaded parameters and state that were set
 * @param missing those that the file does not have: they keep their values
 * @param mismatched those that the file has in another shape or type: they keep their values
 * @param unexpected tensors of the file that the model does not have
 */
public record LoadReport(
        List<String> loaded,
        List<String> missing,
        List<Mismatch> mismatched,
        List<String> unexpected) {
    /** Copies the lists. */
    public LoadReport {
        loaded = List.copyOf(loaded);
        missing = List.copyOf(missing);
        mismatched = List.copyOf(mismatched);
        unexpected = List.copyOf(unexpected);
    }

    /**
     * A tensor that does not fit.
     *
     * @param name its name in the model
     * @param expected the model's shape
     * @param found the file's shape
     * @param type the file's element type, such as F32 or I64
     */
    public record Mismatch(String name, Shape expected, Shape found, String type) {
        @Override
        public String toString() {
            return name + ": " + expected + " in the model, " + type + " " + found + " in the file";
        }
    }

    /**
     * Whether everything in the model was loaded, and everything in the file used.
     *
     * @return true if nothing is missing, mismatched or unexpected
     */
    public boolean isComplete() {
        return missing.isEmpty() && mismatched.isEmpty() && unexpected.isEmpty();
    }

    /** A line for each kind of name; of many names the first few. */
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        lines.add("loaded " + loaded.size());
        add(lines, "missing", missing);
        add(lines, "mismatched", mismatched);
        add(lines, "unexpected", unexpected);
        return String.join("\n", lines);
    }

    private static void add(List<String> lines, String kind, List<?> names) {
        if (!names.isEmpty()) {
            List<?> first = names.subList(0, Math.min(names.size(), 8));
            lines.add(
                    kind
                            + " "
                            + names.size()
                            + ": "
                            + first
                            + (names.size() > first.size() ? " ..." : ""));
        }
    }
}
