/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.Scope;
import io.gatun.nn.Parameter;

/** Values of parameters, in row-major order of their shape. */
final class Values {
    private Values() {}

    static float[] of(Parameter parameter) {
        try (Scope _ = Scope.open()) { // another memory order is converted by way of a copy
            return parameter.value().toFloatArray();
        }
    }
}
