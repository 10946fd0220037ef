/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Experiments that show what the courses on deep learning claim: each is a small program that
 * trains something, ends in a table and a picture, and says what was seen. Everything here uses
 * only what any other user of the library can use.
 */
@NullMarked
package io.gatun.examples.course;

import org.jspecify.annotations.NullMarked;
