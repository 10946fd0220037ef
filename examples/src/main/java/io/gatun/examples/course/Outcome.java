/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.report.Picture;
import java.util.Locale;

/**
 * What came out of an experiment.
 *
 * @param table its numbers
 * @param picture what shows them best
 * @param confirmed whether the numbers agree with the claim
 * @param seen what was seen, in a sentence made of the numbers
 */
public record Outcome(Table table, Picture picture, boolean confirmed, String seen) {
    /**
     * An outcome.
     *
     * @param table its numbers
     * @param picture what shows them best
     * @param confirmed whether the numbers agree with the claim
     * @param format of {@link String#format}, in the root locale, for what was seen
     * @param values for it
     * @return the outcome
     */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    public static Outcome of(
            Table table, Picture picture, boolean confirmed, String format, Object... values) {
        return new Outcome(table, picture, confirmed, String.format(Locale.ROOT, format, values));
    }
}
