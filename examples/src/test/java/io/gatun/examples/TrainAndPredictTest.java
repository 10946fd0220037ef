/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.Layer;
import io.gatun.nn.Safetensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From data to a file, and from the file to an answer. */
class TrainAndPredictTest {
    private static final int TRAIN = 1500;
    private static final int TEST = 150;

    @TempDir static Path folder;

    private static Path data;
    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        data = TinyMnist.write(folder.resolve("some data").resolve("mnist"), TRAIN, TEST);
        model = folder.resolve("my model.safetensors");
    }

    private static Cli train(ModelKind kind, Path out, String... more) {
        List<String> args =
                new java.util.ArrayList<>(
                        List.of(
                                "train",
                                kind.toString(),
                                "--data",
                                data.getParent().toString(),
                                "--threads",
                                "1"));
        args.addAll(List.of("--out", out.toString()));
        args.addAll(List.of(more));
        return Cli.run(args.toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource(names = {"LENET5", "MLP"})
    void trainsTellsAndSaves(ModelKind kind) throws IOException {
        Path out = folder.resolve(kind + ".safetensors");
        Path json = folder.resolve(kind + ".json");
        Path picture = folder.resolve(kind + ".svg");
        Cli cli =
                train(
                        kind,
                        out,
                        "--epochs",
                        "6",
                        "--batch",
                        "50",
                        "--seed",
                        "7",
                        "--json",
                        json.toString(),
                        "--picture",
                        picture.toString());
        assertEquals(0, cli.exit(), cli.err());
        assertTrue(cli.out().contains("test accuracy"), cli.out());
        assertTrue(cli.out().contains(out.toString()), cli.out());

        List<String> lines = Files.readAllLines(json);
        assertEquals(7, lines.size());
        for (int i = 0; i < 6; i++) {
            Map<String, Object> epoch = Json.object(lines.get(i));
            assertEquals("epoch", epoch.get("event"));
            assertEquals(i + 1, Json.number(epoch, "epoch"));
        }
        Map<String, Object> result = Json.object(lines.getLast());
        assertEquals("result", result.get("event"));
        assertEquals(kind.toString(), result.get("model"));
        assertEquals("mnist", result.get("data"));
        assertEquals(7, Json.number(result, "seed"));
        assertEquals(6, Json.number(result, "epochs"));
        assertTrue(Json.number(result, "testAccuracy") > 0.8, lines.getLast());
        assertTrue(Json.number(result, "testLoss") > 0, lines.getLast());
        assertTrue(Json.number(result, "seconds") > 0, lines.getLast());
        assertTrue(Json.number(result, "samplesPerSecond") > 0, lines.getLast());
        assertEquals(0, Json.number(result, "nativeBytesPerStep"), lines.getLast());
        assertTrue(Json.number(result, "peakNativeBytes") > 0, lines.getLast());

        Safetensors.Contents contents = Safetensors.read(out);
        assertEquals(Map.of("model", kind.toString()), contents.metadata());
        assertEquals(kind, ModelFile.load(out).kind());
        assertTrue(Files.readString(picture).startsWith("<svg "));
        assertTrue(Files.readString(picture).endsWith("</svg>\n"));
    }

    @Test
    void theSameSeedGivesTheSameFile() throws IOException {
        Path one = folder.resolve("one.safetensors");
        Path two = folder.resolve("two.safetensors");
        Path other = folder.resolve("other.safetensors");
        assertEquals(0, train(ModelKind.LENET5, one, "--epochs", "1").exit());
        assertEquals(0, train(ModelKind.LENET5, two, "--epochs", "1").exit());
        assertEquals(0, train(ModelKind.LENET5, other, "--epochs", "1", "--seed", "43").exit());
        assertEquals(-1, Files.mismatch(one, two));
        assertTrue(Files.mismatch(one, other) >= 0);
    }

    @Test
    void smoothsLabelsAndSaysSo() throws IOException {
        Path plain = folder.resolve("plain.safetensors");
        Path smooth = folder.resolve("smooth.safetensors");
        Cli usual = train(ModelKind.LENET5, plain, "--epochs", "1");
        Cli smoothed = train(ModelKind.LENET5, smooth, "--epochs", "1", "--label-smoothing", "0.1");
        assertEquals(0, smoothed.exit(), smoothed.err());
        assertFalse(usual.err().contains("smoothed"), usual.err());
        assertTrue(smoothed.err().contains("labels smoothed by 0.1"), smoothed.err());
        assertTrue(Files.mismatch(plain, smooth) >= 0);
    }

    /** With a constant rate, two epochs are one and one more. */
    @Test
    void aResumedRunGivesTheSameFile() throws IOException {
        List<String> options =
                List.of(
                        "--augment",
                        "--schedule",
                        "constant",
                        "--warmup",
                        "0.5",
                        "--average",
                        "0.9");
        Path whole = folder.resolve("whole.safetensors");
        Path parts = folder.resolve("parts.safetensors");
        Path state = folder.resolve("state");
        assertEquals(0, train(whole, options, "--epochs", "2").exit());
        String[] first = {"--epochs", "1", "--checkpoint", state.toString()};
        assertEquals(0, train(parts, options, first).exit());
        assertTrue(Files.exists(state.resolve("best.safetensors")));
        Cli again = train(parts, options, first);
        assertEquals(2, again.exit());
        assertTrue(again.err().contains("--resume"), again.err());
        String[] second = {"--epochs", "2", "--checkpoint", state.toString(), "--resume"};
        Cli resumed = train(parts, options, second);
        assertEquals(0, resumed.exit(), resumed.err());
        assertEquals(-1, Files.mismatch(whole, parts));
        assertEquals(ModelKind.LENET5, ModelFile.load(state.resolve("last.safetensors")).kind());
    }

    private static Cli train(Path out, List<String> options, String... more) {
        List<String> all = new java.util.ArrayList<>(options);
        all.addAll(List.of(more));
        return train(ModelKind.LENET5, out, all.toArray(String[]::new));
    }

    @Test
    void earlyStoppingKeepsTheBestModel() throws IOException {
        Path out = folder.resolve("best.safetensors");
        Path state = folder.resolve("early");
        Cli cli =
                train(
                        ModelKind.MLP,
                        out,
                        "--epochs",
                        "40",
                        "--schedule",
                        "plateau",
                        "--rate",
                        "0.2",
                        "--early-stopping",
                        "1",
                        "--checkpoint",
                        state.toString());
        assertEquals(0, cli.exit(), cli.err());
        Layer best = ModelKind.MLP.create();
        Safetensors.load(best, state.resolve("best.safetensors"));
        Layer kept = ModelFile.load(out).model();
        for (int i = 0; i < best.parameters().size(); i++) {
            assertArrayEquals(
                    best.parameters().get(i).value().toFloatArray(),
                    kept.parameters().get(i).value().toFloatArray());
        }
    }

    @Test
    void showsTheRunInEveryWay() throws IOException {
        Path report = folder.resolve("watched.html");
        Path events = folder.resolve("events");
        Path csv = folder.resolve("watched.csv");
        Cli cli =
                train(
                        ModelKind.LENET5,
                        folder.resolve("watched.safetensors"),
                        "--epochs",
                        "1",
                        "--report",
                        report.toString(),
                        "--ui",
                        "--tensorboard",
                        events.toString(),
                        "--log",
                        csv.toString());
        assertEquals(0, cli.exit(), cli.err());
        assertTrue(cli.err().contains("live page: http://localhost:"), cli.err());
        String html = Files.readString(report);
        assertTrue(html.contains("lenet5 on mnist") && html.contains("finished"), html);
        assertTrue(html.contains("--tensorboard"), "the command line");
        assertEquals(2, Files.readAllLines(csv).size());
        try (var files = Files.list(events)) {
            assertTrue(
                    files.findFirst()
                            .orElseThrow()
                            .getFileName()
                            .toString()
                            .startsWith("events.out.tfevents."));
        }
        assertTrue(Cli.run("train", "mlp", "--log", "x.txt").err().contains(".csv or .jsonl"));
        assertTrue(Cli.run("train", "mlp", "--ui", "70000").err().contains("0 to 65535"));
    }

    @Test
    void refusesOptionsThatDoNotGoTogether() {
        assertTrue(Cli.run("train", "mlp", "--resume").err().contains("--checkpoint DIR"));
        assertTrue(Cli.run("train", "mlp", "--average", "1").err().contains("below 1"));
        assertTrue(Cli.run("train", "mlp", "--rate", "0").err().contains("above 0"));
        assertTrue(Cli.run("train", "mlp", "--label-smoothing", "1").err().contains("below 1"));
        assertTrue(
                Cli.run("train", "resnet20", "--data", folder.toString())
                        .err()
                        .contains("CIFAR-10 needs its binary files"));
        assertTrue(
                Cli.run("train", "resnet20", "--picture", folder.resolve("p.svg").toString())
                        .err()
                        .contains("leave it out"));
    }

    @Test
    void predictsFromIdxAndPictures() throws IOException {
        assertEquals(0, train(ModelKind.LENET5, model, "--epochs", "8", "--batch", "32").exit());
        String images = data.resolve("t10k-images-idx3-ubyte.gz").toString();
        Digits digits = new Digits.Finder(Map.of(), folder, none(), line -> {}).find(data);

        Cli cli = Cli.run("predict", "--model", model.toString(), images + ":0", images, "1");
        assertEquals(0, cli.exit(), cli.err());
        List<String> lines = cli.out().lines().toList();
        assertEquals(2 * (14 + 1), lines.size(), cli.out());
        assertTrue(lines.get(14).startsWith(images + ":0: "), lines.get(14));
        assertTrue(lines.get(14).contains("probability"), lines.get(14));
        assertTrue(lines.get(14).contains("runner-up"), lines.get(14));

        // The same digit as dark ink on light paper, four times as large.
        byte[] pixels = digits.test().pixels(0);
        BufferedImage paper = new BufferedImage(112, 112, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 112; y++) {
            for (int x = 0; x < 112; x++) {
                int grey = 255 - Byte.toUnsignedInt(pixels[y / 4 * 28 + x / 4]);
                paper.setRGB(x, y, grey << 16 | grey << 8 | grey);
            }
        }
        Path png = folder.resolve("a digit.png");
        ImageIO.write(paper, "png", png.toFile());
        Cli again = Cli.run("predict", "--model", model.toString(), png.toString());
        assertEquals(0, again.exit(), again.err());
        List<String> picture = again.out().lines().toList();
        assertEquals(lines.subList(0, 14), picture.subList(0, 14));
        assertEquals(after(lines.get(14), images + ":0"), after(picture.get(14), png.toString()));
        assertArrayEquals(
                DigitImage.of(pixels).pixels(),
                DigitImage.decode(Files.readAllBytes(png), 1_000_000).pixels(),
                1e-3f);
    }

    @Test
    void saysWhatIsWrongWithAnImage() throws IOException {
        Path untrained = folder.resolve("untrained.safetensors");
        Safetensors.save(ModelKind.MLP.create(), untrained);
        assertEquals(ModelKind.MLP, ModelFile.load(untrained).kind(), "by the shapes alone");
        String images = data.resolve("t10k-images-idx3-ubyte.gz").toString();
        String labels = data.resolve("t10k-labels-idx1-ubyte.gz").toString();

        Cli noIndex = Cli.run("predict", "--model", untrained.toString(), images);
        assertEquals(2, noIndex.exit(), noIndex.err());
        assertTrue(noIndex.err().contains(":INDEX"), noIndex.err());

        Cli beyond = Cli.run("predict", "--model", untrained.toString(), images + ":" + TEST);
        assertEquals(2, beyond.exit(), beyond.err());
        assertTrue(beyond.err().contains("the file has 150 images"), beyond.err());

        Cli noImages = Cli.run("predict", "--model", untrained.toString(), labels + ":0");
        assertEquals(1, noImages.exit(), noImages.err());
        assertTrue(noImages.err().contains("[n, 28, 28]"), noImages.err());

        Path text = folder.resolve("text.png");
        Files.writeString(text, "no picture at all");
        Cli noPicture = Cli.run("predict", "--model", untrained.toString(), text.toString());
        assertEquals(1, noPicture.exit(), noPicture.err());
        assertEquals(
                "Failed: " + text + ": not a picture that Java can read: give a PNG file",
                noPicture.err().strip());
    }

    @Test
    void refusesOtherModels() throws IOException {
        Path unknown = folder.resolve("unknown.safetensors");
        Safetensors.save(ModelKind.MLP.create(), unknown, Map.of("model", "transformer"));
        Cli byNote = Cli.run("predict", "--model", unknown.toString(), unknown.toString());
        assertEquals(1, byNote.exit(), byNote.err());
        assertTrue(byNote.err().contains("\"transformer\", none of lenet5"), byNote.err());

        Safetensors.write(unknown, Map.of(), Map.of());
        Cli byShape = Cli.run("predict", "--model", unknown.toString(), unknown.toString());
        assertEquals(1, byShape.exit(), byShape.err());
        assertTrue(byShape.err().contains("none of lenet5, mlp and resnet20"), byShape.err());
    }

    private static String after(String line, String start) {
        assertTrue(line.startsWith(start), line);
        return line.substring(start.length());
    }

    private static MnistDownload none() {
        return new MnistDownload(
                List.of(),
                List.of(),
                java.time.Duration.ofSeconds(1),
                java.time.Duration.ofSeconds(1));
    }

    /** Every option that the documents name is there. */
    @Test
    void optionsOfTrain() {
        Set<String> names =
                Main.commandLine()
                        .getSubcommands()
                        .get("train")
                        .getCommandSpec()
                        .optionsMap()
                        .keySet();
        assertTrue(
                names.containsAll(
                        Set.of(
                                "--data",
                                "--epochs",
                                "--batch",
                                "--threads",
                                "--seed",
                                "--out",
                                "--json")),
                names.toString());
    }
}
