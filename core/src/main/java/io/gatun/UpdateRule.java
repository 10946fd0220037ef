/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import io.gatun.kernel.Kernels;
import io.gatun.kernel.Kernels.OptimizerKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arithmetic of one optimizer step, which {@link InPlace#update} carries out: which formula,
 * with which coefficients, after how many steps. Immutable. Steps t count from 1; w is a parameter,
 * g its gradient.
 *
 * <p>The native kernels count numbers below the normal range of floats, 1.2e-38, as zero in a step:
 * the momentum of a weight without a gradient would else stay among them, where each takes some
 * hundred cycles.
 */
public final class UpdateRule {
    private final String name;
    private final List<String> state;
    private final int[] slots;
    private final double rate;
    private final Kernels.Optimizer kernel;

    private UpdateRule(
            String name, List<String> state, int[] slots, double rate, Kernels.Optimizer kernel) {
        this.name = name;
        this.state = state;
        this.slots = slots;
        this.rate = rate;
        this.kernel = kernel;
    }

    /** A rule that keeps the named state in the kernel's slots of the same places; null is none. */
    private static UpdateRule of(
            String name,
            OptimizerKind kind,
            int flags,
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double firstRate,
            double gradientRate,
            double correction,
            String... named) {
        List<String> state = new ArrayList<>();
        int[] slots = new int[named.length];
        for (int i = 0; i < named.length; i++) {
            if (!named[i].isEmpty()) {
                slots[state.size()] = i;
                state.add(named[i]);
            }
        }
        Kernels.Optimizer kernel =
                new Kernels.Optimizer(
                        kind,
                        flags,
                        (float) rate,
                        (float) beta1,
                        (float) beta2,
                        (float) epsilon,
                        (float) firstRate,
                        (float) gradientRate,
                        (float) correction,
                        1,
                        0,
                        0,
                        0,
                        0);
        return new UpdateRule(
                name, List.copyOf(state), Arrays.copyOf(slots, state.size()), rate, kernel);
    }

    /**
     * Descent: w -= rate g; with momentum v = momentum v + g, w -= rate v; in Nesterov's form w -=
     * rate (g + momentum v). PyTorch's convention. State: {@code velocity}, with momentum only.
     *
     * @param rate learning rate
     * @param momentum 0 for none
     * @param nesterov Nesterov's form of momentum
     * @return the rule
     */
    public static UpdateRule sgd(double rate, double momentum, boolean nesterov) {
        return of(
                "sgd",
                OptimizerKind.SGD,
                nesterov ? Kernels.Optimizer.NESTEROV : 0,
                rate,
                momentum,
                0,
                0,
                0,
                0,
                1,
                momentum != 0 ? "velocity" : "");
    }

    /**
     * AdaGrad: s += g^2, w -= rate g / (sqrt(s) + epsilon). State: {@code sum}.
     *
     * @param rate learning rate
     * @param epsilon added to the root
     * @return the rule
     */
    public static UpdateRule adaGrad(double rate, double epsilon) {
        return of("adaGrad", OptimizerKind.ADAGRAD, 0, rate, 0, 0, epsilon, 0, 0, 1, "sum");
    }

    /**
     * RMSprop: s = alpha s + (1 - alpha) g^2, w -= rate g / (sqrt(s) + epsilon); centred: with s -
     * m^2 instead of s, where m = alpha m + (1 - alpha) g; with momentum: v = momentum v + the
     * quotient, w -= rate v. State: {@code square}, centred {@code mean}, with momentum {@code
     * velocity}.
     *
     * @param rate learning rate
     * @param alpha decay of s and m
     * @param epsilon added to the root
     * @param momentum 0 for none
     * @param centred whether to subtract the squared mean
     * @return the rule
     */
    public static UpdateRule rmsProp(
            double rate, double alpha, double epsilon, double momentum, boolean centred) {
        return of(
                "rmsProp",
                OptimizerKind.RMSPROP,
                centred ? Kernels.Optimizer.CENTRED : 0,
                rate,
                momentum,
                alpha,
                epsilon,
                0,
                0,
                1,
                "square",
                centred ? "mean" : "",
                momentum != 0 ? "velocity" : "");
    }

    /**
     * AdaDelta: s = rho s + (1 - rho) g^2, d = g sqrt(u + epsilon) / sqrt(s + epsilon), u = rho u +
     * (1 - rho) d^2, w -= rate d. State: {@code square} (s), {@code step} (u).
     *
     * @param rate learning rate, 1 in the paper
     * @param rho decay of s and u
     * @param epsilon added below the roots
     * @return the rule
     */
    public static UpdateRule adaDelta(double rate, double rho, double epsilon) {
        return of(
                "adaDelta",
                OptimizerKind.ADADELTA,
                0,
                rate,
                0,
                rho,
                epsilon,
                0,
                0,
                1,
                "square",
                "step");
    }

    /**
     * Adam: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, w -= rate m' / (sqrt(v') +
     * epsilon), where m' = m / (1 - beta1^t) and v' = v / (1 - beta2^t); AMSGrad: with the largest
     * v so far instead of v. State: {@code first} (m), {@code second} (v), AMSGrad {@code largest}.
     *
     * @param t number of the step, from 1
     * @param rate learning rate
     * @param beta1 decay of m
     * @param beta2 decay of v
     * @param epsilon added to the root
     * @param amsgrad whether v never falls
     * @return the rule
     */
    public static UpdateRule adam(
            long t, double rate, double beta1, double beta2, double epsilon, boolean amsgrad) {
        return of(
                "adam",
                OptimizerKind.ADAM,
                amsgrad ? Kernels.Optimizer.AMSGRAD : 0,
                rate,
                beta1,
                beta2,
                epsilon,
                rate / (1 - Math.pow(beta1, (double) t)),
                0,
                correction(beta2, t),
                "first",
                "second",
                amsgrad ? "largest" : "");
    }

    /**
     * NAdam: m and v as Adam, w -= rate (next m / (1 - product next) + (1 - mu) g / (1 - product))
     * / (sqrt(v') + epsilon) with momenta mu of this step and next of the step after it. State:
     * {@code first}, {@code second}.
     *
     * @param t number of the step, from 1
     * @param rate learning rate
     * @param beta1 decay of m
     * @param beta2 decay of v
     * @param epsilon added to the root
     * @param mu momentum of this step
     * @param next momentum of the next step
     * @param product of the momenta of all steps, this one included
     * @return the rule
     */
    public static UpdateRule nadam(
            long t,
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double mu,
            double next,
            double product) {
        return of(
                "nadam",
                OptimizerKind.ADAM,
                0,
                rate,
                beta1,
                beta2,
                epsilon,
                rate * next / (1 - product * next),
                rate * (1 - mu) / (1 - product),
                correction(beta2, t),
                "first",
                "second");
    }

    /**
     * AdaMax: m = beta1 m + (1 - beta1) g, u = max(beta2 u, |g| + epsilon), w -= rate / (1 -
     * beta1^t) m / u. State: {@code first} (m), {@code largest} (u).
     *
     * @param t number of the step, from 1
     * @param rate learning rate
     * @param beta1 decay of m
     * @param beta2 decay of u
     * @param epsilon added to |g|
     * @return the rule
     */
    public static UpdateRule adaMax(
            long t, double rate, double beta1, double beta2, double epsilon) {
        return of(
                "adaMax",
                OptimizerKind.ADAMAX,
                0,
                rate,
                beta1,
                beta2,
                epsilon,
                rate / (1 - Math.pow(beta1, (double) t)),
                0,
                1,
                "first",
                "largest");
    }

    /**
     * LAMB: r = m' / (sqrt(v') + epsilon) + decay w with Adam's m' and v', w -= rate |w| / |r| r
     * with norms over the whole parameter (1 in place of the quotient where a norm is 0). The decay
     * is that of {@link #decoupledDecay}. State: {@code first}, {@code second}.
     *
     * @param t number of the step, from 1
     * @param rate learning rate
     * @param beta1 decay of m
     * @param beta2 decay of v
     * @param epsilon added to the root
     * @return the rule
     */
    public static UpdateRule lamb(long t, double rate, double beta1, double beta2, double epsilon) {
        return of(
                "lamb",
                OptimizerKind.LAMB,
                0,
                rate,
                beta1,
                beta2,
                epsilon,
                1 / (1 - Math.pow(beta1, (double) t)),
                0,
                correction(beta2, t),
                "first",
                "second");
    }

    private static double correction(double beta2, long t) {
        return 1 / Math.sqrt(1 - Math.pow(beta2, (double) t));
    }

    /**
     * This rule for gradients with penalties: l2 w + l1 sign(w) is added to g.
     *
     * @param l2 weight decay as part of the gradient
     * @param l1 the absolute values' penalty
     * @return a new rule
     */
    public UpdateRule decay(double l2, double l1) {
        return with(kernel.with(kernel.scale(), kernel.clip(), l2, l1, kernel.shrink()));
    }

    /**
     * This rule with a decay of w beside the gradient's step: w -= rate decay w first. (For LAMB
     * the decay is a part of r.)
     *
     * @param decay the factor
     * @return a new rule
     */
    public UpdateRule decoupledDecay(double decay) {
        double shrink = kernel.kind() == OptimizerKind.LAMB ? decay : rate * decay;
        return with(kernel.with(kernel.scale(), kernel.clip(), kernel.l2(), kernel.l1(), shrink));
    }

    /**
     * This rule for gradients that are first multiplied, then limited, before any decay.
     *
     * @param scale the factor
     * @param clip the largest absolute value of an element; 0 for no limit
     * @return a new rule
     */
    public UpdateRule clip(double scale, double clip) {
        return with(kernel.with(scale, clip, kernel.l2(), kernel.l1(), kernel.shrink()));
    }

    private UpdateRule with(Kernels.Optimizer changed) {
        return new UpdateRule(name, state, slots, rate, changed);
    }

    /**
     * Names of the tensors that the rule keeps for each parameter, each like the parameter and
     * zeros at first.
     *
     * @return the names, in the order in which {@link InPlace#update} takes the tensors
     */
    public List<String> state() {
        return state;
    }

    String name() {
        return name;
    }

    Kernels.Optimizer kernel() {
        return kernel;
    }

    /** The kernel's slot of the i-th state. */
    int slot(int i) {
        return slots[i];
    }

    @Override
    public String toString() {
        return name + state;
    }
}
