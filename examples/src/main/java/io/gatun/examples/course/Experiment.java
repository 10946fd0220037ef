/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

/** One claim of the courses, and a run that tests it. */
public interface Experiment {
    /**
     * What it is called on the command line.
     *
     * @return small letters, digits and hyphens; also the name of its files
     */
    String name();

    /**
     * What is claimed.
     *
     * @return one or two sentences that numbers can contradict
     */
    String claim();

    /**
     * Does it.
     *
     * @param course how long it may take, its seed and its data
     * @return what came out
     * @throws Exception if data are missing or cannot be read
     */
    Outcome run(Course course) throws Exception;
}
