/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.Backend;
import java.util.List;
import java.util.Optional;

/** This library on its pure-Java kernels: what the native ones are worth. */
final class JavaProvider implements PeerProvider {
    static final String NAME = "java";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> options() {
        return List.of("-Dgatun.kernels=java");
    }

    @Override
    public Optional<Workload> create(Job job) {
        String kernels = Backend.describe().kernels();
        if (!kernels.equals("java")) {
            throw new IllegalStateException(
                    "this process computes with the " + kernels + " kernels already");
        }
        return GatunProvider.create(job, NAME);
    }
}
