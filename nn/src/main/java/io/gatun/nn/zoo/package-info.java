/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The famous models, each a short composition of layers with freshly drawn parameters; call {@link
 * io.gatun.nn.Layer#initialize} for a seed of one's own. Javadoc gives what the paper or the
 * reference implementation publishes: parameters, multiply-adds of one sample, and shapes.
 */
package io.gatun.nn.zoo;
