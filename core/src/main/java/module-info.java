/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
import org.jspecify.annotations.NullMarked;

/** Tensors in native memory, the kernels behind them, and automatic differentiation. */
@NullMarked
module io.gatun.core {
    requires static transitive org.jspecify;
    requires io.gatun.bindings;
    requires java.management;
    requires jdk.management;

    exports io.gatun;
}
