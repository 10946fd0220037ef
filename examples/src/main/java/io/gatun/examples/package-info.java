/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Runnable programs and the command line: train a model on handwritten digits, predict, measure.
 * Everything here uses only what any other user of the library can use.
 */
@NullMarked
package io.gatun.examples;

import org.jspecify.annotations.NullMarked;
