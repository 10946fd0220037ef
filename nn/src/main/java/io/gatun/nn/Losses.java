/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Activations;
import io.gatun.DType;
import io.gatun.Indexing;
import io.gatun.Tensor;

/**
 * The loss functions. Those without an argument give the mean over the batch; {@link Reduction} in
 * the other form gives the sum, or the single losses. All are finite for logits of any finite size.
 */
public final class Losses {
    /** The smallest argument of a logarithm: the smallest normal float. */
    private static final float TINY = Float.MIN_NORMAL;

    private static final float DISTANCE_EPSILON = 1e-6f;

    private Losses() {}

    /* ---------------------------------------------------------------- regression */

    /**
     * Mean squared error: (output - target)^2, the mean over all elements.
     *
     * @return a loss of two float tensors of one shape
     */
    public static Loss mse() {
        return mse(Reduction.MEAN);
    }

    /**
     * Squared error: (output - target)^2 of each element.
     *
     * @param reduction over all elements
     * @return a loss of two float tensors of one shape
     */
    public static Loss mse(Reduction reduction) {
        return (output, target) -> reduction.of(difference("mse", output, target).square());
    }

    /**
     * Mean absolute error: |output - target|, the mean over all elements.
     *
     * @return a loss of two float tensors of one shape
     */
    public static Loss mae() {
        return mae(Reduction.MEAN);
    }

    /**
     * Absolute error: |output - target| of each element.
     *
     * @param reduction over all elements
     * @return a loss of two float tensors of one shape
     */
    public static Loss mae(Reduction reduction) {
        return (output, target) -> reduction.of(difference("mae", output, target).abs());
    }

    /**
     * Huber's loss with delta = 1, the mean over all elements.
     *
     * @return a loss of two float tensors of one shape
     */
    public static Loss huber() {
        return huber(1, Reduction.MEAN);
    }

    /**
     * Huber's loss: with d = output - target, d^2 / 2 where |d| is at most delta, else delta (|d| -
     * delta / 2). Huber, "Robust estimation of a location parameter", 1964.
     *
     * @param delta where the parabola becomes a line, above 0
     * @param reduction over all elements
     * @return a loss of two float tensors of one shape
     * @throws IllegalArgumentException if delta is not positive and finite
     */
    public static Loss huber(double delta, Reduction reduction) {
        Checks.above("huber", "delta", delta);
        return (output, target) -> {
            Tensor size = difference("huber", output, target).abs();
            Tensor beyond = size.add((float) -delta).relu();
            Tensor within = size.sub(beyond);
            return reduction.of(within.square().mul(0.5f).add(beyond.mul((float) delta)));
        };
    }

    /**
     * log(cosh(output - target)), the mean over all elements.
     *
     * @return a loss of two float tensors of one shape
     */
    public static Loss logCosh() {
        return logCosh(Reduction.MEAN);
    }

    /**
     * log(cosh(output - target)) of each element, computed as |d| + log(1 + e^(-2 |d|)) - log(2).
     *
     * @param reduction over all elements
     * @return a loss of two float tensors of one shape
     */
    public static Loss logCosh(Reduction reduction) {
        return (output, target) -> {
            Tensor size = difference("logCosh", output, target).abs();
            Tensor tail = Activations.softplus(size.mul(-2));
            return reduction.of(size.add(tail).add((float) -Math.log(2)));
        };
    }

    /* ---------------------------------------------------------------- two classes */

    /**
     * Binary cross-entropy of probabilities, the mean over all elements.
     *
     * @return a loss of probabilities and targets from 0 to 1, of one shape
     */
    public static Loss binaryCrossEntropy() {
        return binaryCrossEntropy(Reduction.MEAN);
    }

