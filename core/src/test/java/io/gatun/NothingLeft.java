/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Watches over all tests of this module: none may leave a scope open on its thread or memory in a
 * scope, and when a class of tests is done, all native memory that it used must be back. Found by
 * JUnit as a service.
 */
public final class NothingLeft implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace SPACE =
            ExtensionContext.Namespace.create(NothingLeft.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(SPACE).put("live", liveWhenSettled(0));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        int open = 0;
        for (Scope scope = Scope.current(); scope != null; scope = Scope.current()) {
            scope.close();
            open++;
        }
        if (open > 0) {
            throw new AssertionError(
                    context.getDisplayName() + " left " + open + " scopes open on its thread");
        }
        // Cleaners may be half way through giving an unscoped tensor back: look again.
        long scoped = Pool.INSTANCE.scoped();
        for (int i = 0; i < 100 && scoped != 0; i++) {
            pause();
            scoped = Pool.INSTANCE.scoped();
        }
        if (scoped != 0) {
            throw new AssertionError(
                    context.getDisplayName() + " left " + scoped + " bytes of scopes in use");
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Long before = context.getStore(SPACE).get("live", Long.class);
        if (before == null) {
            return;
        }
        long after = liveWhenSettled(before);
        if (after > before) {
            throw new AssertionError(
                    context.getDisplayName()
                            + " left "
                            + (after - before)
                            + " bytes of native memory in use");
        }
    }

    /** Live bytes, once they are not above a bound or collections bring nothing back any more. */
    static long liveWhenSettled(long bound) {
        long live = Memory.report().liveBytes();
        int quiet = 0;
        for (int i = 0; i < 20 && quiet < 3 && live > bound; i++) {
            System.gc();
            // cleaners run on a thread of their own, on a busy machine some time after
            for (int j = 0; j < 100 && Memory.report().liveBytes() == live; j++) {
                pause();
            }
            long now = Memory.report().liveBytes();
            quiet = now == live ? quiet + 1 : 0;
            live = now;
        }
        return live;
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
