/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code docs/operations.md} says about each line of {@link OpTable}. Shapes and numbers come
 * from the table itself.
 */
final class OperationsDoc {
    private OperationsDoc() {}

    /** For each line of the table: name ~ how to call it ~ formula ~ gradient ~ source. */
    private static final String ENTRIES =
            """
            neg ~ x.neg() ~ -x ~ -g
            abs ~ x.abs() ~ |x| ~ g sign(x)
            square ~ x.square() ~ x^2 ~ 2 g x
            sqrt ~ x.sqrt() ~ sqrt(x) ~ g / (2 y)
            reciprocal ~ x.reciprocal() ~ 1 / x ~ -g y^2
            exp ~ x.exp() ~ e^x ~ g y
            log ~ x.log() ~ ln x ~ g / x
            sigmoid ~ x.sigmoid() ~ 1 / (1 + e^-x) ~ g y (1 - y)
            tanh ~ x.tanh() ~ tanh x ~ g (1 - y^2)
            relu ~ x.relu() ~ max(x, 0) ~ g where y > 0, else 0 ~ Nair and Hinton, 2010
            add number ~ x.add(c) ~ x + c ~ g
            mul number ~ x.mul(c) ~ c x ~ c g
            contiguous ~ x.contiguous() ~ x in row-major memory ~ g
            add ~ a.add(b) ~ a + b ~ g, g
            sub ~ a.sub(b) ~ a - b ~ g, -g
            addRelu ~ a.addRelu(b) ~ max(a + b, 0) ~ g where y > 0, else 0, for both ~ He et al., 2016
            mul ~ a.mul(b) ~ a b ~ g b, g a
            div ~ a.div(b) ~ a / b ~ g / b, -g a / b^2
            sin ~ Elementwise.sin(x) ~ sin x ~ g cos x
            cos ~ Elementwise.cos(x) ~ cos x ~ -g sin x
            tan ~ Elementwise.tan(x) ~ sin x / cos x ~ composite
            erf ~ Elementwise.erf(x) ~ 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x ~ 2 g e^(-x^2) / sqrt(pi)
            expm1 ~ Elementwise.expm1(x) ~ e^x - 1 ~ g (y + 1)
            log1p ~ Elementwise.log1p(x) ~ ln(1 + x) ~ g / (1 + x)
            exp2 ~ Elementwise.exp2(x) ~ 2^x ~ composite
            pow 3 ~ Elementwise.pow(x, 3) ~ x^3 ~ composite
            pow -2 ~ Elementwise.pow(x, -2) ~ 1 / x^2 ~ composite
            pow 0 ~ Elementwise.pow(x, 0) ~ 1 ~ 0
            pow 1.7 ~ Elementwise.pow(x, p) ~ e^(p ln x) ~ composite
            clamp ~ Elementwise.clamp(x, low, high) ~ min(max(x, low), high) ~ g where low < x < high, else 0
            sign ~ Elementwise.sign(x) ~ -1, 0 or 1 ~ 0
            floor ~ Elementwise.floor(x) ~ the next whole number below ~ 0
            ceil ~ Elementwise.ceil(x) ~ the next whole number above ~ 0
            round ~ Elementwise.round(x) ~ the nearest whole number, of two the even one ~ 0
            step ~ Activations.step(x) ~ 1 where x > 0, else 0 ~ 0 ~ McCulloch and Pitts, 1943
            leakyRelu ~ Activations.leakyRelu(x, a) ~ x where x > 0, else a x ~ g or a g ~ Maas et al., 2013
            elu ~ Activations.elu(x, a) ~ x where x > 0, else a (e^x - 1) ~ g or g a e^x ~ Clevert et al., 2016
            selu ~ Activations.selu(x) ~ 1.0507 elu(x, 1.67326) ~ as ELU ~ Klambauer et al., 2017
            softplus ~ Activations.softplus(x) ~ ln(1 + e^x) ~ g sigmoid(x) ~ Dugas et al., 2001
            softsign ~ Activations.softsign(x) ~ x / (1 + |x|) ~ g / (1 + |x|)^2 ~ Bergstra et al., 2009
            gelu ~ Activations.gelu(x) ~ x (1 + erf(x / sqrt 2)) / 2 ~ g (P(x) + x p(x)), P and p of the normal distribution ~ Hendrycks and Gimpel, 2016
            geluTanh ~ Activations.geluTanh(x) ~ x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 ~ product rule ~ Hendrycks and Gimpel, 2016
            silu ~ Activations.silu(x) ~ x s, s = sigmoid(x) ~ g s (1 + x (1 - s)) ~ Elfwing et al., 2018
            mish ~ Activations.mish(x) ~ x tanh(softplus(x)) ~ product rule ~ Misra, 2020
            hardSigmoid ~ Activations.hardSigmoid(x) ~ min(max(x / 6 + 1 / 2, 0), 1) ~ g / 6 where -3 < x < 3, else 0 ~ Howard et al., 2019
            hardTanh ~ Activations.hardTanh(x) ~ min(max(x, -1), 1) ~ g where -1 < x < 1, else 0 ~ Collobert, 2004
            hardSwish ~ Activations.hardSwish(x) ~ x hardSigmoid(x) ~ 0, g (x / 3 + 1 / 2), or g ~ Howard et al., 2019
            maximum ~ Elementwise.maximum(a, b) ~ max(a, b) ~ g to the larger one, half to each of equals
            minimum ~ Elementwise.minimum(a, b) ~ min(a, b) ~ g to the smaller one, half to each of equals
            pow ~ Elementwise.pow(a, b) ~ e^(b ln a) ~ composite
            prelu ~ Activations.prelu(x, a) ~ x where x > 0, else a x ~ composite ~ He et al., 2015
            maxout ~ Activations.maxout(x, axis, k) ~ the largest of each k neighbours ~ composite ~ Goodfellow et al., 2013
            comparisons ~ Elementwise.greater(a, b), less, greaterOrEqual, lessOrEqual, equal, notEqual ~ 1 where it holds, else 0 ~ none
            where ~ Elementwise.where(mask, a, b) ~ a where mask > 0, else b ~ g to what was taken
            sum ~ x.sum(keepDims, axes) ~ sum of x ~ g, repeated
            mean ~ x.mean(keepDims, axes) ~ sum of x / n ~ composite
            max ~ x.max(keepDims, axes) ~ the largest x ~ g to the largest, in equal shares
            min ~ Reductions.min(x, keepDims, axes) ~ the smallest x ~ g to the smallest, in equal shares
            variance ~ Reductions.variance(x, c, keepDims, axes) ~ sum of (x - mean)^2 / (n - c) ~ composite
            logSumExp ~ Reductions.logSumExp(x, keepDims, axes) ~ m + ln(sum of e^(x - m)), m the largest ~ composite
            norm 1 ~ Reductions.norm(x, 1, keepDims, axes) ~ sum of |x| ~ composite
            norm and std ~ Reductions.norm(x, p, keepDims, axes), std(x, c, keepDims, axes) ~ sqrt(sum of x^2); max |x|; sqrt(variance) ~ composite
            prod and cumsum ~ Reductions.prod(x, keepDims, axis), cumsum(x, axis) ~ product of x; sums up to each x ~ composite ~ Hillis and Steele, 1986
            argmax ~ x.argmax(axis) ~ position of the first largest ~ none
            argmin ~ Reductions.argmin(x, axis) ~ position of the first smallest ~ none
            sum of all ~ x.sum() ~ sum of x ~ g, repeated
            mean of all ~ x.mean() ~ sum of x / n ~ composite
            matmul ~ a.matmul(b) ~ a b ~ g b', a' g
            matmul, batched ~ a.matmul(b) ~ a b for the last two dimensions ~ g b', a' g, summed over what was repeated
            linear ~ LinearAlgebra.linear(x, w, b, false) ~ x w' + b ~ g w, g' x, sum of g
            linear and relu ~ LinearAlgebra.linear(x, w, b, true) ~ max(x w' + b, 0) ~ as without, from g where y > 0
            conv2d ~ Convolution.conv2d(x, w, b, geometry, false) ~ sum over taps and channels of x w, + b ~ the transposed convolution of g; x correlated with g; sum of g ~ LeCun et al., 1989
            conv2d and relu ~ Convolution.conv2d(x, w, b, geometry, true) ~ max(x * w + b, 0) ~ as without, from g where y > 0 ~ LeCun et al., 1989
            conv2d, dilated and grouped ~ Convolution.conv2d(x, w, null, geometry, false) ~ as conv2d ~ as conv2d ~ Yu and Koltun, 2016; Krizhevsky et al., 2012
            conv2d, residual and relu ~ Convolution.conv2d(x, w, b, residual, geometry, true) ~ max(x * w + b + residual, 0) ~ as conv2d and relu; residual: g where y > 0 ~ He et al., 2016
            maxPool2d ~ Pooling.maxPool2d(x, height, width, geometry) ~ the largest x of each window ~ g to the first largest ~ Riesenhuber and Poggio, 1999
            conv2d and maxPool2d ~ PooledConvolution.conv2dMaxPool2d(x, w, b, geometry, false, height, width, pooling) ~ the largest x * w + b of each window ~ as conv2d, from g at the winners ~ LeCun et al., 1998
            conv2d, relu and maxPool2d ~ PooledConvolution.conv2dMaxPool2d(x, w, b, geometry, true, height, width, pooling) ~ the same, not below 0 ~ the same, from g where y > 0 ~ LeCun et al., 1998
            batchNorm ~ Normalization.batchNorm(x, gamma, beta, residual, epsilon, false) ~ gamma n + beta + residual, n = (x - mean) / sqrt(variance + epsilon) ~ gamma / sqrt(variance + epsilon) (g - mean g - n mean(g n)); sum g n; sum g; g ~ Ioffe and Szegedy, 2015
            batchNorm and relu ~ Normalization.batchNorm(x, gamma, beta, residual, epsilon, true) ~ the same, not below 0 ~ the same, from g where y > 0 ~ Ioffe and Szegedy, 2015
            batchNorm, relu and conv2d ~ NormalizedConvolution.conv2d(x, gamma, beta, epsilon, w, b, geometry) ~ max(gamma n + beta, 0) * w + b ~ as batchNorm and relu, from the transposed convolution of g; as conv2d ~ He et al., 2016
            groupNorm ~ GroupNormalization.groupNorm(x, groups, gamma, beta, epsilon) ~ gamma n + beta, n = (x - mean) / sqrt(variance + epsilon) of a sample's group ~ (gamma g - mean gamma g - n mean(gamma g n)) / sqrt(variance + epsilon); sum g n; sum g ~ Wu and He, 2018; Ulyanov et al., 2016
            layerNorm ~ GroupNormalization.layerNorm(x, gamma, beta, epsilon) ~ the same over the last dimensions ~ as groupNorm ~ Ba et al., 2016
            softmax ~ Softmax.softmax(x) ~ e^x / sum of e^x ~ y (g - sum of g y) ~ Bridle, 1990
            logSoftmax ~ Softmax.logSoftmax(x) ~ x - logSumExp(x) ~ g - e^y sum of g
            softmax over any axis ~ Softmax.softmax(x, axis), logSoftmax(x, axis) ~ the same along that dimension ~ composite
            crossEntropy ~ Softmax.crossEntropy(logits, labels) ~ mean of logSumExp(x) - x[label] ~ g (softmax(x) - onehot) / n
            reshape ~ x.reshape(dims) ~ x under another shape ~ g under x's shape
            permute ~ x.permute(axes), x.transpose() ~ dimensions in another order ~ g in the old order
            slice ~ x.slice(axis, start, end, step) ~ a part of x ~ g in its place, 0 elsewhere
            expand ~ x.expand(shape) ~ sizes of 1 repeated ~ sum of g over what was repeated
            concat ~ Views.concat(axis, parts) ~ parts one after the other ~ the parts of g
            stack and split ~ Views.stack(axis, parts), Views.split(x, axis, sizes) ~ along a new dimension; parts of one ~ composite
            pad ~ Views.pad(x, value, pads), Views.pad(x, REFLECT or EDGE, pads) ~ x with a border ~ composite
            flip, roll, tile, repeat ~ Views.flip(x, axes), roll(x, axis, by), tile(x, times), repeat(x, axis, times) ~ x reversed, rotated, repeated ~ composite
            triu and tril ~ Views.triu(x, diagonal), Views.tril(x, diagonal) ~ 0 below, or above, a diagonal ~ composite
            indexSelect and indexAdd ~ Indexing.indexSelect(x, axis, i), indexAdd(x, shape, axis, i) ~ slices of x; slices added up at i ~ each is the other's
            gather and scatterAdd ~ Indexing.gather(x, axis, i), scatterAdd(x, shape, axis, i) ~ elements of x; elements added up at i ~ each is the other's
            topK ~ Indexing.topK(x, k) ~ the k largest of the last dimension ~ composite
            channelsLast ~ x.channelsLast() ~ x in the memory order of images ~ g
            composites ~ several of the above ~ used together ~ composite
            conv1d ~ ConvolutionNd.conv1d(x, w, b, axis, groups, relu) ~ as conv2d in one dimension ~ composite ~ Waibel et al., 1989
            conv3d ~ ConvolutionNd.conv3d(x, w, b, ...) ~ as conv2d in three dimensions ~ composite ~ Ji et al., 2013
            convTranspose1d ~ TransposedConvolution.convTranspose1d(x, w, b, ...) ~ the input gradient of a convolution ~ the convolution ~ Zeiler et al., 2010
            convTranspose2d ~ TransposedConvolution.convTranspose2d(x, w, b, ...) ~ the input gradient of a convolution ~ the convolution ~ Zeiler et al., 2010
            convTranspose3d ~ TransposedConvolution.convTranspose3d(x, w, b, ...) ~ the input gradient of a convolution ~ the convolution ~ Zeiler et al., 2010
            maxPool1d and 3d ~ Pooling.maxPool1d(x, kernel, axis), maxPool3d ~ as maxPool2d ~ composite
            avgPool ~ AveragePooling.avgPool1d, avgPool2d, avgPool3d ~ the mean of each window ~ g / n to each of the window ~ LeCun et al., 1989
            l2Pool ~ AveragePooling.l2Pool1d, l2Pool2d, l2Pool3d ~ sqrt of the sum of x^2 of each window ~ composite
            maxUnpool2d ~ Pooling.maxUnpool2d(y, winners) ~ elements put back where the largest were ~ g taken there ~ Zeiler and Fergus, 2014
            adaptive pooling ~ AveragePooling.adaptiveAvgPool(x, sizes), adaptiveMaxPool ~ windows that follow from the output's size ~ composite
            """;

