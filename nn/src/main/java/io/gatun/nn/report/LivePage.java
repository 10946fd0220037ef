/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import io.gatun.nn.History;
import io.gatun.nn.TrainingListener;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A web page that shows a run as it goes: curves, update ratios, histograms, speed; with buttons
 * that pause and stop it. It is served to this machine alone, until {@link #close}.
 *
 * <pre>{@code
 * try (LivePage page = LivePage.start(0)) {
 *     System.out.println(page.address());
 *     Trainer.of(...).listeners(page).fit(...);
 * }
 * }</pre>
 *
 * <p>Whoever has an account on this machine can open the page. Training is never held up by a slow
 * page, and a paused run goes on when the page is closed or the JVM is asked to end.
 */
public final class LivePage implements TrainingListener, AutoCloseable {
    /** At most so often are steps told of. */
    private static final long STEP_NANOS = 150_000_000L;

    private final LiveServer server;
    private final @Nullable Diagnostics diagnostics;
    private final Thread hook;

    // Guarded by this: what the pages show, for those that come later.
    private RunCurves curves = new RunCurves();
    private List<History.Epoch> epochs = new ArrayList<>();
    private String title = "";
    private String phase = "waiting";
    private int wantedEpochs;
    private long samplesPerEpoch;
    private long parameters;
    private long step;
    private int epoch;
    private long samples;
    private boolean paused;
    private boolean released;
    private @Nullable String stopReason;

    // Of the training thread alone.
    private long lastSent;
    private long lastSample;
    private double lossSum;
    private int lossCount;
    private double seconds;
    private long samplesBefore;
    private long samplesSince;

    private LivePage(int port, @Nullable Diagnostics diagnostics) throws IOException {
        this.diagnostics = diagnostics;
        this.server = LiveServer.start(port, this::state, this::act);
        this.hook = new Thread(this::release, "gatun-live-release");
    }

    /**
     * Begins to serve the page.
     *
     * @param port 0 for any that is free
     * @return the listener, to be closed
     * @throws IOException if the port is taken
     * @throws IllegalArgumentException if it is no port
     */
    public static LivePage start(int port) throws IOException {
        return open(port, null);
    }

    /**
     * Begins to serve the page, with update ratios and histograms.
     *
     * @param port 0 for any that is free
     * @param diagnostics a listener before this one
     * @return the listener, to be closed
     * @throws IOException if the port is taken
     * @throws IllegalArgumentException if it is no port
     */
    public static LivePage start(int port, Diagnostics diagnostics) throws IOException {
        return open(port, diagnostics);
    }

    private static LivePage open(int port, @Nullable Diagnostics diagnostics) throws IOException {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "LivePage.start: port = " + port + ": give 0 to 65535");
        }
        LivePage page;
        try {
            page = new LivePage(port, diagnostics);
        } catch (java.net.BindException e) {
            throw new IOException(
                    "LivePage.start: port " + port + " is taken: give another one, or 0", e);
        }
        Runtime.getRuntime().addShutdownHook(page.hook);
        return page;
    }

    /**
     * Where the page is.
     *
     * @return its address, for a browser on this machine
     */
    public URI address() {
        return URI.create("http://localhost:" + server.port() + "/");
    }

    int clients() {
        return server.clients();
    }

    /* ------------------------------------------------------------ from the page */

    /** What a button asks for. */
    private synchronized void act(String wanted) {
        switch (wanted) {
            case "pause" -> paused = phase.equals("training") && !released;
            case "resume" -> paused = false;
            default -> {
                stopReason = "stopped from the live page";
                paused = false;
            }
        }
        notifyAll();
        server.publish(this::status);
    }

    private synchronized void release() {
        released = true;
        paused = false;
        notifyAll();
    }

    /** Waits while the run is paused, and ends it if that was asked for. */
    private synchronized void obey(Run run) {
        while (paused) {
            try {
                wait();
            } catch (InterruptedException e) {
                paused = false;
                Thread.currentThread().interrupt();
            }
        }
        if (stopReason != null) {
            run.stop(stopReason);
        }
    }

    /* ------------------------------------------------------------ from the run */

    @Override
    public void trainingStarted(Run run) {
        synchronized (this) {
            curves = new RunCurves();
            epochs = new ArrayList<>(run.history());
            title = run.optimizer().getClass().getSimpleName();
            phase = "training";
            wantedEpochs = run.epochs();
            samplesPerEpoch = run.samplesPerEpoch();
            parameters = run.model().parameterCount();
            step = run.step();
            epoch = run.epoch();
            samples = 0;
            paused = false;
            stopReason = null;
        }
        lastSample = 0;
        lastSent = 0;
        forget();
        server.publish(this::state);
    }

    private void forget() {
        lossSum = 0;
        lossCount = 0;
        seconds = 0;
        samplesSince = 0;
    }

    @Override
    public void stepTaken(Run run, Step taken) {
        synchronized (this) {
            curves.add(taken);
            step = taken.number();
            epoch = taken.epoch();
            samples = taken.samples();
        }
        lossSum += taken.loss();
        lossCount++;
        seconds += taken.seconds();
        samplesSince += taken.samples() - (taken.samples() > samplesBefore ? samplesBefore : 0);
        samplesBefore = taken.samples();
        long now = System.nanoTime();
        if (now - lastSent >= STEP_NANOS) {
            lastSent = now;
            double loss = lossSum / lossCount;
            double speed = samplesSince / seconds;
            forget();
            server.publish(() ->
                    Json.object(json -> {
                        json.text("type", "step");
                        json.number("step", taken.number());
                        json.number("epoch", taken.epoch());
                        json.number("samples", taken.samples());
                        json.number("loss", loss);
                        json.number("rate", taken.rate());
                        json.number("speed", speed);
                    }));
        }
        Diagnostics.Sample sample = diagnostics == null ? null : diagnostics.latest();
        if (sample != null && sample.step() != lastSample) {
            lastSample = sample.step();
            server.publish(() -> Json.object(json -> inside(json, "sample", List.of(sample))));
        }
        obey(run);
    }

    @Override
    public void epochEnded(Run run, History.Epoch ended) {
        synchronized (this) {
            epochs.add(ended);
        }
        server.publish(() ->
                Json.object(json -> {
                    json.text("type", "epoch");
                    epoch(json, ended);
                    json.text("verdict", verdict());
                }));
        obey(run);
    }

    @Override
    public void trainingEnded(Run run) {
        synchronized (this) {
            phase =
                    stopReason != null
                            ? "stopped"
                            : epochs.size() >= wantedEpochs ? "finished" : "ended early";
            paused = false;
        }
        server.publish(this::status);
    }

    /* ------------------------------------------------------------ to the page */

    private synchronized String verdict() {
        return epochs.isEmpty() ? "" : Verdict.of(epochs).text();
    }

    private synchronized String status() {
        return Json.object(json -> {
            json.text("type", "status");
            json.text("phase", phase);
            json.flag("paused", paused);
        });
    }

    private static void epoch(Json json, History.Epoch epoch) throws IOException {
        json.number("number", epoch.number());
        Json.epoch(json, epoch);
    }

    /** Everything, for a page that has just been opened. */
    private synchronized String state() {
        return Json.object(json -> {
            json.text("type", "state");
            json.text("optimizer", title);
            json.text("phase", phase);
            json.flag("paused", paused);
            json.number("wantedEpochs", wantedEpochs);
            json.number("samplesPerEpoch", samplesPerEpoch);
            json.number("parameters", parameters);
            json.number("step", step);
            json.number("epoch", epoch);
            json.number("samples", samples);
            json.objects(
                    "points",
                    curves.points(),
                    (at, point) -> {
                        at.number("step", point.step());
                        at.number("loss", point.loss());
                        at.number("rate", point.rate());
                        at.number("speed", point.samplesPerSecond());
                    });
            json.objects("epochs", epochs, LivePage::epoch);
            json.text("verdict", epochs.isEmpty() ? "" : Verdict.of(epochs).text());
            inside(json, null, diagnostics == null ? List.of() : diagnostics.samples());
        });
    }

    /** What diagnostics have found. */
    private void inside(Json json, @Nullable String type, List<Diagnostics.Sample> samples)
            throws IOException {
        if (type != null) {
            json.text("type", type);
        }
        json.objects(
                "samplesInside",
                samples,
                (at, sample) -> {
                    at.number("step", sample.step());
                    at.number("gradientNorm", sample.gradientNorm());
                    at.objects(
                            "ratios",
                            sample.parameters().stream().filter(Advice::isWeight).toList(),
                            (to, parameter) -> {
                                to.text("name", parameter.name());
                                to.number("value", parameter.updateRatio());
                            });
                    at.objects(
                            "dead",
                            sample.layers().stream()
                                    .filter(layer -> !Double.isNaN(layer.dead()))
                                    .toList(),
                            (to, layer) -> {
                                to.text("name", layer.path());
                                to.number("value", 100 * layer.dead());
                            });
                });
        json.objects(
                "histograms",
                diagnostics == null ? List.of() : diagnostics.histograms(),
                (at, found) -> {
                    at.text("name", found.name());
                    histogram(at, "weights", found.weights());
                    histogram(at, "gradients", found.gradients());
                });
    }

    private static void histogram(Json json, String name, Histogram histogram) throws IOException {
        double[] numbers = new double[histogram.bins() + 2];
        numbers[0] = histogram.edge(0);
        numbers[1] = histogram.edge(histogram.bins());
        for (int i = 0; i < histogram.bins(); i++) {
            numbers[i + 2] = (double) histogram.count(i);
        }
        json.numbers(name, numbers);
    }

    /** Lets a paused run go on, and ends all connections. */
    @Override
    public void close() {
        release();
        server.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook has been of use.
        }
    }
}
