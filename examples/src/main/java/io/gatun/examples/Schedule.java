/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.Optimizer;
import io.gatun.nn.RateSchedule;
import io.gatun.nn.TrainingListener;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the learning rate goes on from its first value. */
enum Schedule {
    /** It stays. */
    CONSTANT,
    /** It falls to 0 in a straight line. */
    LINEAR,
    /** It falls to 0 like half a cosine. */
    COSINE;

    /** The listener that changes the rate; none if it stays. */
    Optional<TrainingListener> of(Optimizer optimizer) {
        return switch (this) {
            case CONSTANT -> Optional.empty();
            case LINEAR -> Optional.of(RateSchedule.linear(optimizer));
            case COSINE -> Optional.of(RateSchedule.cosine(optimizer));
        };
    }

    /** Understands a schedule's name on the command line. */
    static final class Converter implements ITypeConverter<Schedule> {
        @Override
        public Schedule convert(String value) {
            for (Schedule schedule : values()) {
                if (schedule.toString().equals(value.toLowerCase(Locale.ROOT))) {
                    return schedule;
                }
            }
            throw new TypeConversionException(
                    "'" + value + "' is none of constant, linear and cosine");
        }
    }

    /** The name, as a user types it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
