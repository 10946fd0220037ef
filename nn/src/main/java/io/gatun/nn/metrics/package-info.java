/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Numbers that say how good a model is, computed exactly over all samples of an epoch: not as means
 * of batch means.
 */
@NullMarked
package io.gatun.nn.metrics;

import org.jspecify.annotations.NullMarked;