    /**
     * Binary cross-entropy of probabilities: -(t log(p) + (1 - t) log(1 - p)) of each element.
     * Arguments of logarithms are kept above 1.2e-38, so that a loss is at most 88; there the
     * gradient is 0. Prefer logits, which have no such border.
     *
     * @param reduction over all elements
     * @return a loss of probabilities and targets from 0 to 1, of one shape
     */
    public static Loss binaryCrossEntropy(Reduction reduction) {
        return (output, target) -> {
            same("binaryCrossEntropy", output, target);
            Tensor yes = target.mul(logarithm(output));
            Tensor no = target.mul(-1).add(1).mul(logarithm(output.mul(-1).add(1)));
            return reduction.of(yes.add(no).neg());
        };
    }

    /**
     * Binary cross-entropy of logits, the mean over all elements.
     *
     * @return a loss of logits and targets from 0 to 1, of one shape
     */
    public static Loss binaryCrossEntropyWithLogits() {
        return binaryCrossEntropyWithLogits(Reduction.MEAN);
    }

    /**
     * Binary cross-entropy of logits: log(1 + e^x) - t x of each element, which is that of the
     * probability sigmoid(x).
     *
     * @param reduction over all elements
     * @return a loss of logits and targets from 0 to 1, of one shape
     */
    public static Loss binaryCrossEntropyWithLogits(Reduction reduction) {
        return (output, target) -> {
            same("binaryCrossEntropyWithLogits", output, target);
            return reduction.of(Activations.softplus(output).sub(target.mul(output)));
        };
    }

    /* ---------------------------------------------------------------- many classes */

    /**
     * Softmax and cross-entropy in one kernel, stable for logits of any size: the mean of
     * log(sum(e^x)) - x[label]. Label smoothing, class weights and more: see {@link CrossEntropy}.
     *
     * @return a loss of logits [N, classes] and INT32 labels [N], or FLOAT32 probabilities [N,
     *     classes]
     */
    public static CrossEntropy crossEntropy() {
        return CrossEntropy.of();
    }

    /**
     * Negative log-likelihood: the mean of -x[label], where x are logarithms of probabilities. See
     * {@link CrossEntropy#ofLogarithms}.
     *
     * @return a loss of logarithms [N, classes] and INT32 labels [N], or FLOAT32 probabilities [N,
     *     classes]
     */
    public static CrossEntropy nll() {
        return CrossEntropy.ofLogarithms();
    }

    /**
     * Multiclass hinge loss (the support vector machine's) with margin 1, the mean over the batch.
     *
     * @return a loss of scores [N, classes] and INT32 labels [N]
     */
    public static Loss hinge() {
        return hinge(1, Reduction.MEAN);
    }

    /**
     * Multiclass hinge loss: of each row, the sum over classes c but the label y of max(x[c] - x[y]
     * + margin, 0). Weston and Watkins, "Support vector machines for multi-class pattern
     * recognition", 1999, as in Stanford's course cs231n; PyTorch's MultiMarginLoss divides it by
     * the number of classes.
     *
     * @param margin how far the label's score should be above the others
     * @param reduction over rows
     * @return a loss of scores [N, classes] and INT32 labels [N]
     */
    public static Loss hinge(double margin, Reduction reduction) {
        return (output, target) ->
                reduction.of(excess("hinge", output, target, margin).sum(false, -1));
    }

    /**
     * Squared multiclass hinge loss with margin 1, the mean over the batch.
     *
     * @return a loss of scores [N, classes] and INT32 labels [N]
     */
    public static Loss squaredHinge() {
        return squaredHinge(1, Reduction.MEAN);
    }

    /**
     * Squared multiclass hinge loss: as {@link #hinge(double, Reduction)}, with each term squared.
     *
     * @param margin how far the label's score should be above the others
     * @param reduction over rows
     * @return a loss of scores [N, classes] and INT32 labels [N]
     */
    public static Loss squaredHinge(double margin, Reduction reduction) {
        return (output, target) ->
                reduction.of(
                        excess("squaredHinge", output, target, margin).square().sum(false, -1));
    }

