/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.Optional;

/** This library itself. */
public final class GatunProvider implements PeerProvider {
    /** The name of this library in results. */
    public static final String NAME = "gatun";

    /** A provider. */
    public GatunProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<Workload> create(Job job) {
        return create(job, NAME);
    }

    static Optional<Workload> create(Job job, String peer) {
        return GatunModels.create(job.bench().net(), job.bench().weights())
                .map(model ->
                        job.bench().training()
                                ? new GatunTraining(peer, job, model)
                                : new GatunInference(peer, job, model));
    }
}
