/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.Mnist;
import io.gatun.nn.data.SyntheticDigits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Digits to learn and to be tested with.
 *
 * @param source {@code mnist} or {@code synthetic}
 * @param place where they came from, for people
 * @param train the training part
 * @param test the test part
 */
record Digits(String source, String place, ImageDataset train, ImageDataset test) {
    /** The environment variable that names a folder with data. */
    static final String VARIABLE = "GATUN_DATA";

    private static final int SYNTHETIC_TRAIN = 60_000;
    private static final int SYNTHETIC_TEST = 10_000;

    /** Where to look. */
    static final class Finder {
        private final Map<String, String> environment;
        private final Path cache;
        private final MnistDownload download;
        private final Consumer<String> say;

        /**
         * A finder with everything that it depends on.
         *
         * @param environment the environment's variables
         * @param cache the per-user folder for MNIST
         * @param download what fills that folder
         * @param say takes lines for the user
         */
        Finder(
                Map<String, String> environment,
                Path cache,
                MnistDownload download,
                Consumer<String> say) {
            this.environment = Map.copyOf(environment);
            this.cache = cache;
            this.download = download;
            this.say = say;
        }

        /** The finder of this process. */
        static Finder ofUser(Consumer<String> say) {
            return new Finder(System.getenv(), userCache(), MnistDownload.canonical(), say);
        }

        /**
         * The given folder, else that of {@value #VARIABLE}, else the cache, else a download into
         * it, else drawn ones.
         *
         * @param option the folder that the user named; null for none
         * @throws IOException if the files are corrupt, or the folder of the variable has none
         */
        Digits find(@Nullable Path option) throws IOException {
            if (option != null) {
                return mnist(folder(option));
            }
            String variable = environment.get(VARIABLE);
            if (variable != null && !variable.isBlank()) {
                Path folder = folder(Path.of(variable));
                if (!hasMnist(folder)) {
                    throw new IOException(
                            VARIABLE
                                    + " names "
                                    + variable
                                    + ", where no MNIST files are: correct it or unset it");
                }
                return mnist(folder);
            }
            if (!download.isComplete(cache)) {
                say.accept("Downloading MNIST (11 MB) to " + cache);
                try {
                    download.to(cache);
                } catch (IOException e) {
                    say.accept(
                            "MNIST is not to be had ("
                                    + Main.message(e)
                                    + "): using digits drawn by a generator; --data DIR or "
                                    + VARIABLE
                                    + " name a folder with the real ones");
                    return synthetic();
                }
            }
            return mnist(cache);
        }

        private static Digits synthetic() {
            return new Digits(
                    "synthetic",
                    "drawn by a generator",
                    SyntheticDigits.generate(SYNTHETIC_TRAIN, 1),
                    SyntheticDigits.generate(SYNTHETIC_TEST, 2));
        }
    }

    private static Digits mnist(Path folder) throws IOException {
        Mnist mnist = Mnist.load(folder);
        return new Digits("mnist", folder.toString(), mnist.train(), mnist.test());
    }

    /** The folder itself, or its subfolder mnist if the files lie there. */
    static Path folder(Path given) {
        Path inner = given.resolve("mnist");
        return !hasMnist(given) && hasMnist(inner) ? inner : given;
    }

    /** Whether a folder has a file of MNIST; the loader names those that are missing. */
    static boolean hasMnist(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file ->
                    file.getFileName().toString().matches("(train|t10k)-(images|labels).idx.*"));
        } catch (IOException e) {
            return false;
        }
    }

    private static Path userCache() {
        Path home = Path.of(System.getProperty("user.home", ""));
        Path caches;
        if (System.getProperty("os.name", "").startsWith("Mac")) {
            caches = home.resolve("Library/Caches");
        } else {
            String xdg = System.getenv("XDG_CACHE_HOME");
            caches =
                    xdg != null && Path.of(xdg).isAbsolute()
                            ? Path.of(xdg)
                            : home.resolve(".cache");
        }
        return caches.resolve("gatun/data/mnist");
    }
}
