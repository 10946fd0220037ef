/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The peers that Gatun is measured against, and JMH benchmarks of small things. Whatever a peer
 * depends on is a dependency of this module and of no other.
 */
@NullMarked
package io.gatun.benchmarks;

import org.jspecify.annotations.NullMarked;
