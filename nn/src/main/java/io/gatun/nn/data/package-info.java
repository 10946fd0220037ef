/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Data sets and how they are cut into batches. Samples lie once in native or memory-mapped memory,
 * as compact as their source (a byte per pixel); they become floats batch by batch.
 */
package io.gatun.nn.data;
