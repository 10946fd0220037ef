/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/**
 * Fetches MNIST's four files, once per user. A file is unpacked, compared with its checksum and
 * only then put in place, in one step: the folder never holds a part of a file, or another content.
 */
final class MnistDownload {
    /**
     * One file.
     *
     * @param name its name, unpacked
     * @param bytes its size, unpacked
     * @param sha256 the checksum of its unpacked content
     */
    record Item(String name, int bytes, String sha256) {}

    private static final List<Item> FILES =
            List.of(
                    new Item(
                            "train-images-idx3-ubyte",
                            47_040_016,
                            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                    new Item(
                            "train-labels-idx1-ubyte",
                            60_008,
                            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
                    new Item(
                            "t10k-images-idx3-ubyte",
                            7_840_016,
                            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                    new Item(
                            "t10k-labels-idx1-ubyte",
                            10_008,
                            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

    private static final List<URI> MIRRORS =
            List.of(
                    URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                    URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"));

    private static final int MOST_PACKED_BYTES = 16 << 20;

    private final List<Item> files;
    private final List<URI> mirrors;
    private final Duration answer;
    private final Duration whole;

    /**
     * A download of other files, for tests.
     *
     * @param files what to fetch; mirrors hold each as name.gz
     * @param mirrors folders, tried in this order
     * @param answer how long to wait for a connection, and then for an answer to begin
     * @param whole how long a file may take
     */
    MnistDownload(List<Item> files, List<URI> mirrors, Duration answer, Duration whole) {
        this.files = List.copyOf(files);
        this.mirrors = List.copyOf(mirrors);
        this.answer = answer;
        this.whole = whole;
    }

    /** The files themselves, from where others fetch them too. */
    static MnistDownload canonical() {
        return new MnistDownload(FILES, MIRRORS, Duration.ofSeconds(4), Duration.ofSeconds(90));
    }

    /** Whether a folder has all files. */
    boolean isComplete(Path folder) {
        return files.stream().allMatch(item -> Files.isRegularFile(folder.resolve(item.name)));
    }

    /**
     * Fetches what the folder lacks.
     *
     * @param folder made if it does not exist
     * @throws IOException if no mirror gave all files; the message is that of the last one
     */
    void to(Path folder) throws IOException {
        Files.createDirectories(folder);
        IOException last = new ConnectException("no mirror is known");
        for (URI mirror : mirrors) {
            try (HttpClient client = client()) {
                try {
                    for (Item item : files) {
                        if (!Files.isRegularFile(folder.resolve(item.name))) {
                            fetch(client, mirror, item, folder);
                        }
                    }
                    return;
                } finally {
                    client.shutdownNow();
                }
            } catch (IOException e) {
                last = new IOException(mirror.getHost() + ": " + reason(e), e);
            }
        }
        throw last;
    }

    private HttpClient client() {
        return HttpClient.newBuilder()
                .connectTimeout(answer)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    private void fetch(HttpClient client, URI mirror, Item item, Path folder) throws IOException {
        byte[] packed = get(client, mirror.resolve(item.name + ".gz"));
        byte[] content;
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            content = in.readNBytes(item.bytes + 1);
        }
        String found = HexFormat.of().formatHex(sha256().digest(content));
        if (!found.equals(item.sha256)) {
            throw new IOException(item.name + " has not the checksum of MNIST: " + found);
        }
        Path part = Files.createTempFile(folder, item.name, ".part");
        try {
            Files.write(part, content);
            Files.move(part, folder.resolve(item.name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private byte[] get(HttpClient client, URI file) throws IOException {
        CompletableFuture<Object> begun = new CompletableFuture<>();
        HttpResponse.BodyHandler<byte[]> body =
                HttpResponse.BodyHandlers.limiting(
                        HttpResponse.BodyHandlers.ofByteArray(), MOST_PACKED_BYTES);
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(
                        HttpRequest.newBuilder(file).build(),
                        info -> {
                            begun.complete(info);
                            return body.apply(info);
                        });
        try {
            CompletableFuture.anyOf(begun, response)
                    .get(2 * answer.toMillis(), TimeUnit.MILLISECONDS);
            HttpResponse<byte[]> got = response.get(whole.toMillis(), TimeUnit.MILLISECONDS);
            if (got.statusCode() != 200) {
                throw new IOException("HTTP status " + got.statusCode() + " for " + file.getPath());
            }
            return got.body();
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new HttpTimeoutException("too slow");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * What went wrong: the client's exceptions for an unknown host have no message of their own.
     */
    private static String reason(Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof java.nio.channels.UnresolvedAddressException) {
                return "unknown host";
            }
        }
        for (Throwable at = e; at != null; at = at.getCause()) {
            String text = at.getMessage();
            if (text != null && !text.isBlank()) {
                return text;
            }
        }
        return e instanceof ConnectException ? "no connection" : e.getClass().getSimpleName();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
