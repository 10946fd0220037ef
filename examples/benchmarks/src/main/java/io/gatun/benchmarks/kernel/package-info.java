/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Each kernel by itself: its speed beside the machine's peak, and beside the same in Java. */
@NullMarked
package io.gatun.benchmarks.kernel;

import org.jspecify.annotations.NullMarked;
