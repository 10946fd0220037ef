/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ScopeTest {
    private static <T> T onAnotherThread(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = new Thread(future, "another");
        thread.start();
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static void assertMessage(Throwable error, String... parts) {
        for (String part : parts) {
            assertTrue(error.getMessage().contains(part), error::getMessage);
        }
    }

    @Test
    void resultsGoBackWhenItEnds() {
        long live = Memory.report().liveBytes();
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.ones(Shape.of(1000, 1000));
            x.add(x).exp().sum();
            assertTrue(Memory.report().liveBytes() >= live + 8_000_000);
        }
        assertTrue(Memory.report().liveBytes() < live + 1_000_000);
        assertEquals(0, Pool.INSTANCE.scoped());
    }

    @Test
    void useAfterItsEndNamesTheScope() {
        Tensor x;
        String name;
        try (Scope scope = Scope.open()) {
            name = scope.toString();
            x = Tensor.ones(Shape.of(2, 2));
        }
        Tensor other = Tensor.ones(Shape.of(2, 2));
        Executable[] uses = {
            () -> x.add(other),
            () -> other.add(x),
            () -> x.matmul(other),
            () -> x.exp(),
            () -> x.sum(),
            () -> x.toFloatArray(),
            () -> x.transpose().toFloatArray(),
            () -> x.slice(0, 0, 1).slice(1, 0, 1).item(),
            () -> x.segment(),
            () -> x.argmax(0),
            () -> LinearAlgebra.linear(other, x, null, true),
            () -> Softmax.softmax(x),
            () -> Views.concat(0, other, x),
            () -> InPlace.fill(x, 1),
            () -> InPlace.copy(other, x),
            () -> InPlace.update(UpdateRule.sgd(0.1, 0, false), other, x),
            () -> Convert.firstNan(x)
        };
        for (Executable use : uses) {
            assertMessage(
                    assertThrows(IllegalStateException.class, use), name, "ended", "scope.keep");
        }
        assertTrue(x.toString().contains("not accessible"), x::toString);
        assertTrue(x.toString().contains(name), x::toString);
    }

    @Test
    void segmentDiesWithItsScope() {
        java.lang.foreign.MemorySegment segment;
        try (Scope _ = Scope.open()) {
            segment = Tensor.ones(Shape.of(3)).segment();
            assertEquals(1f, segment.getAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, 2));
        }
        assertThrows(
                IllegalStateException.class,
                () -> segment.getAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, 2));
    }

    @Test
    void keepMovesToOuterScopeAndToNone() {
        Tensor kept;
        try (Scope outer = Scope.open()) {
            Tensor view;
            try (Scope inner = Scope.open()) {
                Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
                view = x.transpose();
                kept = inner.keep(x.mul(2));
                inner.keep(view);
                assertSame(x.storage(), view.storage());
            }
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, view.toFloatArray());
            assertSame(outer, kept.storage().scope());
            kept = outer.keep(kept);
            assertNull(kept.storage().scope());
        }
        assertArrayEquals(new float[] {2, 4, 6, 8, 10, 12}, kept.toFloatArray());
    }

    @Test
    void keptTensorServesAnyThread() throws Exception {
        Tensor kept;
        try (Scope scope = Scope.open()) {
            kept = scope.keep(Tensor.ones(Shape.of(7)));
        }
        assertEquals(7f, onAnotherThread(() -> kept.sum().item()));
    }

    @Test
    void keepLeavesWhatBelongsElsewhere() {
        try (Scope outer = Scope.open()) {
            Tensor x = Tensor.ones(Shape.of(2));
            try (Scope inner = Scope.open()) {
                assertSame(x, inner.keep(x));
            }
            assertSame(outer, x.storage().scope());
        }
    }

    @Test
    void keepAfterEndIsRefused() {
        Scope scope = Scope.open();
        Tensor x = Tensor.ones(Shape.of(2));
        scope.close();
        assertMessage(
                assertThrows(IllegalStateException.class, () -> scope.keep(x)), scope.toString());
    }

    @Test
    void anotherThreadMayNotUseItsTensors() throws Exception {
        try (Scope scope = Scope.open()) {
            Tensor x = Tensor.ones(Shape.of(2));
            Callable<?>[] uses = {
                () -> x.exp(),
                () -> x.toFloatArray(),
                () -> x.reshape(1, 2).sum(),
                () -> scope.keep(x)
            };
            for (Callable<?> use : uses) {
                assertMessage(
                        assertThrows(WrongThreadException.class, () -> onAnotherThread(use)),
                        scope.toString(),
                        Thread.currentThread().getName(),
                        "another");
            }
            assertTrue(onAnotherThread(x::toString).contains("not accessible"));
            IllegalStateException e =
                    assertThrows(
                            IllegalStateException.class,
                            () -> onAnotherThread(Executors.callable(scope::close)));
            assertMessage(e, scope.toString(), "another");
            assertFalse(scope.isClosed());
            assertEquals(2f, x.sum().item());
        }
    }

    @Test
    void closingOutOfOrderIsRefused() {
        Scope outer = Scope.open();
        Tensor x = Tensor.ones(Shape.of(2));
        Scope inner = Scope.open();
        Tensor y = x.add(x);
        assertMessage(
                assertThrows(IllegalStateException.class, outer::close),
                outer.toString(),
                "try-with-resources");
        assertEquals(4f, y.sum().item()); // nothing has ended
        inner.close();
        outer.close();
        assertTrue(outer.isClosed() && inner.isClosed());
        inner.close(); // a second time does nothing
        outer.close();
        assertNull(Scope.current());
    }

    @Test
    void plainScopeInsideOfTapeRecordsNothing() {
        try (Tape tape = Tape.open()) {
            assertTrue(Tape.isTraining());
            Tensor x = Tensor.ones(Shape.of(2));
            Tensor y;
            try (Scope scope = Scope.open()) {
                assertFalse(Tape.isTraining());
                Tensor hidden = x.mul(3);
                assertNull(hidden.node());
                y = scope.keep(hidden);
                assertThrows(
                        IllegalStateException.class, () -> tape.gradients(recorded(tape, x), x));
            }
            Tensor loss = y.mul(x).sum();
            assertArrayEquals(new float[] {3, 3}, tape.gradients(loss, x).of(x).toFloatArray());
        }
        assertFalse(Tape.isTraining());
    }

    /** A loss of a tape that is not the innermost scope. */
    private static Tensor recorded(Tape tape, Tensor x) {
        return tape.record("test", x.sum(), new Tape.Edge(x, g -> g.expand(x.shape())));
    }

    @Test
    void threadsFollowTheInnermostScope() {
        int before = Threads.count();
        try (Scope _ = Scope.open(3)) {
            assertEquals(3, Scope.currentThreads());
            try (Scope _ = Scope.open()) {
                assertEquals(3, Scope.currentThreads());
                try (Tape _ = Tape.open(1)) {
                    assertEquals(1, Scope.currentThreads());
                }
            }
        }
        assertEquals(before, Scope.currentThreads());
        for (int threads : new int[] {0, -1, Threads.MAX + 1}) {
            assertMessage(
                    assertThrows(IllegalArgumentException.class, () -> Scope.open(threads)),
                    Integer.toString(threads));
            assertThrows(IllegalArgumentException.class, () -> Tape.open(threads));
            assertThrows(IllegalArgumentException.class, () -> Threads.setCount(threads));
        }
        assertNull(Scope.current());
    }

    @Test
    void exceptionInsideGivesAllBack() {
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                    try (Tape _ = Tape.open()) {
                        Tensor x = Tensor.ones(Shape.of(100));
                        x.add(x).add(Tensor.ones(Shape.of(7)));
                    }
                });
        assertNull(Scope.current());
        assertEquals(0, Pool.INSTANCE.scoped());
    }

    @Test
    void failedOperationInGradientRuleLeavesTapeUsable() {
        try (Tape tape = Tape.open()) {
            Tensor x = Tensor.ones(Shape.of(3));
            Tensor y =
                    tape.record(
                            "broken",
                            x.detach().mul(1).detach(),
                            new Tape.Edge(
                                    x,
                                    g -> {
                                        throw new IllegalArgumentException("broken rule");
                                    }));
            assertThrows(IllegalArgumentException.class, () -> tape.vjp(y, null, x));
            assertTrue(Tape.isTraining());
            Tensor loss = x.square().sum();
            assertNotNull(loss.node());
            assertArrayEquals(new float[] {2, 2, 2}, tape.gradients(loss, x).of(x).toFloatArray());
        }
    }
}
