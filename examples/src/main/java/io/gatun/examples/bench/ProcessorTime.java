/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/** What this process has taken of all processors. */
final class ProcessorTime {
    private ProcessorTime() {}

    /** Nanoseconds of processor time so far, or 0 where the system does not tell. */
    static long nanos() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? Math.max(system.getProcessCpuTime(), 0)
                : 0;
    }

    /** Milliseconds that the compiler of the virtual machine has worked. */
    static long compilerMillis() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime()
                : 0;
    }
}
