/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatun.nn.Session;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A service that recognises digits: one {@link Session}, shared by as many virtual threads as there
 * are requests.
 *
 * <p>{@code POST /predict} takes 784 bytes (28 x 28 pixels, 0 background, 255 ink), a JSON array of
 * 784 numbers from 0 to 255, or a PNG file, and answers {@code
 * {"digit":7,"probability":0.99,"probabilities":[...]}}. {@code GET /health} answers {@code
 * {"status":"ok"}}. Bad input gets status 400 and {@code {"error":"..."}}.
 */
public final class ServiceExample implements AutoCloseable {
    private static final int MOST_BYTES = 1 << 20;
    private static final long MOST_PIXELS = 4_000_000;
    private static final JsonFactory JSON = new JsonFactory();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Session session;

    private ServiceExample(HttpServer server, Session session) {
        this.server = server;
        this.session = session;
    }

    /**
     * Starts the service.
     *
     * @param args a model that {@code train} has saved, and the port (8080 by default)
     * @throws IOException if the model cannot be read or the port is taken
     */
    public static void main(String[] args) throws IOException {
        String number = args.length == 2 ? args[1] : "8080";
        int port = number.matches("\\d{1,5}") ? Integer.parseInt(number) : -1;
        if (args.length < 1 || args.length > 2 || port < 0 || port > 65_535) {
            System.err.println("Usage: ServiceExample MODEL.safetensors [PORT]");
            System.exit(2);
        }
        ServiceExample service = start(ModelFile.load(Path.of(args[0])).session(), port);
        System.out.println("POST http://localhost:" + service.port() + "/predict");
    }

    /**
     * Starts the service on this machine's own interface.
     *
     * @param session what answers; closed with the service
     * @param port the port; 0 for any free one
     * @return the running service
     * @throws IOException if the port is taken
     */
    public static ServiceExample start(Session session, int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("localhost", port), 1024);
        ServiceExample service = new ServiceExample(server, session);
        server.setExecutor(service.threads);
        handle(server, "/predict", "POST", service::predict);
        handle(server, "/health", "GET", exchange -> new Reply(200, Map.of("status", "ok")));
        server.start();
        return service;
    }

    /**
     * Where it listens.
     *
     * @return the port
     */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Stops listening, and ends when the requests at work are answered. */
    @Override
    public void close() {
        server.stop(1);
        threads.close();
        session.close();
    }

    /** A request's answer: a status and a JSON object. */
    private record Reply(int status, Map<String, ?> object) {
        static Reply error(int status, String message) {
            return new Reply(status, Map.of("error", message));
        }
    }

    /** What answers a request. */
    private interface Handler {
        Reply answer(HttpExchange exchange) throws IOException;
    }

    private static void handle(HttpServer server, String path, String method, Handler handler) {
        server.createContext(
                path,
                exchange -> {
                    try (exchange) {
                        Reply reply;
                        try {
                            if (!exchange.getRequestURI().getPath().equals(path)) {
                                reply = Reply.error(404, "there is nothing here");
                            } else if (!exchange.getRequestMethod().equals(method)) {
                                reply = Reply.error(405, "the method is " + method);
                            } else {
                                reply = handler.answer(exchange);
                            }
                        } catch (RuntimeException e) {
                            System.getLogger(ServiceExample.class.getName())
                                    .log(System.Logger.Level.ERROR, "a request failed", e);
                            reply = Reply.error(500, "an error of the service; its log says more");
                        }
                        byte[] json =
                                JsonLines.toJson(reply.object()).getBytes(StandardCharsets.UTF_8);
                        exchange.getResponseHeaders().set("Content-Type", "application/json");
                        exchange.sendResponseHeaders(reply.status(), json.length);
                        exchange.getResponseBody().write(json);
                    }
                });
    }

    private Reply predict(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            return Reply.error(413, "the body has more than " + MOST_BYTES + " bytes");
        }
        DigitImage digit;
        try {
            digit = digit(body);
        } catch (IOException | IllegalArgumentException e) {
            return Reply.error(400, Main.message(e));
        }
        Answer answer = Answer.of(session, digit);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("digit", answer.digit());
        json.put("probability", answer.probability(answer.digit()));
        json.put("probabilities", answer.probabilities());
        return new Reply(200, json);
    }

    private static DigitImage digit(byte[] body) throws IOException {
        if (body.length == DigitImage.SIZE) {
            return DigitImage.of(body);
        }
        String start = new String(body, 0, Math.min(body.length, 64), StandardCharsets.ISO_8859_1);
        if (start.stripLeading().startsWith("[")) {
            return DigitImage.of(numbers(body));
        }
        if (start.startsWith("\u0089PNG")) {
            return DigitImage.decode(body, MOST_PIXELS);
        }
        throw new IllegalArgumentException(
                "give 784 bytes, a JSON array of 784 numbers from 0 to 255, or a PNG file; got "
                        + body.length
                        + " bytes");
    }

    private static float[] numbers(byte[] body) throws IOException {
        float[] numbers = new float[DigitImage.SIZE];
        int count = 0;
        try (JsonParser parser = JSON.createParser(body)) {
            parser.nextToken();
            for (JsonToken token = parser.nextToken();
                    token != JsonToken.END_ARRAY;
                    token = parser.nextToken()) {
                if (token == null || !token.isNumeric()) {
                    throw new IllegalArgumentException(
                            "the JSON array must hold numbers only, up to its closing bracket");
                }
                if (count == numbers.length) {
                    throw new IllegalArgumentException(
                            "a digit has 784 pixels (28 x 28), and the array has more");
                }
                numbers[count++] = parser.getFloatValue();
            }
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException("bad JSON: " + e.getOriginalMessage(), e);
        }
        return Arrays.copyOf(numbers, count);
    }
}
