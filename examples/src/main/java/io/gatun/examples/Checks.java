/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What options must fulfil, and what to tell the user otherwise: all of it before any work begins.
 */
final class Checks {
    private Checks() {}

    static void atLeast(CommandSpec spec, String option, long value, long least) {
        if (value < least) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " " + value + ": give a number of at least " + least);
        }
    }

    static int threads(CommandSpec spec, int threads) {
        if (threads < 1 || threads > Threads.MAX) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--threads " + threads + ": give a number from 1 to " + Threads.MAX);
        }
        return threads;
    }

    /** An existing file to read. */
    static void canRead(CommandSpec spec, String what, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ParameterException(
                    spec.commandLine(), what + " " + file + ": there is no such file");
        }
        if (!Files.isReadable(file)) {
            throw new ParameterException(
                    spec.commandLine(), what + " " + file + ": it cannot be read");
        }
    }

    /** A file that can be made, or replaced by a new one; its folder is made if necessary. */
    static void canReplace(CommandSpec spec, String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        String problem = null;
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            problem = "that is a folder";
        } else if (Files.exists(file) && !Files.isRegularFile(file)) {
            problem = "that is no regular file";
        } else {
            try {
                Files.createDirectories(folder);
                if (!Files.isWritable(folder)) {
                    problem = "its folder cannot be written to";
                }
            } catch (IOException e) {
                problem = "its folder cannot be made (" + Main.message(e) + ")";
            }
        }
        if (problem != null) {
            throw new ParameterException(spec.commandLine(), option + " " + file + ": " + problem);
        }
    }

    /** An open JSON file; null if none was asked for. */
    static @Nullable JsonLines jsonLines(CommandSpec spec, String option, @Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            return JsonLines.create(file);
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + ": it cannot be written to (" + Main.message(e) + ")",
                    e);
        }
    }
}
