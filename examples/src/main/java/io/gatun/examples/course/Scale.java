/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

/** How much of an experiment is done. */
public enum Scale {
    /** Hardly anything, in a second or two: for tests that it runs. Claims need not show. */
    TINY,

    /** Enough for the claim to show, in a minute or two. */
    SHORT,

    /** What a paper would do, where that takes no more than hours. */
    FULL
}
