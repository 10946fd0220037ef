/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import io.gatun.nn.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes what came out of experiments: a page and a picture for each, and one page for all. */
public final class CoursePage {
    private static final String INTRODUCTION =
            """
            # The course

            Each experiment tests a claim of the courses on deep learning, on real data where it needs any. All of this page is
            the outcome of runs of `examples/run course NAME`; `examples/run course --list` names them all, `--full` runs the longer
            form. Seeds are fixed: the same machine with the same number of threads sees the same numbers.

            """;

    private CoursePage() {}

    /**
     * Writes NAME.md and NAME.png.
     *
     * @param folder an existing one
     * @param experiment what was run
     * @param outcome what came out
     * @param command what was typed
     * @param note on how it was run, such as its time
     * @throws IOException if they cannot be written
     */
    public static void write(
            Path folder, Experiment experiment, Outcome outcome, String command, String note)
            throws IOException {
        String name = experiment.name();
        outcome.picture().save(folder.resolve(name + ".png"));
        save(folder.resolve(name + ".md"), markdown(experiment, outcome, command, note));
    }

    static String markdown(Experiment experiment, Outcome outcome, String command, String note) {
        String name = experiment.name();
        return "## "
                + name
                + "\n\n**Claim.** "
                + experiment.claim()
                + "\n\n!["
                + name
                + "]("
                + name
                + ".png)\n\n"
                + outcome.table().toMarkdown()
                + "\n**"
                + (outcome.confirmed() ? "Seen." : "Not confirmed in this run.")
                + "** "
                + outcome.seen()
                + "\n\n`"
                + command
                + "`: "
                + note
                + "\n";
    }

    /**
     * Writes course.md, from the pages and pictures in a folder, and copies the pictures to
     * images/course. What an older course.md has of experiments without a page in the folder stays.
     *
     * @param experiments in their order; those that have no page anywhere are left out
     * @param from the folder with the pages
     * @param docs the folder for course.md
     * @return names of the experiments that were left out
     * @throws IOException if files cannot be read or written, or there is not one page
     */
    public static List<String> index(List<Experiment> experiments, Path from, Path docs)
            throws IOException {
        List<String> missing = new ArrayList<>();
        StringBuilder contents = new StringBuilder("| experiment | claim |\n|---|---|\n");
        StringBuilder pages = new StringBuilder();
        Path images = docs.resolve("images").resolve("course");
        Path index = docs.resolve("course.md");
        String old = Files.exists(index) ? Files.readString(index) : "";
        for (Experiment experiment : experiments) {
            String name = experiment.name();
            Path page = from.resolve(name + ".md");
            Path picture = from.resolve(name + ".png");
            String section = section(old, name);
            if (Files.exists(page) && Files.exists(picture)) {
                Files.createDirectories(images);
                byte[] pixels = Files.readAllBytes(picture);
                AtomicFile.write(images.resolve(name + ".png"), pixels);
                section =
                        Files.readString(page)
                                .replace(
                                        "](" + name + ".png)", "](images/course/" + name + ".png)");
            }
            if (section.isEmpty()) {
                missing.add(name);
            } else {
                contents.append("| [%s](#%s) | %s |\n".formatted(name, name, experiment.claim()));
                pages.append('\n').append(section);
            }
        }
        if (missing.size() == experiments.size()) {
            throw new IOException(
                    from + ": there is no page of an experiment: run \"course NAME --out\" first");
        }
        save(index, INTRODUCTION + contents + pages);
        return missing;
    }

    /** What an index has of one experiment, from its heading to the next; empty if nothing. */
    private static String section(String index, String name) {
        int start = index.indexOf("\n## " + name + "\n");
        if (start < 0) {
            return "";
        }
        int end = index.indexOf("\n## ", start + 1);
        return end < 0 ? index.substring(start + 1) : index.substring(start + 1, end);
    }

    private static void save(Path file, String text) throws IOException {
        AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
