/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every experiment runs, in its tiny form, and ends in what a page needs. */
class CourseTest {
    @TempDir private Path folder;

    static Stream<String> names() {
        return Experiments.all().stream().map(Experiment::name);
    }

    private Outcome run(String name) throws Exception {
        return Experiments.find(name)
                .orElseThrow()
                .run(Course.of(new TinyData(folder), Scale.TINY, 42, _ -> {}));
    }

    @ParameterizedTest
    @MethodSource("names")
    void runsInItsTinyForm(String name) throws Exception {
        Outcome outcome = run(name);
        CoursePage.write(
                folder, Experiments.find(name).orElseThrow(), outcome, "examples/run", "now");
        assertNotNull(ImageIO.read(folder.resolve(name + ".png").toFile()));
        assertTrue(Files.size(folder.resolve(name + ".png")) < 400_000, "the picture is large");
        String page = Files.readString(folder.resolve(name + ".md"));
        assertTrue(page.startsWith("## " + name + "\n"), page);
        assertTrue(page.contains(outcome.seen()), page);
        assertFalse(outcome.table().rows().isEmpty());
    }

    @Test
    void namesDifferAndAreFit() {
        List<String> all = names().toList();
        assertEquals(all.size(), all.stream().distinct().count());
        all.forEach(name -> assertTrue(name.matches("[a-z0-9-]+"), name));
    }

    @Test
    void anExperimentRepeatsFromItsSeed() throws Exception {
        assertEquals(run("autodiff").table(), run("autodiff").table());
    }

    @Test
    void thePageOfAllLeavesOutWhatWasNotRun() throws Exception {
        Experiment autodiff = Experiments.find("autodiff").orElseThrow();
        CoursePage.write(folder, autodiff, run("autodiff"), "examples/run", "now");
        Path docs = folder.resolve("docs");
        List<String> expected = new ArrayList<>(names().toList());
        expected.remove("autodiff");
        assertEquals(expected, CoursePage.index(Experiments.all(), folder, docs));
        String page = Files.readString(docs.resolve("course.md"));
        assertTrue(page.contains("![autodiff](images/course/autodiff.png)"), page);
        assertTrue(page.contains("| [autodiff](#autodiff) | One reverse sweep"), page);
        assertTrue(Files.exists(docs.resolve("images/course/autodiff.png")));
    }

    @Test
    void thePageOfAllKeepsWhatItHas() throws Exception {
        Path docs = folder.resolve("docs");
        for (String name : List.of("spiral", "autodiff", "universal")) {
            Path from = Files.createDirectories(folder.resolve(name));
            Experiment experiment = Experiments.find(name).orElseThrow();
            CoursePage.write(from, experiment, run(name), "examples/run", "now");
            CoursePage.index(Experiments.all(), from, docs);
        }
        String page = Files.readString(docs.resolve("course.md"));
        int autodiff = page.indexOf("\n\n## autodiff\n");
        int spiral = page.indexOf("\n\n## spiral\n");
        int universal = page.indexOf("\n\n## universal\n");
        assertTrue(0 < autodiff && autodiff < spiral && spiral < universal, page);
        assertTrue(page.contains("](images/course/spiral.png)"), page);
        Path first = folder.resolve("autodiff");
        CoursePage.index(Experiments.all(), first, docs);
        assertEquals(page, Files.readString(docs.resolve("course.md")));
    }

    /** Claims that show in a few seconds, at their usual size. */
    @ParameterizedTest
    @ValueSource(strings = {"autodiff", "spiral", "initialisation", "kernels"})
    void confirmsItsClaim(String name) throws Exception {
        Outcome outcome =
                Experiments.find(name)
                        .orElseThrow()
                        .run(Course.of(new TinyData(folder), Scale.SHORT, 42, _ -> {}));
        assertTrue(outcome.confirmed(), outcome.seen());
    }

    /** With next to no training, models cannot show what is claimed of them. */
    @ParameterizedTest
    @ValueSource(strings = {"spiral", "universal"})
    void doesNotConfirmWhatWasNotSeen(String name) throws Exception {
        assertFalse(run(name).confirmed());
    }

    @Test
    void autodiffFindsTheDerivativesByHand() throws Exception {
        Outcome outcome = run("autodiff");
        assertTrue(outcome.confirmed(), outcome.seen());
        List<String> f = outcome.table().rows().getLast();
        assertEquals(List.of("f", "v5 / x3", "5.977", "10.68", "5.341", "-3.805", "1"), f);
        assertEquals("1.273", outcome.table().rows().get(4).get(6)); // df by sin x3: x1 x2 / x3
    }
}
