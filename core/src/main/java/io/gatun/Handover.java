/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.ArrayList;
import java.util.List;

/**
 * Tensors on their way from one thread's scope to another's, without a copy: how a background
 * thread makes what another one uses.
 *
 * <pre>{@code
 * // one thread                                  // another thread
 * try (Scope scope = Scope.open(1)) {            try (Scope scope = Scope.open()) {
 *     Tensor x = ...;                                List<Tensor> x = queue.take().receive();
 *     queue.put(Handover.of(List.of(x)));            ...
 * }                                              }
 * }</pre>
 *
 * <p>What was handed over must be received, or closed, exactly once; its memory is nobody's until
 * then. It must reach the other thread by something that synchronises, such as a queue.
 */
public final class Handover implements AutoCloseable {
    private final List<Tensor> tensors;
    private final List<Storage> departed;
    private boolean done;

    private Handover(List<Tensor> tensors, List<Storage> departed) {
        this.tensors = tensors;
        this.departed = departed;
    }

    /**
     * Takes tensors out of the calling thread's scopes. Neither they nor views of the same memory
     * can be used any more until they are received. Tensors of no scope, which any thread may use,
     * just come along.
     *
     * @param tensors what to hand over; two may share memory
     * @return their journey
     * @throws IllegalStateException if a tensor's scope has ended
     * @throws WrongThreadException if a tensor belongs to another thread
     */
    public static Handover of(List<Tensor> tensors) {
        for (Tensor tensor : tensors) {
            tensor.storage().segment(); // checks that it is alive and ours
        }
        List<Tensor> plain = new ArrayList<>(tensors.size());
        List<Storage> departed = new ArrayList<>(tensors.size());
        for (Tensor tensor : tensors) {
            plain.add(tensor.withoutNode());
            if (tensor.storage().depart()) {
                departed.add(tensor.storage());
            }
        }
        return new Handover(List.copyOf(plain), departed);
    }

    /**
     * The end of the journey: the tensors now belong to the calling thread's innermost scope, or to
     * none if no scope is open.
     *
     * @return the tensors in their order
     * @throws IllegalStateException if they were received or closed before
     */
    public List<Tensor> receive() {
        if (done) {
            throw new IllegalStateException(
                    "Handover.receive: these tensors were received or closed before");
        }
        done = true;
        for (Storage storage : departed) {
            storage.arrive(Scope.current());
        }
        return tensors;
    }

    /** Gives the memory back where nobody received it; does nothing after {@link #receive}. */
    @Override
    public void close() {
        if (!done) {
            done = true;
            departed.forEach(Storage::release);
        }
    }
}
