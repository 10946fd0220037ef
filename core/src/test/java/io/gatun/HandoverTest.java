/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class HandoverTest {
    private static <T> T elsewhere(Callable<T> work) throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            return thread.submit(work).get();
        }
    }

    private static Handover made(Tensor[] seen) throws Exception {
        return elsewhere(() -> {
            try (Scope _ = Scope.open(1)) {
                Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).add(1f);
                Tensor y = Tensor.of(new int[] {7});
                seen[0] = x;
                return Handover.of(List.of(x, y, x.transpose()));
            }
        });
    }

    @Test
    void anotherThreadReceivesWhatAScopeMadeWithoutACopy() throws Exception {
        Tensor[] seen = new Tensor[1];
        long live = Pool.INSTANCE.scoped();
        Handover handover = made(seen);
        assertTrue(Pool.INSTANCE.scoped() > live, "it outlives its scope");
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> seen[0].toFloatArray());
        assertTrue(e.getMessage().contains("handed over"), e.getMessage());
        List<Tensor> got;
        try (Scope _ = Scope.open()) {
            got = handover.receive();
            assertArrayEquals(new float[] {2, 3, 4, 5}, got.get(0).toFloatArray());
            assertArrayEquals(new int[] {7}, got.get(1).toIntArray());
            assertArrayEquals(new float[] {2, 4, 3, 5}, got.get(2).toFloatArray());
            assertEquals(got.get(0).data().address(), got.get(2).data().address());
            assertThrows(IllegalStateException.class, handover::receive);
            handover.close(); // received already: does nothing
            assertArrayEquals(new float[] {2, 3, 4, 5}, got.get(0).toFloatArray());
        }
        assertThrows(IllegalStateException.class, () -> got.get(0).toFloatArray());
        assertEquals(live, Pool.INSTANCE.scoped());
    }

    @Test
    void withoutAScopeTheyLiveAsLongAsTheyAreReachable() throws Exception {
        long live = Pool.INSTANCE.scoped();
        List<Tensor> got = made(new Tensor[1]).receive();
        assertEquals(live, Pool.INSTANCE.scoped());
        assertArrayEquals(new float[] {2, 3, 4, 5}, elsewhere(() -> got.get(0).toFloatArray()));
    }

    @Test
    void whatNobodyReceivesIsGivenBack() throws Exception {
        long live = Pool.INSTANCE.scoped();
        Handover handover = made(new Tensor[1]);
        handover.close();
        handover.close();
        assertEquals(live, Pool.INSTANCE.scoped());
        assertThrows(IllegalStateException.class, handover::receive);
    }

    @Test
    void tensorsOfNoScopeComeAlong() {
        Tensor free = Tensor.of(new float[] {1});
        Tensor wrapped = Tensor.wrap(Arena.ofAuto().allocate(4, 4), Shape.of(1));
        Handover handover = Handover.of(List.of(free, wrapped));
        assertEquals(1, free.item());
        assertEquals(1, handover.receive().get(0).item());
        assertEquals(0, wrapped.item());
        Handover.of(List.of(free)).close();
        assertEquals(1, free.item());
    }

    @Test
    void whatIsGoneOrForeignIsRefusedAndNothingLeaves() throws Exception {
        Tensor gone;
        try (Scope _ = Scope.open()) {
            gone = Tensor.zeros(Shape.of(1));
        }
        try (Scope _ = Scope.open()) {
            Tensor mine = Tensor.ones(Shape.of(1));
            assertThrows(IllegalStateException.class, () -> Handover.of(List.of(mine, gone)));
            assertEquals(1, mine.item());
            assertTrue(
                    elsewhere(() ->
                            assertThrows(
                                            WrongThreadException.class,
                                            () -> Handover.of(List.of(mine)))
                                    .getMessage()
                                    .contains("cannot be used by thread")));
        }
    }
}
