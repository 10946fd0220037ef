/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

/**
 * How many threads an operation may use. All native work runs on one pool. The default is the
 * number of processors; the property {@code gatun.threads} or {@link #setCount} change it for the
 * process, {@link Scope#open(int)} for a region of code.
 *
 * <p>Results depend on the number of threads (sums are divided into as many parts), never on
 * timing: the same number gives the same bits.
 */
public final class Threads {
    /** The most threads that one operation can use. */
    public static final int MAX = 256;

    /** 0 until it is asked for: a bad property is then an exception of its own. */
    private static volatile int count;

    private Threads() {}

    /**
     * The number of threads where no scope says otherwise.
     *
     * @return 1 to {@link #MAX}
     */
    public static int count() {
        int known = count;
        if (known == 0) {
            known = initial();
            count = known;
        }
        return known;
    }

    /**
     * Sets the number of threads of scopes opened from now on.
     *
     * @param threads 1 to {@link #MAX}
     * @throws IllegalArgumentException if out of range
     */
    public static void setCount(int threads) {
        count = check(threads);
    }

    static int check(int threads) {
        if (threads < 1 || threads > MAX) {
            throw new IllegalArgumentException("threads = " + threads + ": give 1 to " + MAX);
        }
        return threads;
    }

    private static int initial() {
        String text = System.getProperty("gatun.threads");
        if (text == null) {
            return Math.min(MAX, Runtime.getRuntime().availableProcessors());
        }
        try {
            return check(Integer.parseInt(text.trim()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "property gatun.threads is \"" + text + "\": give a number from 1 to " + MAX,
                    e);
        }
    }
}
