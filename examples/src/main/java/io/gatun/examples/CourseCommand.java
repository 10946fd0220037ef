/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import io.gatun.Threads;
import io.gatun.examples.course.Course;
import io.gatun.examples.course.CourseData;
import io.gatun.examples.course.CoursePage;
import io.gatun.examples.course.Experiment;
import io.gatun.examples.course.Experiments;
import io.gatun.examples.course.Outcome;
import io.gatun.examples.course.Scale;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one experiment of the course, or makes the page that shows them all. */
@Command(
        name = "course",
        description = "Run an experiment that tests a claim of the courses; draw its picture.",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        sortOptions = false)
final class CourseCommand implements Callable<Integer> {
    private static final String INDEX = "index";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAME",
            description = "The experiment; \"index\" makes the page of all that were run.")
    private @Nullable String name;

    @Option(names = "--list", description = "List all experiments with what they claim.")
    private boolean list;

    @Option(names = "--full", description = "The longer form, which may take an hour.")
    private boolean full;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder with the data sets in subfolders mnist, cifar10, names, or with the one"
                            + " in question (default: $GATUN_DATA).")
    private @Nullable Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "course",
            description = "Folder for NAME.png and NAME.md (default: course).")
    private Path out = Path.of("course");

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of everything random (default: 42).")
    private long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads, 1 to 256 (default: the number of processors).")
    private @Nullable Integer threads;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            defaultValue = "course",
            description = "For index: the folder with the pages (default: course).")
    private Path from = Path.of("course");

    @Option(
            names = "--docs",
            paramLabel = "DIR",
            defaultValue = "docs",
            description = "For index: the folder for course.md (default: docs).")
    private Path docs = Path.of("docs");

    @Override
    public Integer call() throws Exception {
        if (list) {
            list();
            return 0;
        }
        String wanted = name;
        if (wanted == null) {
            throw new ParameterException(
                    spec.commandLine(), "Missing NAME: course --list shows all experiments");
        }
        if (wanted.equals(INDEX)) {
            return index();
        }
        Experiment experiment =
                Experiments.find(wanted)
                        .orElseThrow(() ->
                                new ParameterException(
                                        spec.commandLine(),
                                        "There is no experiment \""
                                                + wanted
                                                + "\": course --list shows all"));
        int count = threads == null ? Threads.count() : Checks.threads(spec, threads);
        Checks.canReplace(spec, "--out", out.resolve(wanted + ".png"));
        Threads.setCount(count);
        run(experiment, count);
        return 0;
    }

    private void run(Experiment experiment, int threadCount) throws Exception {
        PrintWriter console = spec.commandLine().getOut();
        say(console, experiment.name() + ": " + experiment.claim());
        Course course =
                Course.of(
                        new FoundData(data, spec.commandLine().getErr()),
                        full ? Scale.FULL : Scale.SHORT,
                        seed,
                        line -> say(console, "  " + line));
        long start = System.nanoTime();
        Outcome outcome = experiment.run(course);
        double seconds = (System.nanoTime() - start) / 1e9;
        String note =
                String.format(
                        Locale.ROOT,
                        "%s%.0f s on %d thread%s",
                        course.sources().isEmpty()
                                ? ""
                                : "data " + String.join(", ", course.sources()) + "; ",
                        Math.max(1, seconds),
                        threadCount,
                        threadCount == 1 ? "" : "s");
        CoursePage.write(out, experiment, outcome, command(experiment), note);
        console.println();
        console.print(outcome.table().toText());
        console.println();
        console.println(
                (outcome.confirmed() ? "Seen: " : "Not confirmed in this run: ") + outcome.seen());
        say(
                console,
                out.resolve(experiment.name() + ".png").toAbsolutePath().normalize()
                        + " ("
                        + note
                        + ")");
    }

    /** What gives the same outcome again. */
    private String command(Experiment experiment) {
        return "examples/run course "
                + experiment.name()
                + (full ? " --full" : "")
                + (seed == 42 ? "" : " --seed " + seed);
    }

    private int index() throws IOException {
        if (!Files.isDirectory(from)) {
            throw new ParameterException(
                    spec.commandLine(), "--from " + from + ": there is no such folder");
        }
        Path page = docs.resolve("course.md");
        Checks.canReplace(spec, "--docs", page);
        List<String> missing = CoursePage.index(Experiments.all(), from, docs);
        PrintWriter console = spec.commandLine().getOut();
        if (!missing.isEmpty()) {
            console.println("not run yet: " + String.join(" ", missing));
        }
        say(console, page.toAbsolutePath().normalize().toString());
        return 0;
    }

    private void list() {
        PrintWriter console = spec.commandLine().getOut();
        List<String> lines = new ArrayList<>();
        for (Experiment experiment : Experiments.all()) {
            lines.add(
                    String.format(Locale.ROOT, "%-18s %s", experiment.name(), experiment.claim()));
        }
        say(console, String.join(System.lineSeparator(), lines));
    }

    private static void say(PrintWriter to, String line) {
        to.println(line);
        to.flush();
    }

    /** The data that the command line finds. */
    private record FoundData(@Nullable Path option, PrintWriter notes) implements CourseData {
        @Override
        public Images digits() throws IOException {
            Digits digits = Digits.Finder.ofUser(line -> say(notes, line)).find(option);
            return new Images(
                    digits.source().equals("synthetic") ? "synthetic digits" : digits.source(),
                    digits.train(),
                    digits.test());
        }

        @Override
        public Images photographs() throws IOException {
            io.gatun.examples.Images images =
                    io.gatun.examples.Images.cifar10(option, System.getenv());
            return new Images(images.source(), images.train(), images.test());
        }

        @Override
        public Path names() throws IOException {
            String variable = System.getenv(Digits.VARIABLE);
            Path given = option != null ? option : variable == null ? null : Path.of(variable);
            if (given != null) {
                for (Path file :
                        List.of(
                                given,
                                given.resolve("names.txt"),
                                given.resolve("names").resolve("names.txt"))) {
                    if (Files.isRegularFile(file)) {
                        return file;
                    }
                }
            }
            throw new IOException(
                    "where is names.txt, a list of first names? Name it, or its folder, by --data or "
                            + Digits.VARIABLE);
        }
    }
}
