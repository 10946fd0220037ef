/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Tensors, their memory, and reverse-mode automatic differentiation. {@link io.gatun.Tensor} is
 * where to start; {@link io.gatun.Scope} says how long results live and {@link io.gatun.Tape} how
 * to differentiate.
 */
package io.gatun;
