/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The one loader of native libraries, and the one door to restricted methods of the JDK. The
 * generated bindings lie in the packages below this one.
 */
package io.gatun.bindings;
