/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */

import org.jspecify.annotations.NullMarked;

/**
 * The border to native code: generated bindings of {@code gatun.h} and of the used part of {@code
 * cblas.h}, and the one loader of native libraries. Nothing of it is for users.
 */
@SuppressWarnings("module") // io.gatun.core is compiled after this module
@NullMarked
module io.gatun.bindings {
    requires static transitive org.jspecify;

    exports io.gatun.bindings to
            io.gatun.core;
    exports io.gatun.bindings.gatun to
            io.gatun.core;
}
