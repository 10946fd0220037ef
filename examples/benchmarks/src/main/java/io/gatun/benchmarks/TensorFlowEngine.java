/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;

/**
 * Starts TensorFlow from the class path. Its loader unpacks 680 MB into {@code ~/.javacpp} once.
 */
final class TensorFlowEngine {
    /** One operator at a time, in the calling thread: nothing here has two to run at once. */
    static final RunOptions IN_CALLER = RunOptions.newBuilder().setInterOpThreadPool(-1).build();

    private TensorFlowEngine() {}

    /** Whether the native libraries are on the class path. */
    static boolean isPresent() {
        return TensorFlowEngine.class
                        .getClassLoader()
                        .getResource(
                                "org/tensorflow/internal/c_api/linux-x86_64/libjnitensorflow.so")
                != null;
    }

    /**
     * Loads the native libraries.
     *
     * @throws IllegalStateException if TensorFlow cannot run here
     */
    static void start() {
        if (!isPresent()) {
            throw new IllegalStateException(
                    "TensorFlow's native libraries are not on the class path: build with the Maven profile \"peers\"");
        }
        try {
            TensorFlow.version();
        } catch (LinkageError e) {
            throw new IllegalStateException("TensorFlow does not start: " + e.getMessage(), e);
        }
    }

    static Session session(Graph graph, int threads) {
        return new Session(
                graph,
                ConfigProto.newBuilder()
                        .setIntraOpParallelismThreads(threads)
                        .setInterOpParallelismThreads(1)
                        .build());
    }
}
