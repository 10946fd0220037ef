/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What people look at: charts, pictures of what a model does, diagnostics of a training run, its
 * report, its live page and its logs. Everything works without a display.
 */
package io.gatun.nn.report;
