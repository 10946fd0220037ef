/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.benchmarks.report;

import io.gatun.benchmarks.report.Results.Task;
import io.gatun.examples.bench.Bench;
import io.gatun.examples.bench.Op;

/**
 * About how many calls into the native library a step makes: activations and residuals are part of
 * the operation before them, batch norm too when inferring; a pass that needs scratch memory asks
 * for its size first.
 */
final class KernelCalls {
    private KernelCalls() {}

    static int perStep(Task task) {
        return Bench.find(task.bench())
                .map(bench ->
                        bench.net().ops().stream().mapToInt(op -> calls(op, task.training())).sum()
                                + (task.training() ? 3 : 2)) // loss; check of the input
                .orElse(0);
    }

    private static int calls(Op op, boolean training) {
        return switch (op) {
            case Op.Conv _ -> training ? 7 : 2; // three passes and an update
            case Op.BatchNorm _ -> training ? 9 : 0; // running statistics as well
            case Op.Dense _ -> training ? 6 : 1;
            case Op.MaxPool _ -> training ? 2 : 1;
            case Op.GlobalAverage _ -> training ? 3 : 2;
            case Op.Relu _, Op.Add _, Op.Flatten _ -> 0;
        };
    }
}
