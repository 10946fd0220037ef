/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A region of code whose results are given back together. Tensors made while a scope is open, on
 * its thread, belong to it; when it closes, their memory goes back to the pool, without anything
 * else being closed:
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *     Tensor y = model.forward(x);
 *     return y.toFloatArray();
 * }
 * }</pre>
 *
 * <p>Nothing is recorded for gradients in a plain scope, also not inside of a {@link Tape}. Scopes
 * nest; the innermost one owns. A scope and its tensors belong to the thread that opened it. Use of
 * a tensor after its scope has ended is an {@link IllegalStateException}.
 */
@SuppressWarnings("ReferenceEquality") // a scope, a thread: each is itself and nothing else
public class Scope implements AutoCloseable {
    private static final ThreadLocal<Scope> CURRENT = new ThreadLocal<>();

    private final @Nullable Scope outer;
    private final Thread owner = Thread.currentThread();
    private final Arena arena = Arena.ofConfined();
    private final ArrayList<Storage> owned = new ArrayList<>();
    private final int threads;
    private long serial;
    private boolean closed;

    Scope(int threads) {
        this.outer = CURRENT.get();
        this.threads = threads;
        CURRENT.set(this);
    }

    /**
     * Opens a scope on the calling thread, with the number of threads of the enclosing scope, or
     * else {@link Threads#count()}.
     *
     * @return the scope, to be closed by the same thread
     */
    public static Scope open() {
        return new Scope(currentThreads());
    }

    /**
     * Opens a scope in which an operation may be divided into at most so many parts that run at
     * once.
     *
     * @param threads 1 to {@value Threads#MAX}; 1 keeps all work on the calling thread
     * @return the scope, to be closed by the same thread
     * @throws IllegalArgumentException if the number is out of range
     */
    public static Scope open(int threads) {
        return new Scope(Threads.check(threads));
    }

    static @Nullable Scope current() {
        return CURRENT.get();
    }

    static int currentThreads() {
        Scope scope = CURRENT.get();
        return scope == null ? Threads.count() : scope.threads;
    }

    /**
     * Moves a result to the enclosing scope; to none, if this is the outermost: it then lives as
     * long as it is reachable. All views of the same memory move together.
     *
     * @param tensor a tensor of this scope; one that belongs elsewhere stays there
     * @return a tensor with the same content that outlives this scope
     * @throws IllegalStateException if this scope has ended
     */
    public Tensor keep(Tensor tensor) {
        if (closed) {
            throw new IllegalStateException(
                    this + " has ended: nothing can be kept from it any more");
        }
        Storage storage = tensor.storage();
        storage.segment(); // checks that it is alive and ours
        if (storage.scope() == this) {
            storage.moveTo(outer);
        }
        return tensor.withoutNode();
    }

    /**
     * Whether this scope has ended.
     *
     * @return true after {@link #close}
     */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Ends the scope: its tensors' memory goes back to the pool. Closing twice does nothing.
     *
     * @throws IllegalStateException if a scope that was opened inside of it is still open, or
     *     another thread opened it
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (owner != Thread.currentThread()) {
            throw new IllegalStateException(
                    this
                            + " was opened by thread "
                            + owner.getName()
                            + " and must be closed by it, not by "
                            + Thread.currentThread().getName());
        }
        if (CURRENT.get() != this) {
            throw new IllegalStateException(
                    this
                            + " cannot end before the scope opened inside of it: use try-with-resources");
        }
        closed = true;
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
        arena.close();
        for (int i = owned.size() - 1; i >= 0; i--) {
            Storage storage = owned.get(i);
            if (storage.scope() == this) {
                storage.release();
            }
        }
        owned.clear();
    }

    Arena arena() {
        return arena;
    }

    Thread owner() {
        return owner;
    }

    long adopt(Storage storage) {
        owned.add(storage);
        return serial++;
    }

    /** The storage with a serial number. */
    Storage adopted(long at) {
        return owned.get((int) at);
    }

    /** Storages adopted from now on have this serial number or a higher one. */
    long nextSerial() {
        return serial;
    }

    @Override
    public String toString() {
        return getClass().getSimpleName()
                + "@"
                + Integer.toHexString(System.identityHashCode(this));
    }
}
