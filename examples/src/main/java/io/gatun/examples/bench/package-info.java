/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The benchmark harness: what a workload is, how two libraries are timed fairly in one run, and the
 * line of JSON that a measurement becomes. Peers live in another module and are found through
 * {@link java.util.ServiceLoader}.
 */
@NullMarked
package io.gatun.examples.bench;

import org.jspecify.annotations.NullMarked;
