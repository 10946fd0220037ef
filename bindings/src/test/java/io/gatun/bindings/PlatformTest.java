/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.bindings.NativeLoadException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x86_64, libgatun.so",
        "Linux, aarch64, linux-arm64, libgatun.so",
        "Mac OS X, x86_64, macosx-x86_64, libgatun.dylib",
        "Mac OS X, aarch64, macosx-arm64, libgatun.dylib",
    })
    void knowsThePlatformsOfTheArtifacts(String os, String arch, String name, String library) {
        Platform platform = Platform.of(os, arch, "");
        platform.requireArtifacts();
        assertEquals(name, platform.classifier());
        assertEquals(library, platform.gatun());
    }

    @ParameterizedTest
    @CsvSource({"Linux, amd64, musl", "Linux, riscv64, ''"})
    void namesWhatIsUnsupportedAndTheWayOut(String os, String arch, String libc) {
        Platform platform = Platform.of(os, arch, libc);
        NativeLoadException e = assertThrows(NativeLoadException.class, platform::requireArtifacts);
        assertEquals(Reason.UNSUPPORTED_PLATFORM, e.reason());
        for (String part :
                new String[] {"linux", platform.cpu(), libc, "glibc", "gatun.native.path"}) {
            assertTrue(e.getMessage().contains(part), () -> part + " in " + e.getMessage());
        }
    }

    @Test
    void refusesWindowsAtOnce() {
        NativeLoadException e =
                assertThrows(
                        NativeLoadException.class, () -> Platform.of("Windows 11", "amd64", ""));
        assertEquals(Reason.UNSUPPORTED_PLATFORM, e.reason());
        assertTrue(e.getMessage().contains("Windows 11 (amd64)"), e.getMessage());
    }
}
