/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.bindings;

import org.jspecify.annotations.Nullable;

/** Says that the native libraries cannot be used, why, and what to do about it. */
public final class NativeLoadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why the native libraries cannot be used. */
    public enum Reason {
        /** There are no native libraries for this operating system, processor or C library. */
        UNSUPPORTED_PLATFORM,
        /**
         * The artifacts that hold the native libraries are neither on the class path nor on the
         * module path.
         */
        MISSING_ARTIFACT,
        /** The folder named by {@code gatun.native.path} lacks a library. */
        MISSING_FILE,
        /** The cache folder cannot be written or read. */
        CACHE_FOLDER,
        /** The system's linker refused a library. */
        LINKING,
        /** The library was built for another version of these bindings. */
        WRONG_VERSION,
        /** A property has a value that does not exist, or that this processor cannot serve. */
        BAD_SETTING,
        /** The JVM forbids native access to this module. */
        ACCESS_DENIED
    }

    private final Reason reason;

    NativeLoadException(Reason reason, String message) {
        this(reason, message, null);
    }

    NativeLoadException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The JVM runs with {@code --illegal-native-access=deny} and does not list this module. */
    static NativeLoadException accessDenied(IllegalCallerException cause) {
        Module module = NativeLoadException.class.getModule();
        String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        return new NativeLoadException(
                Reason.ACCESS_DENIED,
                "The JVM forbids Gatun to use native libraries: start it with --enable-native-access="
                        + name,
                cause);
    }

    /** Returns why the native libraries cannot be used. */
    public Reason reason() {
        return reason;
    }
}
