/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** From measurements to {@code docs/performance.md} and its pictures. */
@NullMarked
package io.gatun.benchmarks.report;

import org.jspecify.annotations.NullMarked;
