/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Memory;
import io.gatun.Scope;
import io.gatun.Shape;
import io.gatun.Tape;
import io.gatun.Tensor;
import io.gatun.nn.data.Dataset;
import io.gatun.nn.data.TensorDataset;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.LinearModels;
import io.gatun.nn.zoo.Mlp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading by name, freezing, other heads, rates by layer, and cached features. */
class TransferTest {
    @TempDir Path folder;

    private static final LayerNames NAMES = LayerNames.of(Map.of("0", "conv1", "1", "bn1"));

    private static Sequential small() {
        return Sequential.of(
                Conv2d.of(1, 2, 1).bias(false),
                BatchNorm2d.of(2),
                Relu.of(),
                Flatten.of(),
                Dropout.of(0.5),
                Dense.of(8, 3));
    }

    /** A file with tensors as {@code name:type:shape} and their bytes, as another program's. */
    private Path file(Map<String, byte[]> tensors) throws IOException {
        StringBuilder header = new StringBuilder("{");
        int at = 0;
        for (Map.Entry<String, byte[]> tensor : tensors.entrySet()) {
            String[] parts = tensor.getKey().split(":", 3);
            header.append(at == 0 ? "" : ",")
                    .append('"')
                    .append(parts[0])
                    .append("\":{\"dtype\":\"")
                    .append(parts[1])
                    .append("\",\"shape\":")
                    .append(parts[2])
                    .append(",\"data_offsets\":[")
                    .append(at)
                    .append(',')
                    .append(at += tensor.getValue().length)
                    .append("]}");
        }
        byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(8 + text.length + at).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(text.length).put(text);
        tensors.values().forEach(all::put);
        return Files.write(folder.resolve("foreign.safetensors"), all.array());
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private static byte[] shorts(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putShort((short) value);
        }
        return bytes.array();
    }

