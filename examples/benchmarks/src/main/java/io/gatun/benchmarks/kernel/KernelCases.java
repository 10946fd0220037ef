/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.kernel;

import java.util.ArrayList;
import java.util.List;

/** All kernels that are measured one by one. */
final class KernelCases {
    private KernelCases() {}

    static List<KernelCase> all() {
        List<KernelCase> all = new ArrayList<>(CallCases.all());
        all.addAll(ConvolutionCases.all());
        all.addAll(ProductCases.all());
        all.addAll(LayerCases.all());
        all.addAll(MemoryCases.all());
        return all;
    }

    /** The one with a key. */
    static KernelCase find(String key) {
        return all().stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no kernel " + key));
    }
}
