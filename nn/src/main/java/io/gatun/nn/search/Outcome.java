/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

import org.jspecify.annotations.Nullable;

/**
 * What a trial gave.
 *
 * @param setting the hyper-parameters
 * @param budget how long it trained
 * @param score how good it was; NaN if it failed
 * @param seconds how long it took
 * @param failure why it failed; null if it did not
 */
public record Outcome(
        Setting setting, int budget, double score, double seconds, @Nullable String failure) {}
