/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the live page, its events and its buttons to this machine alone.
 *
 * <p>It is bound to the loopback address. Requests by another host's name are refused, so that no
 * web site can reach it by pointing its own name here; buttons need a token that only the page
 * itself holds, and no other site's script can read. A client that does not keep up loses events
 * and is then sent the whole state again: it never holds up training.
 */
final class LiveServer implements AutoCloseable {
    private static final int MOST_CLIENTS = 16;
    private static final int QUEUE = 64;
    private static final int MOST_BODY = 64;
    private static final int PING_SECONDS = 10;

    /** Ends a client's queue. */
    private static final String END = "";

    private final HttpServer server;
    private final ExecutorService threads;
    private final List<Client> clients = new CopyOnWriteArrayList<>();
    private final Supplier<String> state;
    private final Consumer<String> action;
    private final String token = random();
    private final int port;
    private volatile boolean closed;

    /** One page that listens. */
    private static final class Client {
        final ArrayBlockingQueue<String> events = new ArrayBlockingQueue<>(QUEUE);
        volatile boolean behind;
    }

    private LiveServer(
            HttpServer server,
            ExecutorService threads,
            Supplier<String> state,
            Consumer<String> action) {
        this.server = server;
        this.threads = threads;
        this.state = state;
        this.action = action;
        this.port = server.getAddress().getPort();
    }

    /**
     * Begins to serve.
     *
     * @param port 0 for any that is free
     * @param state the whole state as an event, asked for on any thread
     * @param action told what a button asks for: pause, resume or stop; on any thread
     */
    static LiveServer start(int port, Supplier<String> state, Consumer<String> action)
            throws IOException {
        HttpServer http =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("gatun-live-", 0).factory());
        LiveServer server = new LiveServer(http, threads, state, action);
        http.setExecutor(threads);
        http.createContext("/", server::handle);
        // The server's own thread is as its parent: one that does not keep the JVM alive.
        Thread starter =
                Thread.ofPlatform().daemon().name("gatun-live-start").unstarted(http::start);
        starter.start();
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return server;
    }

    int port() {
        return port;
    }

    private static String random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String method = exchange.getRequestMethod();
            if (!isOurs(exchange.getRequestHeaders().getFirst("Host"))) {
                answer(exchange, 403, "this page is for the machine that trains");
            } else if (method.equals("GET") && path.equals("/")) {
                page(exchange);
            } else if (method.equals("GET") && path.equals("/events")) {
                events(exchange);
            } else if (method.equals("POST") && path.equals("/control")) {
                control(exchange);
            } else if (path.equals("/") || path.equals("/events") || path.equals("/control")) {
                answer(exchange, 405, "this method is not for this address");
            } else {
                answer(exchange, 404, "there is no such page");
            }
        }
    }

    private boolean isOurs(@Nullable String host) {
        return host != null
                && Set.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port).contains(host);
    }

    private void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private void page(HttpExchange exchange) throws IOException {
        String nonce = random();
        byte[] body =
                resource("live.html")
                        .replace("{{style}}", resource("live.css"))
                        .replace("{{script}}", resource("live.js"))
                        .replace("{{token}}", token)
                        .replace("{{nonce}}", nonce)
                        .getBytes(StandardCharsets.UTF_8);
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "text/html; charset=utf-8");
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY"); // nobody clicks a button unseen
        headers.set("Referrer-Policy", "no-referrer");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; connect-src 'self'; img-src data:; style-src 'nonce-"
                        + nonce
                        + "'; script-src 'nonce-"
                        + nonce
                        + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    private static String resource(String name) {
        try (InputStream in = LiveServer.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks its file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void control(HttpExchange exchange) throws IOException {
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        String given = exchange.getRequestHeaders().getFirst("X-Gatun-Token");
        boolean known =
                given != null
                        && MessageDigest.isEqual(
                                given.getBytes(StandardCharsets.UTF_8),
                                token.getBytes(StandardCharsets.UTF_8));
        if (!known || (origin != null && !isOrigin(origin))) {
            answer(exchange, 403, "only the page itself may do this: load it again");
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY + 1);
        String wanted = new String(body, StandardCharsets.UTF_8);
        if (!Set.of("pause", "resume", "stop").contains(wanted)) {
            answer(exchange, 400, "give pause, resume or stop");
            return;
        }
        action.accept(wanted);
        answer(exchange, 200, wanted);
    }

    private boolean isOrigin(String origin) {
        return origin.startsWith("http://") && isOurs(origin.substring("http://".length()));
    }

    private void events(HttpExchange exchange) throws IOException {
        Client client = new Client();
        synchronized (clients) {
            if (closed || clients.size() >= MOST_CLIENTS) {
                answer(exchange, 503, "there are " + MOST_CLIENTS + " pages open already");
                return;
            }
            client.behind = true; // what a new client needs is what a slow one needs
            clients.add(client);
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            while (true) {
                if (client.behind) {
                    client.behind = false;
                    client.events.clear();
                    send(out, state.get());
                }
                if (closed && client.events.isEmpty()) {
                    return;
                }
                String event = client.events.poll(PING_SECONDS, TimeUnit.SECONDS);
                if (event == null) {
                    out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                } else if (event.equals(END)) {
                    return;
                } else {
                    send(out, event);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.remove(client);
        }
    }

    private static void send(OutputStream out, String json) throws IOException {
        out.write(("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Sends an event, JSON on one line, to all clients; never waits. */
    void publish(Supplier<String> event) {
        if (clients.isEmpty()) {
            return;
        }
        String json = event.get();
        for (Client client : clients) {
            if (!client.behind && !client.events.offer(json)) {
                client.behind = true;
            }
        }
    }

    int clients() {
        return clients.size();
    }

    /** Ends all connections, those that do not take their last events in the same second too. */
    @Override
    public void close() {
        synchronized (clients) {
            closed = true;
        }
        for (Client client : clients) {
            if (!client.events.offer(END)) {
                client.events.clear();
                client.events.add(END);
            }
        }
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
        server.stop(0);
    }
}
