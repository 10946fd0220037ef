/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

/**
 * The steps of one uninterrupted round.
 *
 * @param times the time of each step
 * @param nanosPerStep what a step cost: the median of the times, or, where several callers took
 *     steps at once, the time of the round over their number
 */
public record Round(StepTimes times, double nanosPerStep) {}
