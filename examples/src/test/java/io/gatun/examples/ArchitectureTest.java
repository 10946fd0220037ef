/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Arrows between modules point one way only: native, bindings, core, nn, examples. */
class ArchitectureTest {
    /** What each module may require besides the JDK; the reasons are in docs/dependencies.md. */
    private static final Map<String, Set<String>> ALLOWED =
            Map.of(
                    "io.gatun.bindings",
                    Set.of("org.jspecify"),
                    "io.gatun.core",
                    Set.of("org.jspecify", "io.gatun.bindings"),
                    "io.gatun.nn",
                    Set.of(
                            "org.jspecify",
                            "io.gatun.core",
                            "com.fasterxml.jackson.core",
                            "de.siegmar.fastcsv",
                            "me.tongfei.progressbar",
                            "org.jfree.jfreechart"),
                    "io.gatun.examples",
                    Set.of(
                            "org.jspecify",
                            "io.gatun.core",
                            "io.gatun.nn",
                            "com.fasterxml.jackson.core",
                            "info.picocli"));

    private static final Map<String, ModuleDescriptor> MODULES = new TreeMap<>();

    @BeforeAll
    static void findModules() {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            boolean folder = entry.endsWith(Path.of("target", "classes").toString());
            boolean jar = Path.of(entry).getFileName().toString().startsWith("gatun-");
            if (folder || jar) {
                for (ModuleReference module : ModuleFinder.of(Path.of(entry)).findAll()) {
                    MODULES.put(module.descriptor().name(), module.descriptor());
                }
            }
        }
        MODULES.remove("io.gatun.natives"); // not Java
    }

    @Test
    void everyModuleIsHere() {
        assertEquals(new TreeSet<>(ALLOWED.keySet()), MODULES.keySet());
    }

    @Test
    void modulesRequireOnlyWhatLiesBelowThem() {
        for (ModuleDescriptor module : MODULES.values()) {
            Set<String> allowed = ALLOWED.get(module.name());
            for (ModuleDescriptor.Requires required : module.requires()) {
                String name = required.name();
                boolean ofJdk = name.startsWith("java.") || name.startsWith("jdk.");
                assertTrue(
                        ofJdk || allowed.contains(name), () -> module.name() + " requires " + name);
            }
        }
    }

    @Test
    void usersSeeNothingOfTheBindings() {
        for (ModuleDescriptor.Exports export : MODULES.get("io.gatun.bindings").exports()) {
            assertEquals(Set.of("io.gatun.core"), export.targets(), export.source());
        }
    }

    @Test
    void insidesOfCoreAreForNnAlone() {
        List<ModuleDescriptor.Exports> qualified =
                MODULES.get("io.gatun.core").exports().stream()
                        .filter(ModuleDescriptor.Exports::isQualified)
                        .toList();
        for (ModuleDescriptor.Exports export : qualified) {
            assertEquals(Set.of("io.gatun.nn"), export.targets(), export.source());
        }
    }

    @Test
    void noModuleIsOpenToAll() {
        for (ModuleDescriptor module : MODULES.values()) {
            assertFalse(module.isOpen(), module.name());
        }
    }
}
