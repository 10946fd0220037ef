/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where digits come from, in which order, and what a download leaves behind. */
class DigitsTest {
    @TempDir Path folder;

    private final List<String> said = new ArrayList<>();
    private Path origin;
    private Path cache;
    private HttpServer server;
    private int requests;

    @BeforeEach
    void start() throws IOException {
        origin = TinyMnist.write(folder.resolve("origin"), 20, 10);
        cache = folder.resolve("cache").resolve("mnist");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext(
                "/mnist/",
                exchange -> {
                    try (exchange) {
                        requests++;
                        String name =
                                exchange.getRequestURI().getPath().substring("/mnist/".length());
                        Path file = origin.resolve(name);
                        if (!Files.exists(file)) {
                            exchange.sendResponseHeaders(404, -1);
                            return;
                        }
                        byte[] content = Files.readAllBytes(file);
                        exchange.sendResponseHeaders(200, content.length);
                        exchange.getResponseBody().write(content);
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI mirror() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/mnist/");
    }

    private MnistDownload download(URI... mirrors) throws Exception {
        List<MnistDownload.Item> items = new ArrayList<>();
        try (Stream<Path> files = Files.list(origin)) {
            for (Path file : files.sorted().toList()) {
                byte[] content;
                try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                    content = in.readAllBytes();
                }
                String sum =
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
                items.add(
                        new MnistDownload.Item(
                                file.getFileName().toString().replace(".gz", ""),
                                content.length,
                                sum));
            }
        }
        return new MnistDownload(
                items, List.of(mirrors), Duration.ofMillis(500), Duration.ofSeconds(5));
    }

    private Digits find(Map<String, String> environment, MnistDownload download, Path option)
            throws IOException {
        return new Digits.Finder(environment, cache, download, said::add).find(option);
    }

    @Test
    void theOptionComesFirst() throws Exception {
        Path other = TinyMnist.write(folder.resolve("other"), 30, 10);
        Digits digits = find(Map.of(Digits.VARIABLE, other.toString()), download(mirror()), origin);
        assertEquals(20, digits.train().size());
        assertEquals("mnist", digits.source());
        assertEquals(0, requests);
    }

    @Test
    void thenTheVariable() throws Exception {
        Path other = TinyMnist.write(folder.resolve("other").resolve("mnist"), 30, 10);
        for (Path named : List.of(other, other.getParent())) {
            Digits digits =
                    find(Map.of(Digits.VARIABLE, named.toString()), download(mirror()), null);
            assertEquals(30, digits.train().size());
        }
        assertEquals(0, requests);
    }

    @Test
    void aVariableThatNamesNothingIsAnError() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        MnistDownload download = download(mirror());
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> find(Map.of(Digits.VARIABLE, empty.toString()), download, null));
        assertTrue(e.getMessage().contains(Digits.VARIABLE), e.getMessage());
    }

    @Test
    void thenADownloadAndThenTheCache() throws Exception {
        Digits digits = find(Map.of(), download(mirror()), null);
        assertEquals(20, digits.train().size());
        assertEquals(10, digits.test().size());
        assertEquals("mnist", digits.source());
        assertEquals(4, requests);
        assertEquals(1, said.size(), said.toString());
        try (Stream<Path> files = Files.list(cache)) {
            assertEquals(4, files.count(), "no parts are left");
        }
        server.stop(0);
        assertEquals(20, find(Map.of(), download(mirror()), null).train().size());
        assertEquals(4, requests);
    }

    @Test
    void anotherMirrorHelps() throws Exception {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = URI.create("http://localhost:" + socket.getLocalPort() + "/mnist/");
        }
        assertEquals(20, find(Map.of(), download(nobody, mirror()), null).train().size());
    }

    @Test
    void withNoNetworkThereAreDrawnDigits() throws Exception {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = URI.create("http://localhost:" + socket.getLocalPort() + "/mnist/");
        }
        Digits digits = find(Map.of(), download(nobody), null);
        assertEquals("synthetic", digits.source());
        assertEquals(60_000, digits.train().size());
        assertEquals(2, said.size(), said.toString());
        assertTrue(said.getLast().contains("drawn by a generator"), said.toString());
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            URI mirror = URI.create("http://localhost:" + silent.getLocalPort() + "/");
            MnistDownload download = download(mirror);
            long start = System.nanoTime();
            assertThrows(IOException.class, () -> download.to(cache));
            assertTrue(System.nanoTime() - start < 4_000_000_000L);
        }
    }

    @Test
    void anotherContentIsRefused() throws Exception {
        MnistDownload download = download(mirror());
        ByteArrayOutputStream wrong = new ByteArrayOutputStream();
        wrong.write(new byte[10_000]);
        TinyMnist.gzip(origin.resolve("t10k-images-idx3-ubyte.gz"), wrong.toByteArray());
        IOException e = assertThrows(IOException.class, () -> download.to(cache));
        assertTrue(e.getMessage().contains("checksum"), e.getMessage());
        assertTrue(Files.notExists(cache.resolve("t10k-images-idx3-ubyte")));
        try (OutputStream out =
                Files.newOutputStream(origin.resolve("t10k-images-idx3-ubyte.gz"))) {
            out.write("no gzip".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        assertThrows(IOException.class, () -> download.to(cache));
        Files.delete(origin.resolve("t10k-images-idx3-ubyte.gz"));
        IOException missing = assertThrows(IOException.class, () -> download.to(cache));
        assertTrue(missing.getMessage().contains("404"), missing.getMessage());
    }
}
