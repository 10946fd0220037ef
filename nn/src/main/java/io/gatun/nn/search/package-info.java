/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Choosing hyper-parameters: typed spaces, grid, random and Hyperband search, cross-validation, and
 * the one evaluation on the test part at the end.
 */
package io.gatun.nn.search;
