/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The hyper-parameters to choose; immutable. */
public final class Space {
    private static final long MOST = 1_000_000;

    private final List<Hyperparameter<?>> parameters;

    private Space(List<Hyperparameter<?>> parameters) {
        this.parameters = parameters;
    }

    /**
     * A space.
     *
     * @param parameters at least one, of different names
     * @return the space
     */
    public static Space of(Hyperparameter<?>... parameters) {
        Map<String, Integer> names = new HashMap<>();
        for (Hyperparameter<?> parameter : parameters) {
            names.merge(parameter.name(), 1, Integer::sum);
        }
        if (parameters.length == 0 || names.size() < parameters.length) {
            throw new IllegalArgumentException(
                    "Space: parameters "
                            + names.keySet()
                            + ": give at least one, each with a name of its own");
        }
        return new Space(List.of(parameters));
    }

    /** Settings drawn one after another; a longer list begins with a shorter one. */
    List<Setting> draw(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Setting> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<Hyperparameter<?>, Object> values = new LinkedHashMap<>();
            for (Hyperparameter<?> parameter : parameters) {
                values.put(parameter, parameter.draw(random));
            }
            out.add(new Setting(values));
        }
        return out;
    }

    /** All combinations of the parameters' points; the last parameter changes fastest. */
    List<Setting> grid(int points) {
        List<Map<Hyperparameter<?>, Object>> all = new ArrayList<>();
        all.add(new LinkedHashMap<>());
        for (Hyperparameter<?> parameter : parameters) {
            List<?> values = parameter.points(points);
            if ((long) all.size() * values.size() > MOST) {
                throw new IllegalArgumentException(
                        "Space: a grid of more than "
                                + MOST
                                + " settings: give fewer points, or search at random");
            }
            List<Map<Hyperparameter<?>, Object>> next = new ArrayList<>();
            for (Map<Hyperparameter<?>, Object> before : all) {
                for (Object value : values) {
                    Map<Hyperparameter<?>, Object> one = new LinkedHashMap<>(before);
                    one.put(parameter, value);
                    next.add(one);
                }
            }
            all = next;
        }
        return all.stream().map(Setting::new).toList();
    }
}