    /** max(x[c] - x[label] + margin, 0), and 0 for the label itself. */
    private static Tensor excess(String op, Tensor output, Tensor target, double margin) {
        if (output.shape().rank() != 2
                || target.dtype() != DType.INT32
                || target.shape().rank() != 1
                || target.shape().dim(0) != output.shape().dim(0)) {
            throw new IllegalArgumentException(
                    op
                            + ": takes scores [n, classes] and INT32 labels [n], got "
                            + output.shape()
                            + " and "
                            + target.dtype()
                            + " "
                            + target.shape());
        }
        int[] labels = target.toIntArray();
        int classes = Math.toIntExact(output.shape().dim(1));
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        op
                                + ": labels["
                                + i
                                + "] = "
                                + labels[i]
                                + " is not in 0.."
                                + (classes - 1)
                                + ", the classes of scores "
                                + output.shape());
            }
        }
        Tensor own = Indexing.gather(output, 1, Tensor.of(labels, labels.length, 1));
        Tensor others = Indexing.oneHot(target, classes).neg().add(1);
        return output.sub(own).add((float) margin).relu().mul(others);
    }

    /* ---------------------------------------------------------------- distributions */

    /**
     * Kullback-Leibler divergence of the output from the target, the mean over all dimensions but
     * the last (PyTorch's "batchmean" for matrices).
     *
     * @return a loss of logarithms of probabilities and of probabilities, of one shape
     */
    public static Loss klDivergence() {
        return klDivergence(Reduction.MEAN);
    }

    /**
     * Kullback-Leibler divergence of the output from the target: the sum over the last dimension of
     * t (log(t) - x), where x are logarithms, as {@link io.gatun.Softmax#logSoftmax} gives them. A
     * target of 0 adds 0.
     *
     * @param reduction over all dimensions but the last
     * @return a loss of logarithms of probabilities and of probabilities, of one shape
     */
    public static Loss klDivergence(Reduction reduction) {
        return (output, target) -> {
            same("klDivergence", output, target);
            Tensor terms = target.mul(logarithm(target).sub(output));
            return reduction.of(terms.sum(false, -1));
        };
    }

    /**
     * Divergence of normal distributions with independent elements from the standard one: the sum
     * over the last dimension of (mean^2 + e^logVariance - 1 - logVariance) / 2. Kingma and
     * Welling, "Auto-encoding variational Bayes", 2014, appendix B.
     *
     * @param mean of the encoder [N, latent]
     * @param logVariance of the encoder, of the same shape
     * @param reduction over samples
     * @return the divergence
     */
    public static Tensor gaussianDivergence(Tensor mean, Tensor logVariance, Reduction reduction) {
        same("gaussianDivergence", mean, logVariance);
        Tensor terms = mean.square().add(logVariance.exp()).sub(logVariance).add(-1);
        return reduction.of(terms.sum(false, -1).mul(0.5f));
    }

    /**
     * The variational auto-encoder's loss: the reconstruction's binary cross-entropy (of logits),
     * summed over a sample, plus beta times its {@link #gaussianDivergence}; the mean over samples.
     * Kingma and Welling, 2014; Higgins et al., "beta-VAE", 2017. For real values use {@link #mse}
     * with {@link Reduction#SUM} in place of the cross-entropy.
     *
     * @param output logits of the decoder [N, ...]
     * @param target samples from 0 to 1, of the same shape
     * @param mean of the encoder [N, latent]
     * @param logVariance of the encoder [N, latent]
     * @param beta weight of the divergence, 1 in the original
     * @return a scalar
     */
    public static Tensor vae(
            Tensor output, Tensor target, Tensor mean, Tensor logVariance, double beta) {
        Tensor reconstruction =
                binaryCrossEntropyWithLogits(Reduction.SUM)
                        .apply(output, target)
                        .mul((float) (1.0 / Math.max(1, output.shape().dim(0))));
        Tensor divergence = gaussianDivergence(mean, logVariance, Reduction.MEAN);
        return reconstruction.add(divergence.mul((float) beta));
    }

    /* ---------------------------------------------------------------- embeddings */

    /**
     * Cosine distance, the mean over all dimensions but the last.
     *
     * @return a loss of two float tensors of one shape
     */
    public static Loss cosine() {
        return cosine(Reduction.MEAN);
    }

    /**
     * Cosine distance over the last dimension: 1 - a b / (|a| |b|), where 1e-12 is added to each
     * squared norm, so that a vector of zeros has distance 1 from all.
     *
     * @param reduction over all dimensions but the last
     * @return a loss of two float tensors of one shape
     */
    public static Loss cosine(Reduction reduction) {
        return (output, target) -> {
            same("cosine", output, target);
            Tensor product = output.mul(target).sum(false, -1);
            Tensor norms = norm(output).mul(norm(target));
            return reduction.of(product.div(norms).neg().add(1));
        };
    }

    private static Tensor norm(Tensor x) {
        return x.square().sum(false, -1).add(1e-12f).sqrt();
    }

    /**
     * Triplet loss: max(|anchor - positive| - |anchor - negative| + margin, 0) with Euclidean
     * distances over the last dimension (of differences plus 1e-6, as in PyTorch's
     * TripletMarginLoss). Schroff, Kalenichenko and Philbin, "FaceNet", 2015 (there with squared
     * distances).
     *
     * @param anchor embeddings [N, features]
     * @param positive of the same classes, of the same shape
     * @param negative of other classes, of the same shape
     * @param margin how much farther the negative should be
     * @param reduction over rows
     * @return the loss
     */
    public static Tensor triplet(
            Tensor anchor, Tensor positive, Tensor negative, double margin, Reduction reduction) {
        same("triplet", anchor, positive);
        same("triplet", anchor, negative);
        Tensor near = distance(anchor, positive);
        Tensor far = distance(anchor, negative);
        return reduction.of(near.sub(far).add((float) margin).relu());
    }

    /**
     * Contrastive loss: same d^2 / 2 + (1 - same) max(margin - d, 0)^2 / 2 with the Euclidean
     * distance d over the last dimension. Hadsell, Chopra and LeCun, "Dimensionality reduction by
     * learning an invariant mapping", 2006.
     *
     * @param a embeddings [N, features]
     * @param b of the same shape
     * @param same FLOAT32 [N]: 1 where a and b belong together, else 0
     * @param margin how far those that do not belong together should be apart
     * @param reduction over rows
     * @return the loss
     */
    public static Tensor contrastive(
            Tensor a, Tensor b, Tensor same, double margin, Reduction reduction) {
        same("contrastive", a, b);
        Tensor d = distance(a, b);
        same("contrastive", d, same);
        Tensor together = same.mul(d.square());
        Tensor apart = d.neg().add((float) margin).relu().square();
        return reduction.of(together.add(same.neg().add(1).mul(apart)).mul(0.5f));
    }

    private static Tensor distance(Tensor a, Tensor b) {
        return a.sub(b).add(DISTANCE_EPSILON).square().sum(false, -1).sqrt();
    }

    /* ---------------------------------------------------------------- what they share */

    /** log(max(x, TINY)), with a finite gradient. */
    private static Tensor logarithm(Tensor x) {
        return x.add(-TINY).relu().add(TINY).log();
    }

    private static Tensor difference(String op, Tensor output, Tensor target) {
        same(op, output, target);
        return output.sub(target);
    }

    private static void same(String op, Tensor output, Tensor target) {
        if (!output.shape().equals(target.shape())) {
            throw new IllegalArgumentException(
                    op
                            + ": output has shape "
                            + output.shape()
                            + " and target "
                            + target.shape()
                            + ": they must be equal");
        }
    }
}
