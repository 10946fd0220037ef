/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The interface of the arithmetic kernels, with its native implementation and the pure-Java
 * reference. Not for users: operations on tensors check every argument before they come here.
 */
package io.gatun.kernel;
