/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import static io.gatun.nn.report.ChartTest.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.nn.Adam;
import io.gatun.nn.History;
import io.gatun.nn.Losses;
import io.gatun.nn.Trainer;
import io.gatun.nn.TrainingListener;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.SyntheticDigits;
import io.gatun.nn.metrics.Metrics;
import io.gatun.nn.zoo.LeNet5;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LivePageTest {
    private static final ImageDataset DIGITS = SyntheticDigits.generate(200, 4);

    private static History train(int epochs, TrainingListener... listeners) {
        return Trainer.of(LeNet5.of().initialize(1), Adam.of(1e-3), Losses.crossEntropy())
                .metrics(Metrics.accuracy())
                .listeners(listeners)
                .fit(DIGITS.batches(20), DIGITS.batches(100), epochs);
    }

    /** In a thread of its own: the common pool has few, and the HTTP client needs them. */
    private static <T> CompletableFuture<T> background(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        result.complete(work.get());
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    /** A request as it stands, since a decent client would not let one forge a host. */
    private static String ask(int port, String... lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            String request = String.join("\r\n", lines);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String get(int port, String path, String host) throws IOException {
        return ask(port, "GET " + path + " HTTP/1.1", "Host: " + host, "Connection: close", "", "");
    }

    private static String post(int port, String body, String... headers) throws IOException {
        return ask(
                port,
                "POST /control HTTP/1.1",
                "Host: localhost:" + port,
                "Connection: close",
                "Content-Length: " + body.length(),
                headers.length == 0 ? "X-None: 1" : String.join("\r\n", headers),
                "",
                body);
    }

    private static String token(int port) throws IOException {
        String page = get(port, "/", "localhost:" + port);
        return page.replaceFirst("(?s).*name=\"gatun-token\" content=\"([0-9a-f]{32})\".*", "$1");
    }

    @Test
    void servesItselfAndNothingElse() throws Exception {
        try (LivePage page = LivePage.start(0)) {
            int port = page.address().getPort();
            String html = get(port, "/", "localhost:" + port);
            assertTrue(html.startsWith("HTTP/1.1 200"), html);
            assertTrue(html.contains("Content-security-policy: default-src 'none'"), html);
            assertTrue(html.contains("X-frame-options: DENY"), html);
            assertFalse(html.contains("{{"), "a place was not filled");
            assertFalse(html.contains("https://"), "something from elsewhere");
            assertTrue(get(port, "/../live.js", "localhost:" + port).startsWith("HTTP/1.1 404"));
            assertTrue(get(port, "/control", "localhost:" + port).startsWith("HTTP/1.1 405"));
        }
    }

    @Test
    void refusesOtherHostsNames() throws Exception {
        try (LivePage page = LivePage.start(0)) {
            int port = page.address().getPort();
            for (String host :
                    new String[] {
                        "evil.example", "evil.example:" + port, "localhost", "localhost:1"
                    }) {
                for (String path : new String[] {"/", "/events"}) {
                    String answer = get(port, path, host);
                    assertTrue(answer.startsWith("HTTP/1.1 403"), host + ": " + answer);
                }
            }
            assertTrue(get(port, "/", "127.0.0.1:" + port).startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void buttonsNeedThePagesToken() throws Exception {
        try (LivePage page = LivePage.start(0)) {
            int port = page.address().getPort();
            String token = token(port);
            assertEquals(32, token.length());
            assertTrue(post(port, "pause").startsWith("HTTP/1.1 403"), "no token");
            assertTrue(
                    post(port, "pause", "X-Gatun-Token: " + "0".repeat(32))
                            .startsWith("HTTP/1.1 403"),
                    "another token");
            assertTrue(
                    post(port, "pause", "X-Gatun-Token: " + token, "Origin: http://evil.example")
                            .startsWith("HTTP/1.1 403"),
                    "another site");
            assertTrue(post(port, "explode", "X-Gatun-Token: " + token).startsWith("HTTP/1.1 400"));
            assertTrue(
                    post(port, "x".repeat(5000), "X-Gatun-Token: " + token)
                            .startsWith("HTTP/1.1 400"));
            assertTrue(
                    post(
                                    port,
                                    "stop",
                                    "X-Gatun-Token: " + token,
                                    "Origin: http://localhost:" + port)
                            .startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void isBoundToThisMachine() throws Exception {
        try (LivePage page = LivePage.start(0)) {
            assertEquals("localhost", page.address().getHost());
            InetAddress own =
                    NetworkInterface.networkInterfaces()
                            .flatMap(NetworkInterface::inetAddresses)
                            .filter(address -> !address.isLoopbackAddress())
                            .findFirst()
                            .orElse(null);
            assumeTrue(own != null, "this machine has no address but loopback");
            assertThrows(
                    IOException.class, () -> new Socket(own, page.address().getPort()).close());
        }
    }

    @Test
    void aTakenPortIsSaid() throws Exception {
        try (LivePage page = LivePage.start(0)) {
            int port = page.address().getPort();
            String message =
                    assertThrows(IOException.class, () -> LivePage.start(port)).getMessage();
            assertTrue(message.contains("port " + port + " is taken"), message);
        }
        refused(
                () -> {
                    try {
                        LivePage.start(70_000).close();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                },
                "port = 70000");
    }

    @Test
    void pauseHoldsAndCloseReleases() throws Exception {
        AtomicLong steps = new AtomicLong();
        LivePage page = LivePage.start(0);
        int port = page.address().getPort();
        String token = token(port);
        CompletableFuture<History> run =
                background(() ->
                        train(
                                100_000,
                                page,
                                new TrainingListener() {
                                    @Override
                                    public void stepTaken(Run run, Step step) {
                                        steps.set(step.number());
                                        if (run.step() > 1_000_000) {
                                            run.stop("enough");
                                        }
                                    }
                                }));
        Browser.await(() -> steps.get() > 3);
        assertTrue(post(port, "pause", "X-Gatun-Token: " + token).startsWith("HTTP/1.1 200"));
        Browser.await(() -> {
            long before = steps.get();
            Thread.sleep(300);
            return steps.get() == before;
        });
        long held = steps.get();
        assertTrue(post(port, "resume", "X-Gatun-Token: " + token).startsWith("HTTP/1.1 200"));
        Browser.await(() -> steps.get() > held + 3);
        post(port, "pause", "X-Gatun-Token: " + token);
        post(port, "stop", "X-Gatun-Token: " + token);
        History history = run.get(30, TimeUnit.SECONDS);
        assertEquals("stopped from the live page", history.stoppedBecause());
        page.close();
        assertThrows(IOException.class, () -> get(port, "/", "localhost:" + port));
    }

    @Test
    void aClientThatDoesNotReadHoldsNothingUp() throws Exception {
        try (LivePage page = LivePage.start(0)) {
            int port = page.address().getPort();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setReceiveBufferSize(1024);
                socket.getOutputStream()
                        .write(
                                ("GET /events HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n")
                                        .getBytes(StandardCharsets.UTF_8));
                Browser.await(() -> page.clients() == 1);
                // Some thousand events of some kilobytes each would fill any buffer.
                Diagnostics diagnostics = Diagnostics.every(1);
                History history = train(3, diagnostics, page);
                assertEquals(3, history.epochs().size());
            }
        }
    }

    @Test
    void closingEndsConnectionsAndThreads() throws Exception {
        LivePage page = LivePage.start(0);
        int port = page.address().getPort();
        CompletableFuture<String> client =
                background(() -> {
                    try {
                        return get(port, "/events", "localhost:" + port);
                    } catch (IOException e) {
                        return "ended: " + e;
                    }
                });
        Browser.await(() -> page.clients() == 1);
        page.close();
        assertTrue(client.get(20, TimeUnit.SECONDS).contains("\"type\":\"state\""));
        Browser.await(() ->
                Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("HTTP-Dispatcher")));
    }

    @Test
    void aBrowserShowsTheRunAndItsButtonsWork(@TempDir Path folder) throws Exception {
        Path chromium = Browser.find().orElse(null);
        assumeTrue(chromium != null, "there is no chromium in the path, nor is CHROMIUM set");
        Diagnostics diagnostics = Diagnostics.every(5).probe(DIGITS, 16);
        AtomicBoolean over = new AtomicBoolean();
        TrainingListener lifeline = // a test that fails must not train on behind the next ones
                new TrainingListener() {
                    @Override
                    public void stepTaken(Run run, Step step) {
                        if (over.get()) {
                            run.stop("the test is over");
                        }
                    }
                };
        try (LivePage page = LivePage.start(0, diagnostics)) {
            CompletableFuture<History> run =
                    background(() -> train(100_000, diagnostics, page, lifeline));
            try (Browser browser =
                    new Browser(chromium, folder, page.address().toString(), 1400, 1700)) {
                String phase = "document.getElementById('phase').textContent";
                String step =
                        "document.getElementById('f-step').textContent.replace(/[^0-9]/g, '')";
                Browser.await(() -> browser.evaluate(phase).equals("training"));
                // Curves of loss, and of the epochs that are over; ratios; histograms.
                Browser.await(() ->
                        Integer.parseInt(
                                        browser.evaluate(
                                                "document.querySelectorAll('#chart-epochs"
                                                        + " path.curve[d^=M]').length"))
                                == 2);
                Browser.await(() ->
                        browser.evaluate(
                                        "document.querySelectorAll('#chart-ratios"
                                                + " path.curve[d^=M]').length")
                                .equals("5"));
                assertEquals(
                        "10",
                        browser.evaluate("document.querySelectorAll('#histograms .card').length"));
                browser.evaluate("document.getElementById('pause').click()");
                Browser.await(() -> browser.evaluate(phase).equals("paused"));
                assertEquals(
                        "Resume", browser.evaluate("document.getElementById('pause').textContent"));
                long held = Long.parseLong(browser.evaluate(step));
                browser.evaluate("document.getElementById('pause').click()");
                Browser.await(() -> Long.parseLong(browser.evaluate(step)) > held);
                assertTrue(browser.screenshot().length > 20_000, "a picture of something");
                browser.evaluate("(window.confirm = () => true)");
                browser.evaluate("document.getElementById('stop').click()");
                History history = run.get(30, TimeUnit.SECONDS);
                assertEquals("stopped from the live page", history.stoppedBecause());
                Browser.await(() -> browser.evaluate(phase).equals("stopped"));
                assertEquals("true", browser.evaluate("document.getElementById('pause').disabled"));
            } finally {
                over.set(true);
            }
        }
    }
}
