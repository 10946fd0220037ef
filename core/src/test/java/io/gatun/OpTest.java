/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.AssertionFailedError;

/** Every operation of {@link OpTable}: shapes, values and gradients. */
class OpTest {
    private static final long SEED = 20261121;
    private static int cases;

    static List<OpTable.Line> table() {
        return OpTable.lines();
    }

    @ParameterizedTest
    @MethodSource("table")
    void equalsItsTwinInDoubles(OpTable.Line line) {
        long seed = SEED;
        for (OpCase op : line.cases()) {
            OpChecker.check(op, seed++);
            cases++;
            OpCase expanded = op.expanded();
            if (expanded != null) {
                OpChecker.check(expanded, seed++);
                cases++;
            }
        }
    }

    @AfterAll
    static void count() {
        System.out.printf(
                "OpTest: %d cases of operation and shape, seeds from %d, instruction sets %s%n",
                cases, SEED, InstructionSets.all());
    }

    /* ---------------------------------------------------------------- the checker's own teeth */

    /** An identity with a gradient rule of its own. */
    private static Tensor withRule(Tensor x, UnaryOperator<Tensor> rule) {
        Tensor y = x.detach().mul(1);
        Tape tape = Tape.recording();
        return tape == null ? y : tape.record("test", y.detach(), new Tape.Edge(x, rule, v -> v));
    }

    private static AssertionFailedError failure(
            UnaryOperator<Tensor> op, UnaryOperator<NdArray> f) {
        OpCase wrong =
                OpCase.of(
                        "wrong",
                        1,
                        x -> op.apply(x[0]),
                        x -> f.apply(x[0]),
                        OpCase.Input.of(3, 17));
        return assertThrows(AssertionFailedError.class, () -> OpChecker.check(wrong, SEED));
    }

    private static void assertMentions(AssertionFailedError error, String text) {
        assertTrue(error.getMessage().contains(text), error::getMessage);
    }

    @Test
    void checkerAcceptsTheRightRule() {
        OpCase right =
                OpCase.of(
                        "right", 1, x -> withRule(x[0], g -> g), x -> x[0], OpCase.Input.of(3, 17));
        OpChecker.check(right, SEED);
    }

    @Test
    void checkerFindsGradientOffByOnePartInTenThousand() {
        assertMentions(failure(x -> withRule(x, g -> g.mul(1.0001f)), x -> x), "gradient by input");
    }

    @Test
    void checkerFindsGradientOfWrongSign() {
        assertMentions(failure(x -> withRule(x, Tensor::neg), x -> x), "gradient by input");
    }

    @Test
    void checkerFindsWrongTangent() {
        UnaryOperator<Tensor> op =
                x -> {
                    Tensor y = x.detach().mul(1);
                    Tape tape = Tape.recording();
                    Tape.Edge edge = new Tape.Edge(x, g -> g, v -> v.mul(1.001f));
                    return tape == null ? y : tape.record("test", y.detach(), edge);
                };
        assertMentions(failure(op, x -> x), "JVP-VJP");
    }

    @Test
    void checkerFindsWrongSecondDerivative() {
        UnaryOperator<Tensor> op =
                x -> {
                    Tensor y = x.detach().square();
                    Tape tape = Tape.recording();
                    UnaryOperator<Tensor> rule = g -> g.mul(x.detach()).mul(2);
                    return tape == null
                            ? y
                            : tape.record("test", y.detach(), new Tape.Edge(x, rule, rule));
                };
        assertMentions(failure(op, x -> x.map(v -> v * v)), "second derivative");
    }

    @Test
    void checkerFindsOneWrongElementOfGradient() {
        float[] factors = new float[51];
        java.util.Arrays.fill(factors, 1);
        factors[50] = 0;
        assertMentions(
                failure(x -> withRule(x, g -> g.mul(Tensor.of(factors, 3, 17))), x -> x),
                "gradient by input");
    }

    @Test
    void checkerFindsValueOffByOnePartInHundredThousand() {
        assertMentions(failure(x -> x.mul(1.00001f), x -> x), "value");
    }

    @Test
    void checkerFindsWrongShape() {
        assertMentions(failure(x -> x.reshape(17, 3), x -> x), "shape");
    }

    @Test
    void checkerFindsRuleThatIgnoresMemoryOrder() {
        UnaryOperator<Tensor> wrong =
                g -> Tensor.wrap(g.storage().segment(), Shape.of(3, 17)).mul(1);
        assertMentions(failure(x -> withRule(x, wrong), x -> x), "gradient by input");
    }
}
