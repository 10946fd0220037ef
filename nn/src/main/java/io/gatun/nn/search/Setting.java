/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A value for each hyper-parameter of a space; immutable. */
public final class Setting {
    private final Map<Hyperparameter<?>, Object> values;

    Setting(Map<Hyperparameter<?>, Object> values) {
        this.values = new LinkedHashMap<>(values);
    }

    /**
     * A value.
     *
     * @param parameter one of the space
     * @return its value here
     * @throws IllegalArgumentException if the space does not have it
     * @param <T> type of the value
     */
    public <T> T get(Hyperparameter<T> parameter) {
        Object value = values.get(parameter);
        if (value == null) {
            throw new IllegalArgumentException(
                    "Setting: no " + parameter.name() + " in " + this + ": put it into the space");
        }
        @SuppressWarnings("unchecked") // put in by the space, from the parameter itself
        T typed = (T) value;
        return typed;
    }

    Map<String, Object> byName() {
        Map<String, Object> out = new LinkedHashMap<>();
        values.forEach((parameter, value) -> out.put(parameter.name(), value));
        return out;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Setting s && s.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** Names and values, such as "rate=0.01, units=32". */
    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey().name() + "=" + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
