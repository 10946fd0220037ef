/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the loader does with settings and folders, each in a JVM of its own. */
class LoaderProcessTest {
    @TempDir private Path temp;

    @Test
    void fillsAFreshCacheAndRepairsIt() throws Exception {
        Path cache = temp.resolve("deep/cache");
        String first = LoaderProbe.run(List.of("-Dgatun.cache=" + cache));
        Path folder = LoaderProbe.folderIn(cache);
        assertTrue(first.startsWith("LOADED") && first.endsWith(folder.toString()), first);

        for (String name : List.of(platform().gatun(), platform().openBlas())) {
            Path file = folder.resolve(name);
            byte[] good = Files.readAllBytes(file);
            byte[] bad = good.clone();
            Arrays.fill(bad, 0, bad.length / 2, (byte) 0);
            Files.write(file, bad);
            assertEquals(first, LoaderProbe.run(List.of("-Dgatun.cache=" + cache)));
            assertEquals(-1, Files.mismatch(file, Files.write(temp.resolve("good"), good)));
        }
    }

    @Test
    void startsTwiceAtOnce() throws Exception {
        List<String> options =
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dgatun.cache=" + temp.resolve("cache"));
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(LoaderProbe.start(options));
        }
        for (Process process : processes) {
            String answer = LoaderProbe.answer(process);
            assertTrue(answer.startsWith("LOADED"), answer);
        }
    }

    @Test
    void loadsFromTheUsersFolder() throws Exception {
        String answer = LoaderProbe.run(List.of("-Dgatun.native.path=" + loaded().origin()));
        assertTrue(answer.endsWith(loaded().origin().toString()), answer);
        String failure = LoaderProbe.run(List.of("-Dgatun.native.path=" + temp));
        assertTrue(failure.startsWith("FAILED MISSING_FILE"), failure);
    }

    @Test
    void refusesALibraryThatIsNone() throws Exception {
        for (String name : List.of(platform().gatun(), platform().openBlas())) {
            Files.writeString(temp.resolve(name), "no library");
        }
        String failure = LoaderProbe.run(List.of("-Dgatun.native.path=" + temp));
        assertTrue(failure.startsWith("FAILED LINKING"), failure);
        assertTrue(failure.contains(temp.toString()), failure);
    }

    @Test
    void namesACacheThatCannotBeWritten() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "");
        String failure = LoaderProbe.run(List.of("-Dgatun.cache=" + file.resolve("x")));
        assertTrue(failure.startsWith("FAILED CACHE_FOLDER"), failure);
    }

    @Test
    void obeysTheInstructionSet() throws Exception {
        for (InstructionSet set : InstructionSet.values()) {
            String answer = LoaderProbe.run(List.of("-Dgatun.isa=" + set.label()));
            if (set != InstructionSet.AUTO && !loaded().supports(set.code())) {
                assertTrue(answer.startsWith("FAILED BAD_SETTING"), answer);
                continue;
            }
            String name = set == InstructionSet.AUTO ? best() : set.label();
            assertTrue(answer.startsWith("LOADED " + name + " "), answer);
            if (set.openBlasCore() != null && platform().isX86()) {
                assertEquals(set.openBlasCore(), answer.split(" ")[2]);
            } else {
                // The probe's environment asks for these old kernels.
                assertNotEquals("Nehalem", answer.split(" ")[2]);
            }
        }
    }

    @Test
    void namesTheInstructionSetsThatExist() throws Exception {
        String failure = LoaderProbe.run(List.of("-Dgatun.isa=sse9"));
        assertTrue(failure.startsWith("FAILED BAD_SETTING"), failure);
        assertTrue(failure.contains("sse9"), failure);
        assertTrue(failure.contains("auto, baseline, avx2, avx512, neon"), failure);
    }

    @Test
    void saysWhichFlagAllowsNativeAccess() throws Exception {
        for (String[] arguments : new String[][] {{}, {"reinterpret"}}) {
            Process process = LoaderProbe.start(List.of("--illegal-native-access=deny"), arguments);
            String failure = LoaderProbe.answer(process);
            assertTrue(failure.startsWith("FAILED ACCESS_DENIED"), failure);
            assertTrue(failure.contains("--enable-native-access=ALL-UNNAMED"), failure);
        }
    }

    private static String best() {
        List<InstructionSet> supported = new ArrayList<>();
        for (InstructionSet set : InstructionSet.values()) {
            if (set != InstructionSet.AUTO && loaded().supports(set.code())) {
                supported.add(set);
            }
        }
        assertFalse(supported.isEmpty());
        return supported.getLast().label();
    }

    private static NativeLibraries loaded() {
        return NativeLibraries.load();
    }

    private static Platform platform() {
        return Platform.current();
    }
}
