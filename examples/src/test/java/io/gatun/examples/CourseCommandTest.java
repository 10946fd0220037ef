/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.Threads;
import io.gatun.examples.course.Experiment;
import io.gatun.examples.course.Experiments;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CourseCommandTest {
    private final int threads = Threads.count();

    @TempDir private Path folder;

    @AfterEach
    void setThreadsBack() {
        Threads.setCount(threads);
    }

    @Test
    void listsAllWithTheirClaims() {
        Cli cli = Cli.run("course", "--list");
        assertEquals(0, cli.exit());
        for (Experiment experiment : Experiments.all()) {
            assertTrue(cli.out().contains(experiment.name()), cli.out());
            assertTrue(cli.out().contains(experiment.claim()), cli.out());
        }
    }

    @Test
    void runsAnExperimentAndMakesThePage() throws Exception {
        Path out = folder.resolve("new/pages");
        Cli cli = Cli.run("course", "autodiff", "--out", out.toString(), "--threads", "1");
        assertEquals(0, cli.exit(), cli.err());
        assertTrue(cli.out().contains("Seen: One reverse sweep"), cli.out());
        assertTrue(cli.out().contains(out.resolve("autodiff.png").toString()), cli.out());
        String page = Files.readString(out.resolve("autodiff.md"));
        assertTrue(page.contains("`examples/run course autodiff`: "), page);
        assertFalse(page.contains(folder.toString()), "a page names no folder of a machine");

        Path docs = folder.resolve("docs");
        Cli index = Cli.run("course", "index", "--from", out.toString(), "--docs", docs.toString());
        assertEquals(0, index.exit(), index.err());
        assertTrue(index.out().contains("not run yet: spiral"), index.out());
        assertTrue(Files.readString(docs.resolve("course.md")).contains("## autodiff"));
        assertTrue(Files.exists(docs.resolve("images/course/autodiff.png")));
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        Cli unknown = Cli.run("course", "spirals");
        assertEquals(2, unknown.exit());
        assertTrue(unknown.err().contains("There is no experiment \"spirals\""), unknown.err());

        Cli none = Cli.run("course");
        assertEquals(2, none.exit());
        assertTrue(none.err().contains("course --list shows all"), none.err());

        Cli noFolder = Cli.run("course", "index", "--from", folder.resolve("x").toString());
        assertEquals(2, noFolder.exit());
        assertTrue(noFolder.err().contains("there is no such folder"), noFolder.err());

        Cli empty =
                Cli.run(
                        "course",
                        "index",
                        "--from",
                        folder.toString(),
                        "--docs",
                        folder.resolve("docs").toString());
        assertEquals(1, empty.exit());
        assertTrue(empty.err().contains("there is no page of an experiment"), empty.err());

        Path file = Files.createFile(folder.resolve("file"));
        Cli blocked = Cli.run("course", "autodiff", "--out", file.toString());
        assertEquals(2, blocked.exit());
        assertTrue(blocked.err().contains("--out "), blocked.err());
    }

    @Test
    void missingDataEndTheRunWithWhatToGive() {
        Cli cli =
                Cli.run(
                        "course",
                        "kernels",
                        "--data",
                        folder.toString(),
                        "--out",
                        folder.resolve("out").toString(),
                        "--threads",
                        "1");
        assertEquals(1, cli.exit());
        assertTrue(cli.err().contains("Failed: "), cli.err());
        assertTrue(cli.err().contains("data_batch_1.bin"), cli.err());
        assertFalse(Files.exists(folder.resolve("out/kernels.md")));
    }
}
