/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.nn.Session;
import io.gatun.nn.data.ImageDataset;
import io.gatun.nn.data.SyntheticDigits;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service, as its clients see it. */
class ServiceExampleTest {
    private static final ImageDataset DIGITS = SyntheticDigits.generate(50, 5);

    private static Session session;
    private static ServiceExample service;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        session = Session.of(ModelKind.LENET5.create().initialize(1), ModelKind.INPUT);
        service = ServiceExample.start(session, 0);
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        service.close();
    }

    private static HttpResponse<String> post(String path, byte[] body) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + service.port() + path))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + service.port() + path))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static byte[] text(String body) {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void manyVirtualThreadsShareOneSession() throws Exception {
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < DIGITS.size(); i++) {
            expected.add(Answer.of(session, DigitImage.of(DIGITS.pixels(i))).digit());
        }
        // The JDK's server keeps 200 idle connections and closes the others, perhaps just when the
        // client sends its next request on one: stay below.
        Semaphore atOnce = new Semaphore(100);
        List<Future<Map<String, Object>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 400; i++) {
                byte[] pixels = DIGITS.pixels(i % DIGITS.size());
                answers.add(
                        threads.submit(() -> {
                            atOnce.acquire();
                            try {
                                HttpResponse<String> response = post("/predict", pixels);
                                assertEquals(200, response.statusCode(), response.body());
                                return Json.object(response.body());
                            } finally {
                                atOnce.release();
                            }
                        }));
            }
        }
        for (int i = 0; i < answers.size(); i++) {
            Map<String, Object> answer = answers.get(i).get();
            assertEquals(expected.get(i % DIGITS.size()), (int) Json.number(answer, "digit"));
            assertEquals("array", answer.get("probabilities"));
        }
    }

    @Test
    void allThreeFormsGiveTheSameAnswer() throws Exception {
        byte[] pixels = DIGITS.pixels(0);
        String raw = post("/predict", pixels).body();
        List<String> numbers = new ArrayList<>();
        BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < pixels.length; i++) {
            int grey = Byte.toUnsignedInt(pixels[i]);
            numbers.add(i % 2 == 0 ? grey + ".0" : " " + grey);
            image.getRaster().setSample(i % 28, i / 28, 0, grey);
        }
        assertEquals(raw, post("/predict", text(" [" + String.join(",", numbers) + "]")).body());
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        BufferedImage colour = new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < pixels.length; i++) {
            int grey = Byte.toUnsignedInt(pixels[i]);
            colour.setRGB(i % 28, i / 28, grey << 16 | grey << 8 | grey);
        }
        ImageIO.write(colour, "png", png);
        Map<String, Object> fromPng = Json.object(post("/predict", png.toByteArray()).body());
        assertEquals(Json.object(raw).get("digit"), fromPng.get("digit"));
        assertEquals(
                Json.number(Json.object(raw), "probability"),
                Json.number(fromPng, "probability"),
                1e-4);
    }

    @Test
    void badInputGets400() throws Exception {
        String zeros = "0,".repeat(783);
        for (byte[] body :
                List.of(
                        new byte[0],
                        new byte[783],
                        text("[]"),
                        text("[1,2,3]"),
                        text("[" + zeros + "0,0]"),
                        text("[" + zeros + "256]"),
                        text("[" + zeros + "-1]"),
                        text("[" + zeros + "1e99]"),
                        text("[" + zeros + "NaN]"),
                        text("[" + zeros + "\"7\"]"),
                        text("[" + zeros + "[1]]"),
                        text("[" + zeros),
                        text("{\"pixels\":[]}"),
                        text("\u0089PNG"),
                        new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0},
                        new byte[200_000])) {
            HttpResponse<String> response = post("/predict", body);
            assertEquals(400, response.statusCode(), response.body());
            assertEquals(List.of("error"), List.copyOf(Json.object(response.body()).keySet()));
        }
    }

    @Test
    void otherAnswers() throws Exception {
        assertEquals(413, post("/predict", new byte[(1 << 20) + 1]).statusCode());
        assertEquals(405, get("/predict").statusCode());
        assertEquals(404, get("/predict/again").statusCode());
        assertEquals(404, get("/").statusCode());
        HttpResponse<String> health = get("/health");
        assertEquals(200, health.statusCode());
        assertEquals("{\"status\":\"ok\"}", health.body());
        assertTrue(
                health.headers()
                        .firstValue("content-type")
                        .orElse("")
                        .startsWith("application/json"));
    }
}