    private static byte[] doubles(double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putDouble(value);
        }
        return bytes.array();
    }

    private static Map<String, float[]> values(Layer model) {
        Map<String, float[]> values = new java.util.LinkedHashMap<>();
        model.parameters().forEach(p -> values.put(p.name(), p.value().toFloatArray()));
        model.state().forEach(p -> values.put(p.name(), p.value().toFloatArray()));
        return values;
    }

    @Test
    void loadsForeignNamesAndTypesAndReportsTheRest() throws IOException {
        Map<String, byte[]> tensors = new java.util.LinkedHashMap<>();
        tensors.put("bn1.num_batches_tracked:I64:[]", new byte[] {7, 0, 0, 0, 0, 0, 0, 0});
        tensors.put("conv1.weight:F16:[2,1,1,1]", shorts(0x3c00, 0xc100)); // 1, -2.5
        tensors.put("bn1.weight:BF16:[2]", shorts(0x4040, 0xbf00)); // 3, -0.5
        tensors.put("bn1.bias:F64:[2]", doubles(0.25, 1e-3));
        tensors.put("bn1.running_mean:F32:[2]", floats(5, 6));
        tensors.put("bn1.running_var:I64:[2]", new byte[16]);
        tensors.put("5.weight:F32:[1,8]", floats(1, 2, 3, 4, 5, 6, 7, 8));
        tensors.put("fc.bias:F32:[1]", floats(1));
        Sequential model = small();
        Map<String, float[]> before = values(model);
        LoadReport report = Safetensors.loadMatching(model, file(tensors), NAMES);
        assertEquals(List.of("0.weight", "1.weight", "1.bias", "1.running_mean"), report.loaded());
        assertEquals(List.of("5.bias"), report.missing(), "random bits are not looked for");
        assertEquals(List.of("fc.bias"), report.unexpected(), "counters are passed over");
        assertEquals(
                List.of(
                        new LoadReport.Mismatch("5.weight", Shape.of(3, 8), Shape.of(1, 8), "F32"),
                        new LoadReport.Mismatch("1.running_var", Shape.of(2), Shape.of(2), "I64")),
                report.mismatched());
        assertFalse(report.isComplete());
        assertTrue(report.toString().contains("missing 1: [5.bias]"), report.toString());
        Map<String, float[]> after = values(model);
        assertArrayEquals(new float[] {1, -2.5f}, after.get("0.weight"));
        assertArrayEquals(new float[] {3, -0.5f}, after.get("1.weight"));
        assertArrayEquals(new float[] {0.25f, 1e-3f}, after.get("1.bias"));
        assertArrayEquals(new float[] {5, 6}, after.get("1.running_mean"));
        for (String kept : List.of("1.running_var", "5.weight", "5.bias", "4.random")) {
            assertArrayEquals(before.get(kept), after.get(kept), kept);
        }
    }

    @Test
    void aDamagedFileChangesNothing() throws IOException {
        Path file = file(Map.of("conv1.weight:F32:[2,1,1,1]", floats(1, 2)));
        byte[] whole = Files.readAllBytes(file);
        Sequential model = small();
        Map<String, float[]> before = values(model);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThrows(FormatException.class, () -> Safetensors.loadMatching(model, file, NAMES));
        }
        String unknown = new String(whole, StandardCharsets.ISO_8859_1).replace("F32", "F31");
        Files.write(file, unknown.getBytes(StandardCharsets.ISO_8859_1));
        FormatException e =
                assertThrows(
                        FormatException.class, () -> Safetensors.loadMatching(model, file, NAMES));
        assertTrue(String.valueOf(e.getMessage()).contains("F31"), e.getMessage());
        values(model).forEach((name, now) -> assertArrayEquals(before.get(name), now, name));
    }

    @Test
    void namesTakeTheLongestLayerAndAPrefix() {
        LayerNames names =
                LayerNames.of(Map.of("4", "layer1", "4.0.body.1", "layer1.0.bn1"))
                        .with("9", "fc")
                        .prefixed("module.");
        assertEquals("module.layer1.0.bn1.running_var", names.inFile("4.0.body.1.running_var"));
        assertEquals("module.layer1.0.body.0.weight", names.inFile("4.0.body.0.weight"));
        assertEquals("module.fc.bias", names.inFile("9.bias"));
        assertEquals("module.90.bias", names.inFile("90.bias"), "9 is not 90");
        assertEquals("9.bias", LayerNames.identity().inFile("9.bias"));
    }

    /** Two clouds of images, with a pixel that tells them apart. */
    private static Dataset clouds(int count, int classes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] images = new float[4 * count];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(classes);
            for (int pixel = 0; pixel < 4; pixel++) {
                images[4 * i + pixel] =
                        (float) (0.3 * random.nextGaussian() + (pixel == labels[i] ? 2 : 0));
            }
        }
        return TensorDataset.of(Tensor.of(images, count, 1, 2, 2), labels, classes);
    }

    @Test
    void frozenLayersStayAsTheyAre() throws IOException {
        Sequential model = small();
        model.initialize(3);
        Sequential frozen = model.freeze(5);
        assertEquals(List.of("5.weight", "5.bias"), names(frozen.parameters()));
        assertEquals(
                List.of(
                        "0.weight",
                        "1.weight",
                        "1.bias",
                        "1.running_mean",
                        "1.running_var",
                        "4.random"),
                names(frozen.state()));
        Map<String, float[]> before = values(model);
        Trainer.of(frozen, Sgd.of(0.1), Losses.crossEntropy()).fit(clouds(64, 3, 1).batches(16), 2);
        Map<String, float[]> after = values(model);
        for (String name : before.keySet()) {
            boolean head = name.startsWith("5.");
            assertEquals(
                    !head,
                    Arrays.equals(before.get(name), after.get(name)),
                    name + (head ? " must move" : " must stay"));
        }
        // the same file, frozen or not
        Path file = folder.resolve("frozen.safetensors");
        Safetensors.save(frozen, file);
        Sequential read = small();
        Safetensors.load(read, file);
        values(read).forEach((name, now) -> assertArrayEquals(after.get(name), now, name));
        // and everything is trained again when nothing is frozen
        Trainer.of(frozen.freeze(0), Sgd.of(0.1), Losses.crossEntropy())
                .fit(clouds(64, 3, 1).batches(16), 1);
        assertFalse(Arrays.equals(after.get("0.weight"), values(model).get("0.weight")));
    }

    @Test
    void frozenLayersAnswerAsInInferenceAlsoWhileTraining() {
        Sequential model = small().freeze(6);
        assertEquals(List.of(), model.parameters());
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {1, -2, 3, 4}, 1, 1, 2, 2);
            float[] expected = model.forward(x).toFloatArray();
            try (Tape _ = Tape.open()) {
                assertArrayEquals(expected, model.forward(x).toFloatArray());
            }
        }
        Sequential whole = small();
        for (int depth : new int[] {-1, 7}) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> whole.freeze(depth))
                            .getMessage();
            assertTrue(message.contains("depth = " + depth), message);
        }
    }

    @Test
    void frozenStepsAllocateNothingAfterWarmUp() {
        Sequential model = small().freeze(5);
        Sgd optimizer = Sgd.of(0.1);
        Tensor x = Tensor.of(new float[] {1, -2, 3, 4}, 1, 1, 2, 2);
        Tensor label = Tensor.of(new int[] {2}, 1);
        Memory.Report warm = Memory.report();
        for (int i = 0; i < 40; i++) {
            try (Tape tape = Tape.open()) {
                Tensor loss = Losses.crossEntropy().apply(model.forward(x), label);
                optimizer.step(tape.gradients(loss, model.parameters()));
            }
            if (i == 9) {
                warm = Memory.report();
            }
        }
        assertEquals(warm.liveBytes(), Memory.report().liveBytes());
        assertEquals(warm.allocatedBytes(), Memory.report().allocatedBytes());
    }

    private static List<String> names(List<Parameter> parameters) {
        return parameters.stream().map(Parameter::name).toList();
    }

    @Test
    void otherHeadsShareTheRest() {
        Sequential inner = Sequential.of(Sequential.of(Dense.of(4, 3), Relu.of()), Dense.of(3, 2));
        Sequential nested = Sequential.of(Flatten.of(), inner);
        Sequential other = nested.replaceLast(Dense.of(3, 7));
        try (Scope _ = Scope.open()) {
            assertEquals(Shape.of(5, 7), other.forward(Tensor.zeros(Shape.of(5, 2, 2))).shape());
            assertEquals(
                    Shape.of(5, 3),
                    inner.slice(0, 1).forward(Tensor.zeros(Shape.of(5, 4))).shape());
        }
        assertTrue(nested.parameters().get(0).value() == other.parameters().get(0).value());
        assertEquals(Shape.of(2, 3), nested.parameters().get(2).value().shape());
        assertThrows(IllegalArgumentException.class, () -> Sequential.of().replaceLast(Relu.of()));
    }

    @Test
    void freezesByName() {
        Sequential model = Mlp.of(4, 5, 3);
        model.initialize(1);
        Map<String, float[]> before = values(model);
        Sgd optimizer = Sgd.of(0.1).groups(FineTuning.freeze(model, "1", "3.bias", "1.weight"));
        Trainer.of(model, optimizer, Losses.crossEntropy()).fit(clouds(32, 3, 1).batches(8), 1);
        Map<String, float[]> after = values(model);
        assertArrayEquals(before.get("1.weight"), after.get("1.weight"));
        assertArrayEquals(before.get("1.bias"), after.get("1.bias"));
        assertArrayEquals(before.get("3.bias"), after.get("3.bias"));
        assertFalse(Arrays.equals(before.get("3.weight"), after.get("3.weight")));
        String message =
                assertThrows(IllegalArgumentException.class, () -> FineTuning.freeze(model, "2"))
                        .getMessage();
        assertTrue(message.contains("layer = 2") && message.contains("1.weight"), message);
    }

    @Test
    void lowerLayersHaveSmallerRates() {
        Sequential model = Mlp.of(4, 5, 6, 3);
        model.initialize(1);
        float[][] plain = steps(model, Sgd.of(0.1));
        Sequential again = Mlp.of(4, 5, 6, 3);
        again.initialize(1);
        float[][] byLayer = steps(again, Sgd.of(0.1).groups(FineTuning.layerRates(again, 0.5)));
        double[] factors = {0.25, 0.25, 0.5, 0.5, 1, 1};
        for (int i = 0; i < plain.length; i++) {
            for (int j = 0; j < plain[i].length; j++) {
                assertEquals(factors[i] * plain[i][j], byLayer[i][j], 1e-6, "parameter " + i);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> FineTuning.layerRates(again, 1.5));
        // frozen layers have no group, and do not count
        assertEquals(2, FineTuning.layerRates(again.freeze(2), 0.5).length);
    }

    /** How far each parameter moves in one step. */
    private static float[][] steps(Sequential model, Sgd optimizer) {
        List<float[]> before = new ArrayList<>(values(model).values());
        Trainer.of(model, optimizer, Losses.crossEntropy()).fit(clouds(16, 3, 5).batches(16), 1);
        List<float[]> after = new ArrayList<>(values(model).values());
        float[][] moved = new float[before.size()][];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = after.get(i);
            for (int j = 0; j < moved[i].length; j++) {
                moved[i][j] -= before.get(i)[j];
            }
        }
        return moved;
    }

    @Test
    void featuresAreTheExtractorsOutputsAndCanBeClassified() {
        Sequential extractor = Sequential.of(Conv2d.of(1, 8, 1), Relu.of(), Flatten.of());
        extractor.initialize(2);
        Dataset images = clouds(101, 3, 7);
        TensorDataset features = Features.extract(extractor, images, 16);
        assertEquals(101, features.size());
        assertEquals(Shape.of(32), features.inputShape());
        assertArrayEquals(images.labels(), features.labels());
        try (Scope _ = Scope.open()) {
            int[] rows = {0, 15, 16, 100};
            assertArrayEquals(
                    extractor.forward(images.batch(rows).inputs()).toFloatArray(),
                    features.batch(rows).inputs().toFloatArray(),
                    1e-5f);
        }
        Layer svm = LinearModels.linearSvm(32, 3).initialize(1);
        Trainer trainer =
                Trainer.of(svm, Adam.of(0.02), Losses.hinge()).metrics(Metrics.accuracy());
        trainer.fit(features.batches(16).shuffle(1), 20);
        double accuracy = trainer.evaluate(features.batches(50)).metrics().get("accuracy");
        assertTrue(accuracy > 0.97, "accuracy " + accuracy);
        assertThrows(
                IllegalArgumentException.class,
                () -> Features.extract(extractor, images.subset(new int[0]), 16));
        assertThrows(
                IllegalArgumentException.class, () -> Features.extract(x -> x.sum(), images, 16));
    }

    /** Each phase of a gradual unfreezing trains one layer more, and the loss goes on falling. */
    @Test
    void unfreezesGradually() {
        Sequential model = Mlp.of(4, 8, 8, 3);
        model.initialize(4);
        double last = Double.POSITIVE_INFINITY;
        int[] trained = {2, 4, 6};
        int phase = 0;
        for (int depth : new int[] {4, 2, 0}) {
            Sequential part = model.freeze(depth);
            assertEquals(trained[phase++], part.parameters().size());
            double loss =
                    Trainer.of(part, Adam.of(0.01), Losses.crossEntropy())
                            .fit(clouds(64, 3, 1).batches(16), 5)
                            .last()
                            .loss();
            assertTrue(loss < last, loss + " after " + last);
            last = loss;
        }
    }
}
