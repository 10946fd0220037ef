/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Scope} that records the operations done in it, to differentiate them: reverse-mode
 * automatic differentiation, the course's backpropagation through a computation graph.
 *
 * <pre>{@code
 * try (Tape tape = Tape.open()) {
 *     Tensor loss = Losses.crossEntropy().apply(model.forward(x), labels);
 *     optimizer.step(tape.gradients(loss, model.parameters()));
 * }
 * }</pre>
 *
 * <p>A tape belongs to its thread; two threads can differentiate two graphs at once. Layers run in
 * training mode while the innermost open scope is a tape ({@link #isTraining}). A plain {@link
 * Scope} inside of a tape records nothing: it is what PyTorch calls no_grad. {@link Tensor#detach}
 * takes one tensor out of the graph.
 *
 * <p>Operations are kept in the order in which they ran, which is a topological order of the graph:
 * the backward walk is one loop over that list from its end, however deep the graph is. An
 * operation's rule <em>returns</em> the gradient of each input; this class alone adds up what
 * several users of a tensor give, in place where nobody else waits for what is there, and frees a
 * gradient when it is used up.
 */
public final class Tape extends Scope {
    /**
     * An input of a recorded operation, and its two rules: gradient makes the input's gradient from
     * the output's, tangent makes from the input's tangent its part of the output's. Null: the
     * operation has no forward mode. Both are linear; where they are made of recorded operations,
     * second derivatives exist. Adding, if there is one, is gradient and the sum with what other
     * users of the input gave in one pass, not recorded.
     */
    record Edge(
            Tensor input,
            UnaryOperator<Tensor> gradient,
            @Nullable UnaryOperator<Tensor> tangent,
            @Nullable Adding adding) {
        Edge(
                Tensor input,
                UnaryOperator<Tensor> gradient,
                @Nullable UnaryOperator<Tensor> tangent) {
            this(input, gradient, tangent, null);
        }

        Edge(Tensor input, UnaryOperator<Tensor> gradient) {
            this(input, gradient, null, null);
        }
    }

    /** Adds an input's gradient to a sum. */
    interface Adding {
        /** False if it cannot be done for this sum, which is as it was. */
        boolean add(Tensor gradient, Tensor sum);
    }

    /** A recorded operation. */
    static final class Node {
        final Tape tape;
        final int index;
        final String op;
        final Tensor output;
        Edge[] edges = {};

        /** Of the result; null if it is a view of an input. */
        @Nullable Storage storage;

        Node(Tape tape, int index, String op, Tensor y) {
            this.tape = tape;
            this.index = index;
            this.op = op;
            this.output = y.withNode(this);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a storage is itself and nothing else
    private static boolean isView(Tensor y, Edge[] edges) {
        for (Edge edge : edges) {
            if (edge.input.storage() == y.storage()) {
                return true;
            }
        }
        return false;
    }

    private final ArrayList<Node> nodes = new ArrayList<>();
    private final boolean training;
    private boolean paused;

    /** The walk back that goes on. */
    private @Nullable Backward walking;

    /** Whether the forward pass's memory has been given back. */
    private boolean spent;

    private Tape(int threads, boolean training) {
        super(threads);
        this.training = training;
    }

    /**
     * Opens a tape on the calling thread.
     *
     * @return the tape, to be closed by the same thread
     */
    public static Tape open() {
        return new Tape(currentThreads(), true);
    }

    /**
     * Opens a tape whose operations use at most so many threads.
     *
     * @param threads 1 to {@value Threads#MAX}
     * @return the tape, to be closed by the same thread
     * @throws IllegalArgumentException if the number is out of range
     */
    public static Tape open(int threads) {
        return new Tape(Threads.check(threads), true);
    }

    /**
     * Opens a tape on which layers behave as in inference: nothing is dropped, running statistics
     * are used and stay. For what a trained model's answer depends on, such as gradients by its
     * input.
     *
     * @return the tape, to be closed by the same thread
     */
    public static Tape inference() {
        return new Tape(currentThreads(), false);
    }

    /**
     * Whether the innermost open scope of this thread is a tape, and not one for {@link
     * #inference}: layers that behave differently in training ask this.
     *
     * @return true while a tape records
     */
    public static boolean isTraining() {
        Tape tape = recording();
        return tape != null && tape.training;
    }

    /**
     * Whether a gradient rule may write its result to the memory of the gradient that it was given:
     * the walk has made it, and nobody else waits for it.
     */
    static boolean isSpare(Tensor gradient) {
        return Scope.current() instanceof Tape tape
                && tape.walking != null
                && tape.walking.isSpare(gradient.storage(), tape.nextSerial());
    }

    /** The tape that records on this thread now, or null. */
    static @Nullable Tape recording() {
        return Scope.current() instanceof Tape tape && !tape.paused ? tape : null;
    }

    /** Makes y the output of an operation with these inputs. */
    Tensor record(String op, Tensor y, Edge... edges) {
        return connect(begin(op, y), edges);
    }

    /** Runs something on this tape that is not recorded. */
    Tensor unrecorded(Supplier<Tensor> work) {
        boolean before = paused;
        paused = true;
        try {
            return work.get();
        } finally {
            paused = before;
        }
    }

    /** The operations recorded so far, in their order. */
    List<Node> nodes() {
        return nodes;
    }

    /**
     * The first half of {@link #record}: y as the output of an operation, for rules that use it and
     * have second derivatives by it.
     */
    Tensor begin(String op, Tensor y) {
        Node node = new Node(this, nodes.size(), op, y);
        nodes.add(node);
        return node.output;
    }

    /** The second half: the inputs of the operation whose output {@link #begin} gave. */
    Tensor connect(Tensor output, Edge... edges) {
        Node node = Objects.requireNonNull(output.node());
        node.edges = edges;
        node.storage = isView(output, edges) ? null : output.storage();
        return output;
    }

    /**
     * The gradients of a loss.
     *
     * @param loss a tensor of one element that was computed on this tape
     * @param targets what to differentiate by, such as a layer's parameters; each one gets a
     *     gradient (zeros, if the loss does not depend on it)
     * @return the gradients, tensors of this tape
     * @throws IllegalArgumentException if the loss has more than one element or was not computed on
     *     this tape
     */
    public Gradients gradients(Tensor loss, Iterable<? extends Supplier<Tensor>> targets) {
        List<Tensor> tensors = new ArrayList<>();
        for (Supplier<Tensor> target : targets) {
            tensors.add(target.get());
        }
        return gradients(loss, tensors.toArray(Tensor[]::new));
    }

    /**
     * The gradients of a loss.
     *
     * @param loss a tensor of one element that was computed on this tape
     * @param targets tensors to differentiate by, in use on this tape or computed by it
     * @return the gradients, tensors of this tape
     * @throws IllegalArgumentException if the loss has more than one element or was not computed on
     *     this tape
     */
    public Gradients gradients(Tensor loss, Tensor... targets) {
        checkLoss(loss);
        return vjp(loss, null, targets);
    }

    /**
     * The gradients of a loss, for the last time on this tape: the result of each operation goes
     * back to the pool as soon as the walk back has passed it, not only when the tape closes. Peak
     * memory is then hardly above that of the forward pass. What the operations of this tape
     * computed cannot be used any more after this, but for the loss, the targets and the gradients;
     * nor can memory segments of such tensors.
     *
     * @param loss a tensor of one element that was computed on this tape
     * @param targets what to differentiate by, such as a layer's parameters; each one gets a
     *     gradient (zeros, if the loss does not depend on it)
     * @return the gradients, tensors of this tape
     * @throws IllegalArgumentException if the loss has more than one element or was not computed on
     *     this tape
     */
    public Gradients lastGradients(Tensor loss, Iterable<? extends Supplier<Tensor>> targets) {
        List<Tensor> tensors = new ArrayList<>();
        for (Supplier<Tensor> target : targets) {
            tensors.add(target.get());
        }
        checkLoss(loss);
        return walk(loss, null, Mode.LAST, tensors.toArray(Tensor[]::new));
    }

    /**
     * The gradients of a loss, as functions that can be differentiated again: the walk back records
     * its own operations on this tape. Take what is made of them to {@link #gradients} for second
     * derivatives, such as a Hessian's product with a vector or a penalty on the gradient's norm.
     * It keeps all that it computes until the tape ends.
     *
     * @param loss a tensor of one element that was computed on this tape
     * @param targets tensors to differentiate by, in use on this tape or computed by it
     * @return the gradients, tensors of this tape
     * @throws IllegalArgumentException if the loss has more than one element or was not computed on
     *     this tape
     * @throws UnsupportedOperationException if an operation on the way has no second derivative
     */
    public Gradients recordedGradients(Tensor loss, Tensor... targets) {
        checkLoss(loss);
        return walk(loss, null, Mode.RECORDED, targets);
    }

    private static void checkLoss(Tensor loss) {
        if (loss.shape().size() != 1) {
            throw new IllegalArgumentException(
                    "gradients: the loss must have one element, it has shape "
                            + loss.shape()
                            + ": take its sum() or mean() first");
        }
    }

    /**
     * The product of an output's Jacobian, transposed, with a vector (vector-Jacobian product).
     *
     * @param output a tensor that was computed on this tape
     * @param seed the gradient of some scalar by the output, of its shape; null means ones
     * @param targets tensors to differentiate by
     * @return the gradients, tensors of this tape
     * @throws IllegalArgumentException if the shapes of seed and output differ, or the output was
     *     not computed on this tape
     */
    public Gradients vjp(Tensor output, @Nullable Tensor seed, Tensor... targets) {
        return walk(output, seed, Mode.PLAIN, targets);
    }

    /** {@link #vjp} for the last time on this tape: see {@link #lastGradients}. */
    Gradients lastVjp(Tensor output, Tensor seed, Tensor... targets) {
        return walk(output, seed, Mode.LAST, targets);
    }

    /**
     * A vector-Jacobian product like {@link #vjp} whose result can be differentiated again, also by
     * the seed: see {@link #recordedGradients}.
     *
     * @param output a tensor that was computed on this tape
     * @param seed the gradient of some scalar by the output, of its shape; null means ones
     * @param targets tensors to differentiate by
     * @return the gradients, tensors of this tape
     * @throws IllegalArgumentException if the shapes of seed and output differ, or the output was
     *     not computed on this tape
     * @throws UnsupportedOperationException if an operation on the way has no second derivative
     */
    public Gradients recordedVjp(Tensor output, @Nullable Tensor seed, Tensor... targets) {
        return walk(output, seed, Mode.RECORDED, targets);
    }

    /**
     * The product of an output's Jacobian with a vector (Jacobian-vector product), by a walk
     * forward over what this tape has recorded: {@link Jvp} does all of it for a function.
     *
     * @param output a tensor that was computed on this tape
     * @param inputs what moves: leaves, or results of this tape, whose own inputs then stay
     * @param vectors the direction of each input's movement, of its shape
     * @return the direction in which the output moves, a tensor of this tape of its shape
     * @throws IllegalArgumentException if shapes or numbers differ, or the output was not computed
     *     on this tape
     * @throws UnsupportedOperationException if an operation on the way has no forward mode
     */
    public Tensor jvp(Tensor output, Tensor[] inputs, Tensor[] vectors) {
        Node end = endOfWalk(output);
        if (inputs.length != vectors.length) {
            throw new IllegalArgumentException(
                    "jvp: "
                            + inputs.length
                            + " inputs and "
                            + vectors.length
                            + " vectors: each input needs one");
        }
        for (int i = 0; i < inputs.length; i++) {
            Checks.floats("jvp", vectors[i]);
            if (!inputs[i].shape().equals(vectors[i].shape())) {
                throw new IllegalArgumentException(
                        "jvp: input "
                                + i
                                + " has shape "
                                + inputs[i].shape()
                                + " and its vector "
                                + vectors[i].shape()
                                + ": they must be equal");
            }
        }
        paused = true;
        try {
            return pushForward(end, inputs, vectors);
        } finally {
            paused = false;
        }
    }

    private Tensor pushForward(Node end, Tensor[] inputs, Tensor[] vectors) {
        IdentityHashMap<Tensor, Tensor> leaves = new IdentityHashMap<>();
        @Nullable Tensor[] tangents = new Tensor[end.index + 1];
        boolean[] given = new boolean[end.index + 1];
        for (int i = 0; i < inputs.length; i++) {
            Node node = inputs[i].node();
            if (node == null || node.tape != this) {
                leaves.merge(inputs[i], vectors[i], Tensor::add);
            } else if (node.index <= end.index) {
                Tensor before = tangents[node.index];
                tangents[node.index] = before == null ? vectors[i] : before.add(vectors[i]);
                given[node.index] = true;
            }
        }
        for (int i = 0; i <= end.index; i++) {
            Node node = nodes.get(i);
            if (given[i]) {
                continue;
            }
            for (Edge edge : node.edges) {
                Node from = edge.input.node();
                Tensor moved =
                        from != null && from.tape == this
                                ? tangents[from.index]
                                : leaves.get(edge.input);
                if (moved != null) {
                    Tensor part = push(node, edge, moved);
                    Tensor before = tangents[i];
                    tangents[i] = before == null ? part : before.add(part);
                }
            }
        }
        Tensor tangent = tangents[end.index];
        return tangent == null ? Tensor.zeros(end.output.shape()) : tangent;
    }

    private static Tensor push(Node node, Edge edge, Tensor moved) {
        if (edge.tangent == null) {
            throw new UnsupportedOperationException(
                    "jvp: "
                            + node.op
                            + " has no forward mode: use Tape.vjp, or give the custom operation a"
                            + " tangent rule");
        }
        Tensor part = edge.tangent.apply(moved);
        if (!part.shape().equals(node.output.shape())) {
            throw new IllegalStateException(
                    "the tangent rule of "
                            + node.op
                            + " gave shape "
                            + part.shape()
                            + " for an output of shape "
                            + node.output.shape());
        }
        return part;
    }

    /** What a walk back does besides. */
    private enum Mode {
        PLAIN,
        /** Frees the forward pass behind it. */
        LAST,
        /** Records its own operations. */
        RECORDED
    }

    /** The operation in which a walk begins or ends; checks that one may begin now. */
    private Node endOfWalk(Tensor output) {
        if (spent) {
            throw new IllegalStateException(
                    "gradients: lastGradients has given back what the operations of this tape"
                            + " computed: use gradients for all walks but the last");
        }
        Node end = output.node();
        if (end == null || end.tape != this) {
            throw new IllegalArgumentException(
                    "gradients: the tensor of shape "
                            + output.shape()
                            + " was not computed on this tape"
                            + (end == null ? " (it is the result of no recorded operation)" : "")
                            + ": run the forward pass after Tape.open() and not inside of a nested Scope");
        }
        if (Scope.current() != this) {
            throw new IllegalStateException(
                    "gradients: another scope is open inside of this tape: close it first");
        }
        return end;
    }

    private Gradients walk(Tensor output, @Nullable Tensor seed, Mode mode, Tensor... targets) {
        Node end = endOfWalk(output);
        if (seed != null && !seed.shape().equals(output.shape())) {
            throw new IllegalArgumentException(
                    "vjp: the seed has shape "
                            + seed.shape()
                            + " and the output "
                            + output.shape()
                            + ": they must be equal");
        }
        paused = mode != Mode.RECORDED; // else the rules' own operations are not recorded
        try {
            spent = mode == Mode.LAST;
            walking = new Backward(end.index, mode, targets);
            return walking.run(output, seed);
        } finally {
            walking = null;
            paused = false;
        }
    }

    /** One walk back over the recorded operations. */
    private final class Backward {
        private final Tensor[] targets;
        private final boolean freeing;
        private final boolean recording;
        private final IdentityHashMap<Tensor, Integer> leaves = new IdentityHashMap<>();
        private final boolean[] needed;
        private final @Nullable Tensor[] pending;
        private final @Nullable Tensor[] results;

        /** Which target is the output of a node. */
        private final Map<Integer, Integer> inner = new java.util.HashMap<>();

        /** How many pending gradients share a storage that this walk allocated. */
        private final IdentityHashMap<Storage, Integer> uses = new IdentityHashMap<>();

        private final long firstSerial = nextSerial();

        /** The first storage that the rules of the operation at hand made. */
        private long passSerial = firstSerial;

        /** Of the loss and of targets, which stay when results are freed. */
        private final Set<Storage> kept = Collections.newSetFromMap(new IdentityHashMap<>());

        Backward(int lastIndex, Mode mode, Tensor[] targets) {
            this.targets = targets;
            this.freeing = mode == Mode.LAST;
            this.recording = mode == Mode.RECORDED;
            this.needed = new boolean[lastIndex + 1];
            this.pending = new Tensor[lastIndex + 1];
            this.results = new Tensor[targets.length];
            for (int i = 0; i < targets.length; i++) {
                Node node = targets[i].node();
                kept.add(targets[i].storage());
                if (node != null && node.tape == Tape.this) {
                    inner.putIfAbsent(node.index, i);
                    if (node.index <= lastIndex) {
                        needed[node.index] = true;
                    }
                } else {
                    leaves.putIfAbsent(targets[i], i);
                }
            }
            for (int i = 0; i <= lastIndex; i++) {
                for (Edge edge : nodes.get(i).edges) {
                    needed[i] |= wanted(edge.input);
                }
            }
        }

        private boolean wanted(Tensor input) {
            Node node = input.node();
            return (node != null && node.tape == Tape.this)
                    ? (node.index < needed.length && needed[node.index])
                    : leaves.containsKey(input);
        }

        Gradients run(Tensor output, @Nullable Tensor seed) {
            int last = pending.length - 1;
            kept.add(output.storage());
            // A tensor of its own for each walk: a rule knows by it whether what it made still
            // holds.
            pending[last] = retain(seed != null ? seed.again() : Tensor.ones(output.shape()));
            for (int i = nodes.size() - 1; freeing && i > last; i--) {
                free(nodes.get(i)); // the loss does not depend on it
            }
            for (int i = last; i >= 0; i--) {
                Tensor gradient = pending[i];
                if (gradient != null) {
                    pending[i] = null;
                    pass(nodes.get(i), gradient);
                }
                if (freeing) {
                    free(nodes.get(i));
                }
            }
            IdentityHashMap<Tensor, Tensor> gradients = new IdentityHashMap<>();
            List<Tensor> order = new ArrayList<>();
            for (Tensor target : targets) {
                Node node = target.node();
                Integer at =
                        node != null && node.tape == Tape.this
                                ? inner.get(node.index)
                                : leaves.get(target);
                Tensor g = at == null ? null : results[at];
                if (gradients.put(target, g != null ? g : Tensor.zeros(target.shape())) == null) {
                    order.add(target);
                }
            }
            return new Gradients(order, gradients);
        }

        private void pass(Node node, Tensor gradient) {
            passSerial = nextSerial();
            Integer target = inner.get(node.index);
            if (target != null) {
                results[target] = retain(gradient);
            }
            for (Edge edge : node.edges) {
                if (wanted(edge.input) && !addInPlace(edge, gradient)) {
                    accumulate(node, edge.input, edge.gradient.apply(gradient));
                }
            }
            dispose(gradient);
            // What the rules made for each other, such as the gradient before a fused ReLU.
            for (long serial = passSerial; !recording && serial < nextSerial(); serial++) {
                Storage storage = adopted(serial);
                if (!uses.containsKey(storage) && storage.scope() == Tape.this) {
                    storage.release();
                }
            }
        }

        /** Gives back an operation's result: everything that needs it has been passed. */
        private void free(Node node) {
            Storage storage = node.storage;
            if (storage != null && storage.scope() == Tape.this && !kept.contains(storage)) {
                storage.release();
            }
        }

        private void accumulate(Node from, Tensor input, Tensor gradient) {
            if (!gradient.shape().equals(input.shape())) {
                throw new IllegalStateException(
                        "the gradient rule of "
                                + from.op
                                + " gave shape "
                                + gradient.shape()
                                + " for an input of shape "
                                + input.shape());
            }
            @Nullable Tensor[] slots = slots(input);
            int at = slot(input);
            Tensor before = slots[at];
            if (before == null) {
                slots[at] = retain(gradient);
                return;
            }
            if (takesSums(before)) {
                InPlace.add(before, gradient);
            } else {
                slots[at] = retain(before.add(gradient));
                dispose(before);
            }
            if (!uses.containsKey(gradient.storage())) {
                releaseIfOurs(gradient);
            }
        }

        private boolean addInPlace(Edge edge, Tensor gradient) {
            Tensor before = slots(edge.input)[slot(edge.input)];
            return edge.adding != null
                    && before != null
                    && takesSums(before)
                    && edge.adding.add(gradient, before);
        }

        /** Where the gradients of such tensors as this one wait ... */
        private @Nullable Tensor[] slots(Tensor input) {
            Node node = input.node();
            return node != null && node.tape == Tape.this ? pending : results;
        }

        /** ... and the place of this one's. */
        private int slot(Tensor input) {
            Node node = input.node();
            return node != null && node.tape == Tape.this
                    ? node.index
                    : Objects.requireNonNull(leaves.get(input));
        }

        /** Not what the rules of the operation at hand have made, which one may still read. */
        private boolean takesSums(Tensor before) {
            return before.layout().isDense() && isSpare(before.storage(), passSerial);
        }

        private Tensor retain(Tensor gradient) {
            uses.merge(gradient.storage(), 1, Integer::sum);
            return gradient;
        }

        private void dispose(Tensor gradient) {
            Storage storage = gradient.storage();
            Integer left = uses.merge(storage, -1, Integer::sum);
            if (left == 0) {
                uses.remove(storage);
                releaseIfOurs(gradient);
            }
        }

        /** Whether one gradient alone uses what this walk allocated, before some other storage. */
        boolean isSpare(Storage storage, long before) {
            return !recording
                    && storage.scope() == Tape.this
                    && storage.serial() >= firstSerial
                    && storage.serial() < before
                    && uses.getOrDefault(storage, 0) == 1;
        }

        /**
         * Frees what this walk itself allocated and nobody waits for; peak memory stays near that
         * of the forward pass.
         */
        private void releaseIfOurs(Tensor gradient) {
            Storage storage = gradient.storage();
            if (!recording && storage.scope() == Tape.this && storage.serial() >= firstSerial) {
                storage.release();
            }
        }
    }
}
