/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.util.List;
import java.util.stream.IntStream;

/** Names of classes. */
final class Names {
    private Names() {}

    /** The names themselves, or numbers where there are none. */
    static List<String> of(List<String> names, int classes) {
        if (names.isEmpty()) {
            return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        }
        if (names.size() != classes) {
            throw new IllegalArgumentException(
                    "there are "
                            + names.size()
                            + " names for "
                            + classes
                            + " classes: give one for each, or an empty list");
        }
        return names;
    }
}
