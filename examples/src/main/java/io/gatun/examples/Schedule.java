/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.RateSchedule;
import io.gatun.nn.TrainingListener;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the learning rate goes on from its first value. */
enum Schedule {
    /** It stays for half of the run, and then falls to 0 in a straight line. */
    COOLDOWN,
    /** It stays. */
    CONSTANT,
    /** It falls to 0 in a straight line. */
    LINEAR,
    /** It falls to 0 like half a cosine. */
    COSINE;

    private static final double HOLD = 0.5;

    /** The listener that changes the rate; none if it stays. */
    Optional<TrainingListener> of() {
        return switch (this) {
            case COOLDOWN -> Optional.of(RateSchedule.cooldown(HOLD));
            case CONSTANT -> Optional.empty();
            case LINEAR -> Optional.of(RateSchedule.linear());
            case COSINE -> Optional.of(RateSchedule.cosine());
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
                    "'" + value + "' is none of cooldown, constant, linear and cosine");
        }
    }

    /** The name, as a user types it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
