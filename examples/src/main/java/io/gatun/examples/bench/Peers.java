/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The libraries that can be measured here. */
public final class Peers {
    private Peers() {}

    /** This library, its pure-Java kernels, and whoever is on the class path. */
    public static List<PeerProvider> all() {
        List<PeerProvider> all = new ArrayList<>(List.of(new GatunProvider(), new JavaProvider()));
        ServiceLoader.load(PeerProvider.class).forEach(all::add);
        return all;
    }

    /** A library by its name. */
    public static Optional<PeerProvider> find(String name) {
        return all().stream().filter(peer -> peer.name().equals(name)).findFirst();
    }
}
