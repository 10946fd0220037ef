/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Layers, losses, optimizers, training and sessions. {@link io.gatun.nn.Sequential} builds a model,
 * {@link io.gatun.nn.Trainer} trains it, {@link io.gatun.nn.Safetensors} saves it and {@link
 * io.gatun.nn.Session} serves it.
 */
package io.gatun.nn;
