/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.zoo;

import io.gatun.Scope;
import io.gatun.Tensor;
import io.gatun.nn.Layer;
import io.gatun.nn.Parameter;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Minus the squared distance of 84 numbers from the picture of each digit (LeCun et al., 1998,
 * section II.B): x [N, 84] to y [N, 10]. The centres are state, not parameters: they stay. They are
 * stylised digits of 12 rows of 7 pixels, as in the paper's figure 3, drawn by ourselves.
 */
record DigitRbf(Parameter centres) implements Layer {
    private static final int HEIGHT = 12;

    /** One row of pixels of all ten digits in each line. */
    private static final String PICTURES =
            """
             ###      #     ###    ###       #   #####    ###   #####    ###    ###
            #   #    ##    #   #  #   #     ##   #       #   #      #   #   #  #   #
            #   #   # #        #      #    # #   #       #          #   #   #  #   #
            #   #     #        #      #   #  #   #       #         #    #   #  #   #
            #   #     #       #       #   #  #   #       #         #    #   #  #   #
            #   #     #       #     ##   #   #   ####    ####     #      ###    ####
            #   #     #      #        #  #   #       #   #   #    #     #   #      #
            #   #     #      #        #  ######      #   #   #    #     #   #      #
            #   #     #     #         #      #       #   #   #   #      #   #      #
            #   #     #     #     #   #      #       #   #   #   #      #   #      #
            #   #     #    #      #   #      #   #   #   #   #   #      #   #      #
             ###    #####  #####   ###       #    ###     ###    #       ###    ###
            """;

    static DigitRbf of() {
        float[] centres = new float[10 * 84];
        String[] rows = PICTURES.split("\n", HEIGHT);
        for (int digit = 0; digit < 10; digit++) {
            for (int pixel = 0; pixel < 84; pixel++) {
                int column = 7 * digit + pixel % 7;
                String row = rows[pixel / 7];
                boolean ink = column < row.length() && row.charAt(column) == '#';
                centres[84 * digit + pixel] = ink ? 1 : -1;
            }
        }
        try (Scope _ = Scope.open()) {
            return new DigitRbf(Parameter.fixed("centres", Tensor.of(centres, 10, 84)));
        }
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.reshape(x.shape().dim(0), 1, 84)
                .sub(centres.value().reshape(1, 10, 84))
                .square()
                .sum(false, 2)
                .neg();
    }

    @Override
    public List<Parameter> state() {
        return List.of(centres);
    }

    @Override
    public Layer map(UnaryOperator<Parameter> change) {
        return new DigitRbf(change.apply(centres));
    }

    @Override
    public String toString() {
        return "DigitRbf";
    }
}
