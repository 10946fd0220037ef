/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.History;
import java.util.List;
import java.util.Locale;

/**
 * Whether a run under- or over-fits, by the curves of its loss (and accuracy, where that is a
 * metric), in words. A rule of thumb: what training and validation are compared by differs where
 * samples are augmented or units dropped in training only.
 *
 * @param kind in a word
 * @param text in sentences, with the numbers and what to do
 */
public record Verdict(Kind kind, String text) {
    /** The diagnosis. */
    public enum Kind {
        /** Fewer than two epochs. */
        TOO_EARLY,
        /** The training loss does not fall. */
        NOT_LEARNING,
        /** It falls still: more epochs will help. */
        LEARNING,
        /** It has stopped to fall, and stays high. */
        UNDERFITTING,
        /** It falls, while the validation loss rises or stays far above. */
        OVERFITTING,
        /** It has fallen, and the validation loss with it. */
        FITTING
    }

    /** A fall per epoch, as a share, above which training is not over. */
    private static final double STILL_FALLING = 0.03;

    /** A rise of the validation loss above its best, as a share, that is no noise. */
    private static final double RISEN = 0.05;

    private static final double FAR_APART_LOSS = 1.5;
    private static final double FAR_APART_ACCURACY = 0.03;
    private static final double GOOD_ACCURACY = 0.9;

    /**
     * Judges a run.
     *
     * @param epochs as in {@link History#epochs}
     * @return the verdict
     */
    public static Verdict of(List<History.Epoch> epochs) {
        if (epochs.size() < 2) {
            return new Verdict(
                    Kind.TOO_EARLY, "Too early to tell: a trend needs two epochs at least.");
        }
        History.Epoch first = epochs.getFirst();
        History.Epoch last = epochs.getLast();
        if (!(last.loss() < 0.98 * first.loss())) {
            return new Verdict(
                    Kind.NOT_LEARNING,
                    String.format(
                            Locale.ROOT,
                            "The model does not learn: its training loss went from %.4f to %.4f. Try"
                                    + " another learning rate (the range test finds one), and see"
                                    + " whether it can learn a few samples by heart.",
                            first.loss(),
                            last.loss()));
        }
        boolean validated = Double.isFinite(last.validationLoss());
        if (validated) {
            History.Epoch best = first;
            for (History.Epoch epoch : epochs) {
                best = epoch.validationLoss() < best.validationLoss() ? epoch : best;
            }
            if (best.number() < last.number()
                    && last.validationLoss() > (1 + RISEN) * best.validationLoss()
                    && last.loss() < best.loss()) {
                return new Verdict(
                        Kind.OVERFITTING,
                        String.format(
                                Locale.ROOT,
                                "Overfitting since epoch %d: the validation loss has risen from %.4f"
                                        + " to %.4f, while the training loss fell from %.4f to %.4f."
                                        + " Stop there (EarlyStopping), or train with more data,"
                                        + " augmentation, weight decay or dropout.",
                                best.number(),
                                best.validationLoss(),
                                last.validationLoss(),
                                best.loss(),
                                last.loss()));
            }
            if (farApart(last)) {
                return new Verdict(
                        Kind.OVERFITTING,
                        "Overfitting: "
                                + gap(last)
                                + " More data, augmentation, weight decay, dropout or a smaller model"
                                + " bring them together.");
            }
        }
        double fall = fall(epochs);
        String gap = validated ? " " + gap(last) : " Without validation data nobody knows more.";
        if (fall > STILL_FALLING) {
            return new Verdict(
                    Kind.LEARNING,
                    String.format(
                                    Locale.ROOT,
                                    "Not finished: the training loss still falls, by %.0f %% per"
                                            + " epoch. Train for longer.",
                                    100 * fall)
                            + gap);
        }
        double accuracy = last.metrics().getOrDefault("accuracy", Double.NaN);
        boolean high =
                Double.isNaN(accuracy) ? last.loss() > first.loss() / 2 : accuracy < GOOD_ACCURACY;
        if (high) {
            return new Verdict(
                    Kind.UNDERFITTING,
                    String.format(
                                    Locale.ROOT,
                                    "Underfitting: the training loss has come to rest at %.4f, which"
                                            + " is high. A larger model, less regularisation or"
                                            + " another learning rate could lower it.",
                                    last.loss())
                            + gap);
        }
        return new Verdict(Kind.FITTING, "A good fit: the training loss has come to rest." + gap);
    }

    private static boolean farApart(History.Epoch epoch) {
        double accuracy = accuracyGap(epoch);
        boolean loss = epoch.validationLoss() > FAR_APART_LOSS * epoch.loss();
        return Double.isNaN(accuracy) ? loss : loss && accuracy > FAR_APART_ACCURACY;
    }

    /** Training accuracy less validation accuracy; NaN where it was not measured. */
    static double accuracyGap(History.Epoch epoch) {
        return epoch.metrics().getOrDefault("accuracy", Double.NaN)
                - epoch.validationMetrics().getOrDefault("accuracy", Double.NaN);
    }

    private static String gap(History.Epoch epoch) {
        String text =
                String.format(
                        Locale.ROOT,
                        "The loss is %.4f in training and %.4f in validation",
                        epoch.loss(),
                        epoch.validationLoss());
        double accuracy = accuracyGap(epoch);
        return Double.isNaN(accuracy)
                ? text + "."
                : text
                        + String.format(
                                Locale.ROOT,
                                ", the accuracy %.2f %% and %.2f %%.",
                                100 * epoch.metrics().getOrDefault("accuracy", Double.NaN),
                                100
                                        * epoch.validationMetrics()
                                                .getOrDefault("accuracy", Double.NaN));
    }

    /** By which share the training loss falls per epoch, over the last three. */
    private static double fall(List<History.Epoch> epochs) {
        int back = Math.min(3, epochs.size() - 1);
        double before = epochs.get(epochs.size() - 1 - back).loss();
        return (before - epochs.getLast().loss()) / before / back;
    }
}
