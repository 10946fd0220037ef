/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.RateSchedule;
import io.gatun.nn.ReduceOnPlateau;
import io.gatun.nn.TrainingListener;
import java.util.Locale;
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
    COSINE,
    /** It rises and falls. */
    ONE_CYCLE,
    /** A tenth after half of the run, and again after three quarters. */
    STEP,
    /** A fifth whenever the test loss has not fallen for two epochs. */
    PLATEAU;

    private static final double HOLD = 0.5;

    /** The listener that changes the rate, after a rise over some epochs. */
    TrainingListener of(double warmup, long stepsPerEpoch) {
        return switch (this) {
            case COOLDOWN -> RateSchedule.cooldown(HOLD).warmup(warmup);
            case CONSTANT -> RateSchedule.of(_ -> 1).warmup(warmup);
            case LINEAR -> RateSchedule.linear().warmup(warmup);
            case COSINE -> RateSchedule.cosine().warmup(warmup);
            case ONE_CYCLE -> RateSchedule.oneCycle().warmup(warmup);
            case STEP ->
                    RateSchedule.of(at ->
                                    at.progress() < 0.5 ? 1 : at.progress() < 0.75 ? 0.1 : 0.01)
                            .warmup(warmup);
            case PLATEAU ->
                    ReduceOnPlateau.of(0.2, 2).warmupSteps(Math.round(warmup * stepsPerEpoch));
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
                    "'"
                            + value
                            + "' is none of cooldown, constant, linear, cosine, one-cycle, step and plateau");
        }
    }

    /** The name, as a user types it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
