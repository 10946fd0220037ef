/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The command line behind {@code examples/run}. Exit codes: 0 when all went well, 1 when a run
 * failed, 2 for a command that makes no sense, 130 after Ctrl-C.
 */
@Command(
        name = "examples/run",
        description = "Gatun: deep learning for the JVM on native kernels.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TrainCommand.class,
            PredictCommand.class,
            BenchCommand.class,
            CourseCommand.class,
            InfoCommand.class
        })
public final class Main implements Runnable {
    /** Set this system property to see where an error comes from. */
    static final String STACK_TRACE = "gatun.stacktrace";

    @Spec private CommandSpec spec = CommandSpec.create();

    private Main() {}

    /**
     * Runs one command.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The whole command line, ready to execute in this process. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setAbbreviatedOptionsAllowed(false)
                .setParameterExceptionHandler(new BadInput())
                .setExecutionExceptionHandler(new Failure());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** Bad input: what is wrong, and the usage line. */
    private static final class BadInput implements IParameterExceptionHandler {
        @Override
        public int handleParseException(ParameterException e, String[] args) {
            CommandLine command = e.getCommandLine();
            PrintWriter err = command.getErr();
            err.println(e.getMessage());
            err.print("Usage: " + command.getHelp().synopsis(0));
            err.println("Help:  " + command.getCommandSpec().qualifiedName() + " --help");
            err.flush();
            return CommandLine.ExitCode.USAGE;
        }
    }

    /** A failed run: one message, no stack trace unless asked for. */
    private static final class Failure implements IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(
                Exception e, CommandLine command, ParseResult parseResult) {
            PrintWriter err = command.getErr();
            if (Boolean.getBoolean(STACK_TRACE)) {
                e.printStackTrace(err);
            }
            err.println("Failed: " + message(e));
            err.flush();
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /**
     * What an exception tells a user: file exceptions of the JDK say no more than the file's name.
     */
    static String message(Throwable e) {
        String text = e.getMessage();
        if (text == null || text.isBlank()) {
            return e.getClass().getSimpleName();
        }
        return switch (e) {
            case NoSuchFileException missing when missing.getReason() == null ->
                    text + ": no such file";
            case AccessDeniedException denied when denied.getReason() == null ->
                    text + ": permission denied";
            case FileSystemException other when other.getReason() == null ->
                    text + ": " + other.getClass().getSimpleName();
            case ArithmeticException _,
                    ClassCastException _,
                    IndexOutOfBoundsException _,
                    NullPointerException _ ->
                    e.getClass().getSimpleName()
                            + ": "
                            + text
                            + " (a bug: -D"
                            + STACK_TRACE
                            + "=true shows where)";
            default -> text;
        };
    }

    /** The version, from the build. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Gatun " + number()};
        }

        static String number() {
            try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
                if (in != null) {
                    Properties properties = new Properties();
                    properties.load(in);
                    return properties.getProperty("version", "unknown");
                }
            } catch (IOException e) {
                return "unknown (" + e.getMessage() + ")";
            }
            return "unknown";
        }
    }
}
