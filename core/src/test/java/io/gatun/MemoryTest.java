/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Convolution.Geometry;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
    private static final Geometry SAME = new Geometry(1, 1, 1, 1, 1, 1);

    /** A training step of a small network of all kinds of operations. */
    private static float step(Tensor x, Tensor kernel, Tensor bias, Tensor weight, int... labels) {
        try (Tape tape = Tape.open()) {
            Tensor h = Convolution.conv2d(x, kernel, bias, SAME, true);
            h = Pooling.maxPool2d(h, 2, 2, new Geometry(2, 2, 0, 0, 0, 0));
            h = LinearAlgebra.linear(h.reshape(x.shape().dim(0), -1), weight, null, false);
            h = h.sub(h.mean(true, -1)).tanh().mul(h.exp().sum(true, 0));
            Tensor loss = Softmax.crossEntropy(h, Tensor.of(labels));
            loss = loss.add(weight.square().sum().mul(1e-3f));
            Gradients gradients = tape.gradients(loss, kernel, bias, weight);
            gradients.forEach((w, g) -> InPlace.update(UpdateRule.sgd(1e-3, 0, false), w, g));
            return loss.item();
        }
    }

    @Test
    void stepsAllocateNothingAfterWarmUp() {
        SplittableRandom random = new SplittableRandom(91);
        Tensor x = TestTensors.random(random, 8, 3, 6, 6);
        Shape kernelShape = Shape.of(5, 3, 3, 3);
        Tensor kernel =
                InPlace.persistent(
                        TestTensors.random(random, 5, 3, 3, 3),
                        Convolution.weightLayout(kernelShape));
        Tensor bias = TestTensors.random(random, 5);
        Tensor weight = TestTensors.random(random, 10, 45);
        int[] labels = {0, 1, 2, 3, 4, 5, 6, 7};
        for (int i = 0; i < 3; i++) {
            step(x, kernel, bias, weight, labels);
        }
        Memory.Report before = Memory.report();
        for (int i = 0; i < 200; i++) {
            step(x, kernel, bias, weight, labels);
        }
        Memory.Report after = Memory.report();
        assertEquals(before.allocatedBytes(), after.allocatedBytes());
        assertEquals(0, Pool.INSTANCE.scoped());
        assertTrue(after.liveBytes() <= before.liveBytes());
    }

    /** Twenty images of 1 MiB, convolved with a fused ReLU each. */
    private static Tensor deep(Tensor x, Tensor kernel) {
        Tensor y = x;
        for (int i = 0; i < 20; i++) {
            y = Convolution.conv2d(y, kernel, null, SAME, true);
        }
        return y.square().mean();
    }

    /** What rules make for each other goes back with the operation, not with the tape. */
    @Test
    void backwardFreesWhatRulesShare() {
        Tensor x = Tensor.ones(Shape.of(1, 16, 128, 128)).channelsLast();
        Tensor kernel = TestTensors.random(new SplittableRandom(92), 16, 16, 3, 3);
        for (int warm = 0; warm < 2; warm++) {
            try (Tape tape = Tape.open(1)) {
                Tensor loss = deep(x, kernel);
                long forward = Memory.report().liveBytes();
                Memory.resetPeak();
                Gradients gradients = tape.gradients(loss, kernel, x);
                long peak = Memory.report().peakLiveBytes();
                assertTrue(peak - forward <= 8L << 20, (peak - forward) + " bytes in backward");
                assertEquals(2, gradients.size());
            }
        }
    }

    @Test
    void lastGradientsFreeTheForwardPass() {
        Tensor x = Tensor.ones(Shape.of(1, 16, 128, 128)).channelsLast();
        Tensor kernel = TestTensors.random(new SplittableRandom(92), 16, 16, 3, 3);
        float[] expected;
        try (Tape tape = Tape.open(1)) {
            expected = tape.gradients(deep(x, kernel), kernel).of(kernel).toFloatArray();
        }
        try (Tape tape = Tape.open(1)) {
            // or a collection gives back earlier tests' tensors while this one counts
            long before = NothingLeft.liveWhenSettled(0);
            Tensor loss = deep(x, kernel);
            float value = loss.item();
            long forward = Memory.report().liveBytes() - before;
            assertTrue(forward >= 20L << 20, forward + " bytes in forward");
            Memory.resetPeak();
            Gradients gradients = tape.lastGradients(loss, List.of(kernel));
            assertArrayEquals(expected, gradients.of(kernel).toFloatArray());
            assertEquals(value, loss.item());
            long peak = Memory.report().peakLiveBytes() - before;
            assertTrue(peak - forward <= 5L << 20, (peak - forward) + " bytes above forward");
            long after = Memory.report().liveBytes() - before;
            assertTrue(after <= 1L << 20, after + " bytes left of " + forward);
        }
    }

    @Test
    void backwardFreesGradientsThatAreUsedUp() {
        Shape shape = Shape.of(1 << 18); // 1 MiB
        try (Tape tape = Tape.open()) {
            Tensor x = Tensor.ones(shape);
            Tensor y = x;
            for (int i = 0; i < 50; i++) {
                y = y.mul(1.01f);
            }
            long forward = Memory.report().liveBytes();
            Memory.resetPeak();
            tape.vjp(y, null, x);
            long peak = Memory.report().peakLiveBytes();
            assertTrue(peak - forward <= 5L << 20, (peak - forward) + " bytes in backward");
        }
    }

    @Test
    void reportCountsLivePooledAndPeak() {
        NothingLeft.liveWhenSettled(0);
        Memory.trim();
        Memory.resetPeak();
        Memory.Report start = Memory.report();
        try (Scope _ = Scope.open()) {
            Tensor.zeros(Shape.of(1 << 20));
            Memory.Report inside = Memory.report();
            assertTrue(inside.liveBytes() >= start.liveBytes() + (4 << 20));
            assertTrue(inside.allocatedBytes() >= start.allocatedBytes() + (4 << 20));
        }
        Memory.Report end = Memory.report();
        assertTrue(end.pooledBytes() >= 4 << 20);
        assertTrue(end.peakLiveBytes() >= 4 << 20);
        assertTrue(end.limitBytes() > 0);
        assertTrue(end.liveOrigins().isEmpty());
        assertTrue(end.toString().contains("live") && end.toString().contains("limit"));
        assertTrue(Memory.trim() >= 4 << 20);
        assertEquals(0, Memory.report().pooledBytes());
    }

    @Test
    void sizeClassesWasteAtMostAQuarter() {
        SplittableRandom random = new SplittableRandom(92);
        int last = Pool.sizeClass(0);
        for (long bytes = 0; bytes < 70_000; bytes++) {
            int at = Pool.sizeClass(bytes);
            assertTrue(at == last || at == last + 1, "a class is left out at " + bytes);
            last = at;
            checkClass(bytes);
        }
        for (int i = 0; i < 100_000; i++) {
            checkClass(random.nextLong(1L << random.nextInt(8, 56)));
        }
    }

    private static void checkClass(long bytes) {
        long size = Pool.classBytes(Pool.sizeClass(bytes));
        assertTrue(size >= bytes && size % 64 == 0, bytes + " in " + size);
        assertTrue(bytes <= 256 || size - bytes <= size / 4, bytes + " in " + size);
    }

    @Test
    void parsesLimits() {
        assertEquals(123L, Pool.parseBytes("123"));
        assertEquals(2L << 10, Pool.parseBytes("2k"));
        assertEquals(64L << 20, Pool.parseBytes(" 64M "));
        assertEquals(8L << 30, Pool.parseBytes("8g"));
        for (String bad : new String[] {"", "g", "-1", "0", "1t", "1.5g", "9999999999999g", "x"}) {
            assertEquals(null, Pool.parseBytes(bad), bad);
        }
    }

    @Test
    void hugeTensorIsRefused() {
        for (long n : new long[] {1L << 50, 1L << 58, 1L << 60}) {
            String message =
                    assertThrows(NativeMemoryException.class, () -> Tensor.zeros(Shape.of(n)))
                            .getMessage();
            assertTrue(message.contains("bytes"), message);
        }
        assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(Shape.of(1L << 62)));
        // Nothing of the attempts is left.
        assertArrayEquals(new float[] {0, 0}, Tensor.zeros(Shape.of(2)).toFloatArray());
    }

    private static Matcher find(String pattern, String output) {
        Matcher matcher = Pattern.compile(pattern).matcher(output);
        assertTrue(matcher.find(), output);
        return matcher;
    }

    @Test
    void beyondTheLimitIsAnExceptionThatSaysWhatToDo() throws Exception {
        String output = ChildJvm.run("limit", "-Dgatun.memory.limit=64m");
        String atOnce = find("AT ONCE (.*)", output).group(1);
        assertTrue(atOnce.contains("limit 64.0 MiB"), atOnce);
        assertTrue(atOnce.contains("gatun.memory.limit"), atOnce);
        Matcher bit = find("BIT BY BIT (\\d+) (.*)", output);
        assertEquals("16", bit.group(1), output); // four MiB each
        assertTrue(bit.group(2).contains("live 64.0 MiB"), output);
        find("AFTERWARDS 1.048576E7", output);
    }

    @Test
    void unscopedTensorsAreReclaimed() throws Exception {
        String output = ChildJvm.run("unscoped", "-Dgatun.memory.limit=96m");
        find("SUM 4096.0", output);
        long peak = Long.parseLong(find("PEAK (\\d+)", output).group(1));
        assertTrue(peak <= 96, output);
    }

    @Test
    void anInterruptLosesNoMemoryAndIsNotLost() throws Exception {
        String output = ChildJvm.run("unscoped-interrupted", "-Dgatun.memory.limit=96m");
        find("SUM 4096.0", output);
        find("INTERRUPTED true", output);
    }

    @Test
    void debugPropertySaysWhereTensorsWereMade() throws Exception {
        String output = ChildJvm.run("origins", "-Dgatun.memory.debug=true");
        String inside = find("(?s)INSIDE (.*)OUTSIDE", output).group(1);
        String outside = find("(?s)OUTSIDE (.*)", output).group(1);
        assertTrue(inside.contains("madeHere") && inside.contains("132 bytes"), output);
        assertTrue(outside.contains("madeHere") && !outside.contains("132 bytes"), output);
    }

    @Test
    void missingNativesAreNamedEachTime(@TempDir Path empty) throws Exception {
        String output =
                ChildJvm.run("kernels", "-Dgatun.native.path=" + empty, "-Dgatun.kernels=native");
        List<String> lines = output.strip().lines().toList();
        assertEquals(2, lines.size(), output);
        for (String line : lines) {
            assertTrue(line.startsWith("NativeLoadException: "), output);
            assertTrue(line.contains(empty.toString()), output);
        }
    }

    @Test
    void unknownKernelsAreNamedEachTime() throws Exception {
        String output = ChildJvm.run("kernels", "-Dgatun.kernels=cuda");
        List<String> lines = output.strip().lines().toList();
        assertEquals(2, lines.size(), output);
        for (String line : lines) {
            assertTrue(line.startsWith("IllegalArgumentException: "), output);
            assertTrue(line.contains("cuda") && line.contains("gatun.kernels"), output);
        }
    }
}
