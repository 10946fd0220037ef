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
    private final String before;

    private Progress(Course course, String before) {
        this.course = course;
        this.before = before;
    }

    static Progress of(Course course) {
        return new Progress(course, "");
    }

    /** Of one of several models that are trained side by side. */
    static Progress of(Course course, String model) {
        return new Progress(course, model + ", ");
    }

    @Override
    public void epochEnded(Run run, History.Epoch epoch) {
        course.say("%s%s", before, epoch);
    }
}
