/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.History;
import io.gatun.nn.TrainingListener;

/** Tells the user of each epoch. */
final class Progress implements TrainingListener {
    private final Course course;

    private Progress(Course course) {
        this.course = course;
    }

    static Progress of(Course course) {
        return new Progress(course);
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        course.say("%s", epoch);
    }
}
