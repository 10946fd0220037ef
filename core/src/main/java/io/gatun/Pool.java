/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of native memory, kept by size class for reuse, so that a training step or an inference
 * call allocates nothing after warm-up.
 *
 * <p>Each block has a shared arena of its own. That costs some 20 microseconds to close, but a
 * block is closed only when the pool is trimmed; tensors see the block through a cheap confined
 * arena (in a scope) or an automatic one (outside of scopes).
 *
 * <p>Memory of tensors outside of scopes comes back when the garbage collector finds them
 * unreachable. The Java heap does not feel how large they are, so the pool asks for a collection
 * itself: when such memory has doubled since the last one (at least {@link #MIN_PRESSURE} more),
 * and before the limit would be exceeded.
 */
final class Pool {
    static final Pool INSTANCE = new Pool();

    /** A piece of native memory, 64-byte aligned; large ones are in huge pages. */
    static final class Block {
        final MemorySegment segment;
        final Arena arena;
        final int sizeClass;

        Block(MemorySegment segment, Arena arena, int sizeClass) {
            this.segment = segment;
            this.arena = arena;
            this.sizeClass = sizeClass;
        }
    }

    private static final long MIN_BLOCK = 256;
    private static final long MIN_PRESSURE = 64L << 20;
    private static final int CLASSES = 256;

    /** Some hundred training steps, or a thousand inference calls. */
    private static final int WARM_REUSES = 1 << 14;

    private static final long SMALL_HEAP = 128L << 20;
    private static final boolean DEBUG = Boolean.getBoolean("gatun.memory.debug");

    private final List<ArrayDeque<Block>> free = new ArrayList<>(CLASSES);
    private final AtomicLong live = new AtomicLong();
    private final AtomicLong peakLive = new AtomicLong();
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicLong allocated = new AtomicLong();
    private final AtomicLong unscoped = new AtomicLong();
    private volatile long unscopedThreshold = MIN_PRESSURE;
    private final AtomicInteger reuses = new AtomicInteger();
    private volatile boolean warm;
    private final ReentrantLock collecting = new ReentrantLock();

    /** 0 until it is asked for: a bad property is then an exception where memory is needed. */
    private volatile long limit;

    private final Map<Block, Throwable> origins = new ConcurrentHashMap<>();

    private Pool() {
        for (int i = 0; i < CLASSES; i++) {
            free.add(new ArrayDeque<>(0));
        }
    }

    /** Four classes to each doubling: at most a quarter of a block is unused. */
    static int sizeClass(long bytes) {
        long n = Math.max(bytes, MIN_BLOCK) - 1;
        int shift = 61 - Long.numberOfLeadingZeros(n);
        return (shift << 2) + (int) (n >> shift) - 4;
    }

    static long classBytes(int sizeClass) {
        int shift = sizeClass >> 2;
        return ((sizeClass & 3) + 5L) << shift;
    }

    Block acquire(long bytes) {
        if (bytes < 0 || bytes > 1L << 56) {
            throw new NativeMemoryException("a tensor of " + bytes + " bytes cannot exist");
        }
        int sizeClass = sizeClass(bytes);
        ArrayDeque<Block> stack = free.get(sizeClass);
        Block block;
        synchronized (stack) {
            block = stack.pollLast();
        }
        long size = classBytes(sizeClass);
        if (block == null) {
            block = allocate(sizeClass, size);
        } else if (!warm && reuses.incrementAndGet() == WARM_REUSES) {
            warm = true;
            collectAfterWarmUp();
        }
        long now = live.addAndGet(size);
        if (now > peakLive.get()) {
            peakLive.accumulateAndGet(now, Math::max);
        }
        if (DEBUG) {
            origins.put(block, new Throwable("tensor of " + bytes + " bytes made here"));
        }
        return block;
    }

    /**
     * Start-up leaves a young generation on the heap that is sized for its garbage, and a default
     * collector would fill all of it with small objects over thousands of steps: resident memory
     * would seem to leak. One collection shrinks it. Not done where the heap is in real use, as the
     * pause grows with what lives there.
     */
    private static void collectAfterWarmUp() {
        Runtime runtime = Runtime.getRuntime();
        if (runtime.totalMemory() - runtime.freeMemory() <= SMALL_HEAP) {
            System.gc();
        }
    }

    void release(Block block) {
        if (DEBUG) {
            origins.remove(block);
        }
        live.addAndGet(-classBytes(block.sizeClass));
        ArrayDeque<Block> stack = free.get(block.sizeClass);
        synchronized (stack) {
            stack.addLast(block); // last in, first out: what was used last is still in the cache
        }
    }

    /** Runs a kernel with scratch memory, which goes back at once; a null segment for no bytes. */
    void withScratch(long bytes, Consumer<MemorySegment> call) {
        if (bytes == 0) {
            call.accept(MemorySegment.NULL);
            return;
        }
        Block block = acquire(bytes);
        try {
            call.accept(block.segment);
        } finally {
            release(block);
        }
    }

    /**
     * A block for a tensor that no scope owns: its memory comes back by garbage collection only.
     */
    Block acquireUnscoped(long bytes) {
        long size = classBytes(sizeClass(bytes));
        if (unscoped.addAndGet(size) > unscopedThreshold) {
            collect(false, 0);
        }
        try {
            return acquire(bytes);
        } catch (Throwable t) {
            unscoped.addAndGet(-size);
            throw t;
        }
    }

    void releaseUnscoped(Block block) {
        unscoped.addAndGet(-classBytes(block.sizeClass));
        release(block);
    }

    /** A block that changes from unscoped to a scope's or back. */
    void moved(Block block, boolean toUnscoped) {
        long size = classBytes(block.sizeClass);
        unscoped.addAndGet(toUnscoped ? size : -size);
    }

    private Block allocate(int sizeClass, long size) {
        Kernels kernels = Backend.kernels();
        for (int attempt = 0; ; attempt++) {
            if (reserve(size)) {
                Arena arena = Arena.ofShared();
                try {
                    MemorySegment memory = kernels.allocate(size, arena);
                    Block block = new Block(memory, arena, sizeClass);
                    allocated.addAndGet(size);
                    return block;
                } catch (OutOfMemoryError e) {
                    arena.close(); // the system has no more: fall through to make room
                    reserved.addAndGet(-size);
                }
            }
            boolean hopeless = size > limit();
            if (attempt == 0 && !hopeless) {
                trim();
            } else if (attempt == 1 && !hopeless) {
                collect(true, size);
                trim();
            } else {
                throw new NativeMemoryException(
                        "out of native memory: "
                                + size
                                + " bytes asked for, "
                                + report()
                                + ". Use smaller batches, close scopes earlier, drop references to tensors, or raise"
                                + " -Dgatun.memory.limit (such as 8g)");
            }
        }
    }

    /** Never exceeds the limit, not even for a moment in which others would be refused. */
    private boolean reserve(long size) {
        for (long now = reserved.get(); now <= limit() - size; now = reserved.get()) {
            if (reserved.compareAndSet(now, now + size)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Asks the garbage collector for unreachable tensors and waits a moment for their memory to
     * come back. Only one thread does so at a time; others go on unless they must have memory.
     */
    private void collect(boolean must, long wanted) {
        if (must) {
            collecting.lock();
        } else if (!collecting.tryLock()) {
            return;
        }
        boolean interrupted = false;
        try {
            if (!must && unscoped.get() <= unscopedThreshold) {
                return;
            }
            long before = unscoped.get();
            System.gc();
            // Cleaners run on a thread of their own after the collection, on a busy machine some
            // time after: wait until they fall silent, longer while they have not begun.
            long last = unscoped.get();
            for (int quiet = 0, waited = 0; waited < 2000; waited++) {
                boolean enough = must ? reserved.get() - live.get() >= wanted : last < before;
                if (quiet >= (enough ? 5 : must ? 300 : 20)) {
                    break;
                }
                try {
                    Thread.sleep(1);
                } catch (InterruptedException e) {
                    interrupted = true; // two seconds at most, and giving up would lose memory
                }
                long now = unscoped.get();
                quiet = now == last ? quiet + 1 : 0;
                last = now;
            }
            unscopedThreshold = Math.max(MIN_PRESSURE, 2 * Math.max(0, unscoped.get()));
        } finally {
            collecting.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    long trim() {
        long freed = 0;
        for (ArrayDeque<Block> stack : free) {
            while (true) {
                Block block;
                synchronized (stack) {
                    block = stack.pollFirst();
                }
                if (block == null) {
                    break;
                }
                block.arena.close();
                long size = classBytes(block.sizeClass);
                reserved.addAndGet(-size);
                freed += size;
            }
        }
        return freed;
    }

    /** Bytes that belong to open scopes: nothing, when no scope is open on any thread. */
    long scoped() {
        return live.get() - unscoped.get();
    }

    void resetPeak() {
        peakLive.set(live.get());
    }

    Memory.Report report() {
        long liveNow = live.get();
        List<String> where = new ArrayList<>();
        for (Throwable t : origins.values()) {
            StringBuilder text = new StringBuilder(String.valueOf(t.getMessage()));
            for (StackTraceElement frame : t.getStackTrace()) {
                text.append("\n    at ").append(frame);
            }
            where.add(text.toString());
        }
        return new Memory.Report(
                liveNow,
                Math.max(0, reserved.get() - liveNow),
                peakLive.get(),
                allocated.get(),
                limit(),
                List.copyOf(where));
    }

    private long limit() {
        long known = limit;
        if (known == 0) {
            known = limitProperty();
            limit = known;
        }
        return known;
    }

    private static long limitProperty() {
        String text = System.getProperty("gatun.memory.limit");
        if (text == null) {
            return physicalMemory() / 4 * 3;
        }
        Long parsed = parseBytes(text);
        if (parsed == null) {
            throw new IllegalArgumentException(
                    "property gatun.memory.limit is \""
                            + text
                            + "\"; give a positive number of bytes, such as 2147483648, 2048m or 2g");
        }
        return parsed;
    }

    static @Nullable Long parseBytes(String text) {
        String t = text.trim().toLowerCase(Locale.ROOT);
        int shift = t.endsWith("k") ? 10 : t.endsWith("m") ? 20 : t.endsWith("g") ? 30 : 0;
        try {
            long n = Long.parseLong(shift == 0 ? t : t.substring(0, t.length() - 1));
            return n > 0 && n <= Long.MAX_VALUE >> shift ? (Long) (n << shift) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static long physicalMemory() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getTotalMemorySize()
                : 4 * Runtime.getRuntime().maxMemory();
    }
}
