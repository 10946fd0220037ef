/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.data;

import java.util.SplittableRandom;

/** Independent random numbers for each of many things under one seed. */
final class Seeds {
    private Seeds() {}

    /**
     * The random numbers of one thing.
     *
     * @param seed common to all things
     * @param number which thing
     */
    static SplittableRandom of(long seed, long number) {
        // SplittableRandom walks its state in equal steps, so that seeds which differ by such steps
        // give the same numbers, shifted. What it gives out is mixed: only that makes a good seed.
        long start = new SplittableRandom(seed).nextLong();
        return new SplittableRandom(new SplittableRandom(start + number).nextLong());
    }
}
