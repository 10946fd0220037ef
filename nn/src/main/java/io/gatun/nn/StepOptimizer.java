/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.DType;
import io.gatun.Gradients;
import io.gatun.InPlace;
import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.UpdateRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all optimizers that step along gradients have in common: one kernel for all parameters,
 * weight decay and other penalties, limits for gradients and weights, groups of parameters, and
 * state that can be saved.
 *
 * <p>Penalties and limits act in this order: gradients are limited by their global norm, by each
 * parameter's norm, then element by element; then the penalties' gradients are added; after the
 * step, weights are brought back to their largest norm. None of them is used by default. Methods
 * that change a hyper-parameter give a new optimizer without state.
 *
 * @param <O> the optimizer itself
 */
public abstract sealed class StepOptimizer<O extends StepOptimizer<O>> implements Optimizer
        permits Sgd, AdaGrad, RmsProp, AdaDelta, Adam, AdaMax, NAdam, Lamb {
    private static final String STEPS = "steps";

    /** What can be asked of every optimizer; 0 is none. */
    record Options(
            double weightDecay,
            double decoupledDecay,
            double l1,
            double clipValue,
            double clipNorm,
            double clipGlobalNorm,
            double maxNorm,
            List<ParameterGroup> groups) {
        static final Options NONE = new Options(0, 0, 0, 0, 0, 0, 0, List.of());
    }

    /**
     * What is kept for one parameter; each counts its own steps, as a frozen parameter takes none.
     */
    static final class State {
        final List<Tensor> tensors;
        long steps;

        State(List<Tensor> tensors) {
            this.tensors = tensors;
        }
    }

    /** Parameters that one kernel can step together. */
    private record Together(long step, double rateFactor, double decayFactor, double scale) {}

    final String name;
    final Options options;
    private final IdentityHashMap<Tensor, State> states = new IdentityHashMap<>();
    private final IdentityHashMap<Tensor, ParameterGroup> groups = new IdentityHashMap<>();
    private double rate;
    private double penalties = 1;

    StepOptimizer(String name, double rate, Options options) {
        this.name = name;
        this.rate = Checks.rate(name, rate);
        this.options = options;
        for (ParameterGroup group : options.groups) {
            for (Parameter parameter : group.parameters()) {
                if (groups.put(parameter.value(), group) != null) {
                    throw new IllegalArgumentException(
                            name
                                    + ": parameter "
                                    + parameter.name()
                                    + " is in two groups: leave it in one");
                }
            }
        }
    }

    /** This optimizer with other options, without state. */
    abstract O with(Options changed);

    /** The arithmetic of step t of a parameter. */
    abstract UpdateRule rule(long t, double stepRate);

    /* ---------------------------------------------------------------- options */

    /**
     * This method with an L2 penalty as part of the gradient (coupled weight decay): weightDecay w
     * is added to it, the gradient of weightDecay / 2 |w|^2.
     *
     * @param weightDecay factor of w in its gradient
     * @return a new optimizer without state
     * @throws IllegalArgumentException if negative or not finite
     */
    public O weightDecay(double weightDecay) {
        Options o = options;
        return with(
                new Options(
                        Checks.rate(name, "weightDecay", weightDecay),
                        o.decoupledDecay,
                        o.l1,
                        o.clipValue,
                        o.clipNorm,
                        o.clipGlobalNorm,
                        o.maxNorm,
                        o.groups));
    }

    /**
     * This method with weight decay beside the gradient's step: w -= rate weightDecay w first.
     * Loshchilov and Hutter, "Decoupled weight decay regularization", 2019; with Adam this is
     * AdamW.
     *
     * @param weightDecay factor of w
     * @return a new optimizer without state
     * @throws IllegalArgumentException if negative or not finite
     */
    public O decoupledWeightDecay(double weightDecay) {
        Options o = options;
        return with(
                new Options(
                        o.weightDecay,
                        Checks.rate(name, "decoupledWeightDecay", weightDecay),
                        o.l1,
                        o.clipValue,
                        o.clipNorm,
                        o.clipGlobalNorm,
                        o.maxNorm,
                        o.groups));
    }

    /**
     * This method with an L1 penalty: factor sign(w) is added to the gradient. Together with {@link
     * #weightDecay} that is the elastic net (Zou and Hastie, 2005).
     *
     * @param factor of the sign
     * @return a new optimizer without state
     * @throws IllegalArgumentException if negative or not finite
     */
    public O l1(double factor) {
        Options o = options;
        return with(
                new Options(
                        o.weightDecay,
                        o.decoupledDecay,
                        Checks.rate(name, "l1", factor),
                        o.clipValue,
                        o.clipNorm,
                        o.clipGlobalNorm,
                        o.maxNorm,
                        o.groups));
    }

    /**
     * This method with gradients limited element by element.
     *
     * @param limit largest absolute value of an element; 0 for no limit
     * @return a new optimizer without state
     * @throws IllegalArgumentException if negative or not finite
     */
    public O clipValue(double limit) {
        Options o = options;
        return with(
                new Options(
                        o.weightDecay,
                        o.decoupledDecay,
                        o.l1,
                        Checks.rate(name, "clipValue", limit),
                        o.clipNorm,
                        o.clipGlobalNorm,
                        o.maxNorm,
                        o.groups));
    }

    /**
     * This method with each parameter's gradient shortened to a largest norm (Keras's clipnorm).
     *
     * @param limit largest Euclidean norm; 0 for no limit
     * @return a new optimizer without state
     * @throws IllegalArgumentException if negative or not finite
     */
    public O clipNorm(double limit) {
        Options o = options;
        return with(
                new Options(
                        o.weightDecay,
                        o.decoupledDecay,
                        o.l1,
                        o.clipValue,
                        Checks.rate(name, "clipNorm", limit),
                        o.clipGlobalNorm,
                        o.maxNorm,
                        o.groups));
    }

    /**
     * This method with all gradients together shortened to a largest norm. Pascanu et al., "On the
     * difficulty of training recurrent neural networks", 2013; PyTorch's clip_grad_norm_: the
     * factor is limit / (norm + 1e-6) where that is below 1.
     *
     * @param limit largest Euclidean norm; 0 for no limit
     * @return a new optimizer without state
     * @throws IllegalArgumentException if negative or not finite
     */
    public O clipGlobalNorm(double limit) {
        Options o = options;
        return with(
                new Options(
                        o.weightDecay,
                        o.decoupledDecay,
                        o.l1,
                        o.clipValue,
                        o.clipNorm,
                        Checks.rate(name, "clipGlobalNorm", limit),
                        o.maxNorm,
                        o.groups));
    }

    /**
     * This method with weights kept within a ball: after each step, the weights into each output
     * (all dimensions but the first) are shortened to a largest norm. Parameters of one dimension,
     * such as biases, are left alone. Srivastava et al., "Dropout: a simple way to prevent neural
     * networks from overfitting", 2014, section 5.1.
     *
     * @param limit largest Euclidean norm of an output's weights; 0 for no limit
     * @return a new optimizer without state
     * @throws IllegalArgumentException if negative or not finite
     */
    public O maxNorm(double limit) {
        Options o = options;
        return with(
                new Options(
                        o.weightDecay,
                        o.decoupledDecay,
                        o.l1,
                        o.clipValue,
                        o.clipNorm,
                        o.clipGlobalNorm,
                        Checks.rate(name, "maxNorm", limit),
                        o.groups));
    }

    /**
     * This method with groups of parameters that are treated in another way than the rest.
     *
     * @param groups in place of groups given before
     * @return a new optimizer without state
     * @throws IllegalArgumentException if a parameter is in two groups
     */
    public O groups(ParameterGroup... groups) {
        Options o = options;
        return with(
                new Options(
                        o.weightDecay,
                        o.decoupledDecay,
                        o.l1,
                        o.clipValue,
                        o.clipNorm,
                        o.clipGlobalNorm,
                        o.maxNorm,
                        List.of(groups)));
    }

    /* ---------------------------------------------------------------- steps */

    @Override
    public boolean trains(Parameter parameter) {
        ParameterGroup group = groups.get(parameter.value());
        return group == null || !group.isFrozen();
    }

    @Override
    public void step(Gradients gradients) {
        List<Tensor> parameters = new ArrayList<>(gradients.size());
        gradients.forEach((parameter, _) -> {
            ParameterGroup group = groups.get(parameter);
            if (group == null || !group.isFrozen()) {
                parameters.add(parameter);
            }
        });
        double scale = globalScale(parameters, gradients);
        // Usually one list: parameters differ in their steps only after some were left out.
        Map<Together, List<InPlace.Update>> lists = new LinkedHashMap<>();
        for (Tensor parameter : parameters) {
            State state = states.computeIfAbsent(parameter, this::newState);
            ParameterGroup group = groups.get(parameter);
            Tensor gradient = gradients.of(parameter);
            Together key =
                    new Together(
                            state.steps + 1,
                            group == null ? 1 : group.rateFactor(),
                            group == null ? 1 : group.decayFactor(),
                            scale * ownScale(gradient, scale));
            lists.computeIfAbsent(key, _ -> new ArrayList<>())
                    .add(new InPlace.Update(parameter, gradient, state.tensors));
        }
        lists.forEach((key, updates) -> InPlace.update(rule(key), updates));
        // after the updates: a parameter that was refused has taken no step
        for (Tensor parameter : parameters) {
            states.computeIfAbsent(parameter, this::newState).steps++;
            if (options.maxNorm != 0 && parameter.shape().rank() > 1) {
                shorten(parameter);
            }
        }
    }

    private UpdateRule rule(Together key) {
        double factor = key.decayFactor * penalties;
        return rule(key.step, rate * key.rateFactor)
                .decay(options.weightDecay * factor, options.l1 * factor)
                .decoupledDecay(options.decoupledDecay * factor)
                .clip(key.scale, options.clipValue);
    }

    private State newState(Tensor parameter) {
        return new State(
                rule(1, rate).state().stream().map(_ -> InPlace.zerosLike(parameter)).toList());
    }

    private double globalScale(List<Tensor> parameters, Gradients gradients) {
        if (options.clipGlobalNorm == 0) {
            return 1;
        }
        double sum = 0;
        for (Tensor parameter : parameters) {
            sum += sumOfSquares(gradients.of(parameter));
        }
        return Math.min(1, options.clipGlobalNorm / (Math.sqrt(sum) + 1e-6));
    }

    private double ownScale(Tensor gradient, double before) {
        if (options.clipNorm == 0) {
            return 1;
        }
        double norm = before * Math.sqrt(sumOfSquares(gradient));
        return Math.min(1, options.clipNorm / (norm + 1e-6));
    }

    private static double sumOfSquares(Tensor tensor) {
        try (Scope _ = Scope.open()) { // no part of the graph
            return tensor.square().sum().item();
        }
    }

    /** Rows of the parameter, seen as a matrix, come to at most the largest norm. */
    private void shorten(Tensor parameter) {
        try (Scope _ = Scope.open()) {
            int[] axes = new int[parameter.shape().rank() - 1];
            for (int i = 0; i < axes.length; i++) {
                axes[i] = i + 1;
            }
            Tensor squares = parameter.square().sum(true, axes);
            float[] factors = squares.toFloatArray();
            boolean any = false;
            for (int i = 0; i < factors.length; i++) {
                double norm = Math.sqrt(factors[i]);
                any |= norm > options.maxNorm;
                factors[i] = norm > options.maxNorm ? (float) (options.maxNorm / norm) : 1;
            }
            if (any) {
                Tensor factor = Tensor.of(factors, squares.shape().toArray());
                InPlace.copy(parameter, parameter.mul(factor));
            }
        }
    }

    @Override
    public double rate() {
        return rate;
    }

    @Override
    public void rate(double rate) {
        this.rate = Checks.rate(name, rate);
    }

    @Override
    public void penalties(double factor) {
        penalties = Checks.rate(name, "penalties", factor);
    }

    /* ---------------------------------------------------------------- files */

    @Override
    public void save(Layer model, Snapshot to) {
        to.put("optimizer", name);
        to.put("rate", rate);
        to.put("penalties", penalties);
        collect(model).forEach(to.in("state")::put);
    }

    @Override
    public void restore(Layer model, Snapshot from) throws IOException {
        Snapshot state = from.in("state");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String key : state.names()) {
            tensors.put(key, state.tensor(key));
        }
        double savedRate = from.number("rate");
        double savedPenalties = from.number("penalties");
        take(model, from.file(), from.text("optimizer"), tensors);
        rate = savedRate;
        penalties = savedPenalties;
    }

    /**
     * Saves what the optimizer keeps for a model's parameters, so that a training can go on later
     * as if it had not been interrupted: as safetensors, under the parameters' names, all or
     * nothing as {@link Safetensors#write}. Hyper-parameters are not saved.
     *
     * @param model whose parameters were trained
     * @param file where to
     * @throws IOException if writing fails; an older file then stays as it was
     */
    public void save(Layer model, Path file) throws IOException {
        try (Scope _ = Scope.open()) {
            Safetensors.write(file, collect(model), Map.of("optimizer", name));
        }
    }

    private Map<String, Tensor> collect(Layer model) {
        List<String> names = rule(1, rate).state();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : model.parameters()) {
            State state = states.get(parameter.value());
            if (state != null) {
                for (int i = 0; i < names.size(); i++) {
                    String key = parameter.name() + "." + names.get(i);
                    tensors.put(key, state.tensors.get(i));
                }
                int[] steps = {Math.toIntExact(state.steps)};
                tensors.put(parameter.name() + "." + STEPS, Tensor.of(steps));
            }
        }
        return tensors;
    }

    /**
     * Loads what {@link #save(Layer, Path)} has saved, all or nothing, in place of what is kept for
     * the model's parameters now.
     *
     * @param model whose parameters are to be trained on; with the names and shapes of the one that
     *     was saved
     * @param file what to read
     * @throws FormatException if the file is not valid, or is of another optimizer or model
     * @throws IOException if reading fails
     */
    public void load(Layer model, Path file) throws IOException {
        Safetensors.Contents contents = Safetensors.read(file);
        take(model, file, contents.metadata().get("optimizer"), contents.tensors());
    }

    private void take(Layer model, Path file, @Nullable String other, Map<String, Tensor> tensors)
            throws FormatException {
        if (!name.equals(other)) {
            throw new FormatException(
                    file, "it holds the state of " + other + ", not of " + name + ": see save");
        }
        List<String> names = rule(1, rate).state();
        Set<String> left = new LinkedHashSet<>(tensors.keySet());
        IdentityHashMap<Tensor, State> loaded = new IdentityHashMap<>();
        for (Parameter parameter : model.parameters()) {
            Tensor steps = tensors.get(parameter.name() + "." + STEPS);
            if (steps == null) {
                continue; // it was frozen
            }
            if (steps.dtype() != DType.INT32 || steps.shape().size() != 1) {
                throw new FormatException(file, parameter.name() + "." + STEPS + " is no number");
            }
            left.remove(parameter.name() + "." + STEPS);
            List<Tensor> values = new ArrayList<>();
            for (String piece : names) {
                String key = parameter.name() + "." + piece;
                Tensor saved = tensors.get(key);
                if (saved == null
                        || saved.dtype() != DType.FLOAT32
                        || !saved.shape().equals(parameter.value().shape())) {
                    throw new FormatException(
                            file,
                            "tensor "
                                    + key
                                    + " is "
                                    + (saved == null
                                            ? "missing"
                                            : saved.dtype() + " " + saved.shape())
                                    + ", "
                                    + name
                                    + " needs FLOAT32 "
                                    + parameter.value().shape());
                }
                left.remove(key);
                values.add(InPlace.persistent(saved, parameter.value().layout()));
            }
            State state = new State(List.copyOf(values));
            state.steps = steps.toIntArray()[0];
            loaded.put(parameter.value(), state);
        }
        if (!left.isEmpty()) {
            throw new FormatException(
                    file, "the model has no parameters for " + left + ": it is another model's");
        }
        model.parameters().forEach(parameter -> states.remove(parameter.value()));
        states.putAll(loaded);
    }
}
