/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import io.gatun.Convert;
import io.gatun.DType;
import io.gatun.Tensor;
import io.gatun.nn.data.Batch;
import java.lang.foreign.ValueLayout;

/** Says where a loss that is no finite number comes from. */
final class Diagnosis {
    private Diagnosis() {}

    /** Words for people: what it is, where it began, what to do. */
    static String of(
            Layer model, Optimizer optimizer, Batch batch, double loss, int epoch, long step) {
        String what = "the loss is " + loss + " in epoch " + epoch + ", step " + step;
        if (batch.inputs().dtype() == DType.FLOAT32) {
            Tensor inputs = batch.inputs().contiguous();
            long bad = firstNotFinite(inputs);
            if (bad >= 0) {
                long perSample = inputs.shape().size() / inputs.shape().dim(0);
                return what
                        + ": the batch's sample "
                        + bad / perSample
                        + " holds a "
                        + inputs.segment().getAtIndex(ValueLayout.JAVA_FLOAT, bad)
                        + " at position "
                        + bad % perSample
                        + ": clean the data";
            }
        }
        String rate = String.valueOf(optimizer.rate());
        String where = began(model, batch);
        for (Parameter parameter : model.parameters()) {
            Tensor values = parameter.value().contiguous();
            long bad = firstNotFinite(values);
            if (bad >= 0) {
                return what
                        + ": parameter "
                        + parameter.name()
                        + " holds a "
                        + values.segment().getAtIndex(ValueLayout.JAVA_FLOAT, bad)
                        + ", training has diverged"
                        + where
                        + ": lower the learning rate (now "
                        + rate
                        + ")";
            }
        }
        return what
                + ": training has diverged, or the data is badly scaled"
                + where
                + ": lower the learning rate (now "
                + rate
                + ") or normalise the inputs";
    }

    /**
     * The batch runs once more, layer by layer. Where dropout draws anew, or the model takes more
     * than the batch's inputs, that may not find what happened.
     */
    private static String began(Layer model, Batch batch) {
        try {
            String layer = FirstBadLayer.find(model, batch.inputs());
            return layer == null
                    ? "; the model's output is finite, so it began in the loss"
                    : "; it began in layer " + layer;
        } catch (RuntimeException e) {
            return ""; // the model cannot be run by its inputs alone: what is known is enough
        }
    }

    /** Position of the first NaN or infinity, or -1: x - x is NaN for both, else 0. */
    private static long firstNotFinite(Tensor contiguous) {
        return Convert.firstNan(contiguous.sub(contiguous));
    }
}
