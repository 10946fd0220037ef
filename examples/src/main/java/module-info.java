/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
import org.jspecify.annotations.NullMarked;

/** Runnable programs, the command line behind {@code examples/run}, and the benchmark harness. */
@NullMarked
module io.gatun.examples {
    requires static transitive org.jspecify;
    requires transitive io.gatun.nn;
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires java.desktop;
    requires java.management;
    requires java.net.http;
    requires jdk.httpserver;
    requires jdk.management;

    exports io.gatun.examples;
    exports io.gatun.examples.bench;
    exports io.gatun.examples.course;

    opens io.gatun.examples to
            info.picocli;

    uses io.gatun.examples.bench.PeerProvider;
}
