/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.bench;

import io.gatun.examples.JsonLines;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A library that is not measured at a job.
 *
 * @param wrong whether it has that benchmark, and computes something else there
 * @param reason why, as the rest of a sentence that starts with its name
 */
public record Excluded(Job job, String peer, boolean wrong, String reason) {
    /** One line of JSON. */
    public String toJson() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("excluded", peer);
        line.put("bench", job.bench().name());
        line.put("mode", job.bench().training() ? "train" : "infer");
        line.put("batch", job.batch());
        line.put("threads", job.threads());
        line.put("callers", job.callers());
        line.put("reason", reason);
        return JsonLines.toJson(line);
    }
}