    private record Entry(String call, String formula, String gradient, String source) {}

    private static Map<String, Entry> entries() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        ENTRIES.lines()
                .forEach(line -> {
                    String[] part = line.split(" ~ ", -1);
                    String source = part.length > 4 ? part[4] : "";
                    entries.put(part[0], new Entry(part[1], part[2], part[3], source));
                });
        return entries;
    }

    /** Lines of the table without an entry, and entries without a line. */
    static List<String> gaps() {
        List<String> lines = OpTable.lines().stream().map(OpTable.Line::name).toList();
        List<String> gaps = new ArrayList<>();
        for (String line : lines) {
            if (!entries().containsKey(line)) {
                gaps.add("no entry for \"" + line + "\"");
            }
        }
        for (String entry : entries().keySet()) {
            if (!lines.contains(entry)) {
                gaps.add("no line in OpTable for \"" + entry + "\"");
            }
        }
        return gaps;
    }

    /** The document. */
    static String render() {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                # Operations

                Generated from the table of operations under test, `core/src/test/java/io/gatun/OpTable.java`; a test fails
                when this file is not what the table says. Each operation is tried against double precision: its value, its
                gradients against central differences, its tangents against its gradients, and its second derivatives, for
                contiguous and strided inputs, on one to three threads, with every instruction set.

                In the formulas y is the result and g the gradient of the loss by it; ' transposes. Gradients are summed over
                the dimensions in which an input was repeated. "Composite" means made of other operations, whose gradients
                it has; "none" that no gradient flows. Operations without a source are as in any textbook.

                | operation | formula | gradient | shapes, for example | cases | source |
                |---|---|---|---|--:|---|
                """);
        int cases = 0;
        Map<String, Entry> entries = entries();
        for (OpTable.Line line : OpTable.lines()) {
            Entry e = entries.get(line.name());
            if (e == null) {
                continue; // the test names it
            }
            int tried = line.cases().size();
            tried += (int) line.cases().stream().filter(c -> c.expanded() != null).count();
            cases += tried;
            text.append("| `").append(e.call).append("` | ").append(escaped(e.formula));
            text.append(" | ").append(escaped(e.gradient)).append(" | ").append(example(line));
            text.append(" | ").append(tried).append(" | ").append(e.source).append(" |\n");
        }
        text.append("\nThat is ").append(cases).append(" cases of operation and shape.\n");
        return text.toString().replace("  |", " |");
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|").replace("*", "\\*");
    }

    /** How much a case tells about shapes: rank first, then dimensions that are not 1. */
    private static int telling(OpCase c) {
        int score = 100 * Math.min(4, c.inputs()[0].shape().length);
        for (OpCase.Input input : c.inputs()) {
            for (int d : input.shape()) {
                score += d > 1 ? 1 : d == 1 ? 0 : -1000;
            }
        }
        return score;
    }

    /** The shapes that go into a case that tells much, and the one that comes out. */
    private static String example(OpTable.Line line) {
        OpCase best = line.cases().getFirst();
        for (OpCase c : line.cases()) {
            best = telling(c) > telling(best) ? c : best;
        }
        StringBuilder text = new StringBuilder();
        NdArray[] values = new NdArray[best.inputs().length];
        for (int i = 0; i < values.length; i++) {
            int[] shape = best.inputs()[i].shape();
            values[i] = NdArray.build(shape, at -> 1 + Arrays.hashCode(at) % 7 / 10.0);
            text.append(i == 0 ? "" : ", ").append(Arrays.toString(shape));
        }
        String result = Arrays.toString(best.reference().apply(values).shape);
        return text.append(" to ").append(result).toString();
    }
}
