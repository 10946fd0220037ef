/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.DType;
import io.gatun.Shape;
import io.gatun.Tensor;
import io.gatun.nn.Session;
import io.gatun.nn.data.Idx;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says which digits are in some images. */
@Command(
        name = "predict",
        description = "Recognise digits with a model that train has saved.",
        mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {
    /** Larger pictures are refused. */
    private static final long MOST_PIXELS = 50_000_000;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern WITH_INDEX = Pattern.compile("(.+):(\\d{1,9})");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "FILE",
            required = true,
            description = "Safetensors file of lenet5 or mlp.")
    private Path model = Path.of("");

    @Parameters(
            paramLabel = "IMAGE",
            arity = "1..*",
            description =
                    "A PNG file of any size; or an IDX file (plain or .gz) and an index:"
                            + " FILE:INDEX or FILE INDEX.")
    private List<String> images = List.of();

    /** One image to be. A negative index says that the file is a picture. */
    private record Source(String name, Path file, int index) {}

    @Override
    public Integer call() throws IOException {
        Checks.canRead(spec, "--model", model);
        List<Source> sources = sources();
        PrintWriter out = spec.commandLine().getOut();
        Map<Path, Tensor> opened = new LinkedHashMap<>();
        ModelFile file = ModelFile.load(model);
        if (!file.kind().takesDigits()) {
            throw new IOException(
                    model + ": " + file.kind() + " knows no digits: give a model of lenet5 or mlp");
        }
        try (Session session = file.session()) {
            for (Source source : sources) {
                DigitImage digit = read(source, opened);
                out.print(digit.art(shades()));
                out.println(line(source.name(), Answer.of(session, digit)));
                out.flush();
            }
        }
        return 0;
    }

    private static String line(String name, Answer answer) {
        int digit = answer.digit();
        int second = answer.runnerUp();
        return String.format(
                Locale.ROOT,
                "%s: %d, probability %.1f %%; runner-up %d, %.1f %%",
                name,
                digit,
                100 * answer.probability(digit),
                second,
                100 * answer.probability(second));
    }

    /** Blocks where the terminal can show them. */
    private static String shades() {
        String encoding = System.getProperty("stdout.encoding");
        Charset charset =
                encoding != null && Charset.isSupported(encoding)
                        ? Charset.forName(encoding)
                        : Charset.defaultCharset();
        String blocks = " \u2591\u2592\u2593\u2588";
        return charset.newEncoder().canEncode(blocks) ? blocks : " .:*#";
    }

    private List<Source> sources() throws IOException {
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            String text = images.get(i);
            Path file = Path.of(text);
            Matcher indexed = WITH_INDEX.matcher(text);
            if (!Files.exists(file)
                    && indexed.matches()
                    && Files.exists(Path.of(indexed.group(1)))) {
                file = Path.of(indexed.group(1));
                Checks.canRead(spec, "IMAGE", file);
                sources.add(new Source(text, file, Integer.parseInt(indexed.group(2))));
                continue;
            }
            Checks.canRead(spec, "IMAGE", file);
            if (!isIdx(file)) {
                sources.add(new Source(text, file, -1));
            } else if (i + 1 < images.size() && NUMBER.matcher(images.get(i + 1)).matches()) {
                i++;
                sources.add(
                        new Source(
                                text + ":" + images.get(i), file, Integer.parseInt(images.get(i))));
            } else {
                throw new ParameterException(
                        spec.commandLine(),
                        "IMAGE "
                                + text
                                + ": which image of this IDX file? Give "
                                + text
                                + ":INDEX");
            }
        }
        return sources;
    }

    /** IDX begins with two zero bytes, gzip with its own mark. */
    private static boolean isIdx(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(2);
            return start.length == 2
                    && ((start[0] == 0 && start[1] == 0)
                            || ((start[0] & 255) == 0x1f && (start[1] & 255) == 0x8b));
        }
    }

    private DigitImage read(Source source, Map<Path, Tensor> opened) throws IOException {
        if (source.index() < 0) {
            try {
                return DigitImage.decode(Files.readAllBytes(source.file()), MOST_PIXELS);
            } catch (IOException e) {
                throw new IOException(source.file() + ": " + Main.message(e), e);
            }
        }
        Tensor all = opened.get(source.file());
        if (all == null) {
            all = Idx.read(source.file());
            opened.put(source.file(), all);
        }
        Shape shape = all.shape();
        if (all.dtype() != DType.UINT8
                || shape.rank() != 3
                || shape.dim(1) != DigitImage.SIDE
                || shape.dim(2) != DigitImage.SIDE) {
            throw new IOException(
                    source.file() + ": expected images [n, 28, 28], found shape " + shape);
        }
        if (source.index() >= shape.dim(0)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "IMAGE "
                            + source.name()
                            + ": the file has "
                            + shape.dim(0)
                            + " images, from 0 on");
        }
        byte[] pixels = new byte[DigitImage.SIZE];
        MemorySegment.copy(
                all.segment(),
                ValueLayout.JAVA_BYTE,
                (long) source.index() * pixels.length,
                pixels,
                0,
                pixels.length);
        return DigitImage.of(pixels);
    }
}
