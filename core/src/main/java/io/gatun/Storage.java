/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.bindings.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The memory under one or more tensors. It belongs to a scope (and is then confined to the scope's
 * thread and life), or to nobody (then it lives as long as it is reachable), or is a user's own.
 *
 * <p>The segment handed out is the pool's block reinterpreted into the owner's arena, so that the
 * JDK itself refuses an access after the end: a closed confined arena for a scope; for the others
 * an automatic arena, whose cleanup gives the block back when neither the storage nor any slice of
 * the segment is reachable.
 */
final class Storage {
    private MemorySegment segment;
    private Pool.@Nullable Block block;
    private @Nullable Scope scope;

    /**
     * Rising number within the scope: what a backward pass allocated itself can be told from what
     * was there before.
     */
    private long serial;

    private boolean released;

    /** Left its scope and has not come to another one yet: nobody may use it meanwhile. */
    private boolean travelling;

    private Storage(MemorySegment segment, Pool.@Nullable Block block, @Nullable Scope scope) {
        this.segment = segment;
        this.block = block;
        this.scope = scope;
    }

    /** Memory with undefined content, of the given scope, or of nobody. */
    static Storage allocate(long bytes, @Nullable Scope scope) {
        if (scope == null) {
            Pool.Block block = Pool.INSTANCE.acquireUnscoped(bytes);
            return new Storage(unscopedView(block, bytes), block, null);
        }
        Pool.Block block = Pool.INSTANCE.acquire(bytes);
        Storage storage =
                new Storage(
                        NativeMemory.reinterpret(
                                block.segment.asSlice(0, bytes), scope.arena(), null),
                        block,
                        scope);
        storage.serial = scope.adopt(storage);
        return storage;
    }

    static Storage wrap(MemorySegment segment) {
        return new Storage(segment, null, null);
    }

    private static MemorySegment unscopedView(Pool.Block block, long bytes) {
        // The cleanup may hold the block, never the segment that it watches.
        return NativeMemory.reinterpret(
                block.segment.asSlice(0, bytes),
                Arena.ofAuto(),
                s -> Pool.INSTANCE.releaseUnscoped(block));
    }

    /** The memory; checks that it may be used here and now. */
    @SuppressWarnings("ReferenceEquality") // a thread is itself and nothing else
    MemorySegment segment() {
        Scope owner = scope;
        if (released) {
            throw new IllegalStateException(
                    owner == null
                            ? "this tensor's memory was given back"
                            : !owner.isClosed()
                                    ? "this tensor of "
                                            + owner
                                            + " was given back by Tape.lastGradients: use it"
                                            + " before, or call Tape.gradients"
                                    : "this tensor belonged to "
                                            + owner
                                            + ", which has ended: use scope.keep(tensor) to take a result out of"
                                            + " a scope");
        }
        if (travelling) {
            throw new IllegalStateException(
                    "this tensor was handed over to another scope: use what Handover.receive()"
                            + " gives there");
        }
        if (owner != null && owner.owner() != Thread.currentThread()) {
            throw new WrongThreadException(
                    "this tensor belongs to "
                            + owner
                            + " of thread "
                            + owner.owner().getName()
                            + " and cannot be used by thread "
                            + Thread.currentThread().getName()
                            + ": make it outside of a scope, or keep it out of all scopes, to share it");
        }
        return segment;
    }

    /**
     * Whether the memory is the pool's: nobody can end it while the calling thread holds this
     * storage. A user's own memory may end at any time, in another thread.
     */
    boolean isPooled() {
        return block != null;
    }

    @Nullable Scope scope() {
        return scope;
    }

    long serial() {
        return serial;
    }

    /** Gives the block back; called by the owning scope when it ends, or earlier by the engine. */
    void release() {
        if (!released && block != null) {
            released = true;
            Pool.INSTANCE.release(block);
            block = null;
        }
        released = true;
    }

    /**
     * Takes the memory out of its scope, whose end then leaves it alone. Memory of no scope stays
     * as it is: all threads may use it.
     *
     * @return whether it must arrive, or be released, one day
     */
    boolean depart() {
        if (scope == null || block == null) {
            return false;
        }
        travelling = true;
        scope = null;
        return true;
    }

    /** The end of a journey: memory that departed now belongs to another scope, or to nobody. */
    void arrive(@Nullable Scope target) {
        moveTo(target);
        travelling = false;
    }

    /** Hands the memory on to another scope, or to nobody. */
    void moveTo(@Nullable Scope target) {
        Pool.Block b = block;
        if (b == null) {
            return; // wrapped memory has its own life
        }
        long bytes = segment.byteSize();
        if (target == null) {
            segment = unscopedView(b, bytes);
            Pool.INSTANCE.moved(b, true);
        } else {
            segment = NativeMemory.reinterpret(b.segment.asSlice(0, bytes), target.arena(), null);
            serial = target.adopt(this);
        }
        scope = target;
    }
}
