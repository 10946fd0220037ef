/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium that tests drive by its own protocol, without a further library. */
final class Browser implements AutoCloseable {
    private static final int SECONDS = 30;

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger number = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Map<String, String>>> answers =
            new ConcurrentHashMap<>();

    /** Where a Chromium is: in the path, or as CHROMIUM says. */
    static Optional<Path> find() {
        String given = System.getenv("CHROMIUM");
        Stream<Path> places =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .flatMap(folder ->
                                Stream.of("chromium", "chromium-browser", "google-chrome")
                                        .map(name -> Path.of(folder, name)));
        return Stream.concat(Stream.ofNullable(given).map(Path::of), places)
                .filter(Files::isExecutable)
                .findFirst();
    }

    Browser(Path chromium, Path profile, String address, int width, int height, String... more)
            throws Exception {
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                chromium.toString(),
                                "--headless",
                                "--no-sandbox", // CI runs as root; the only page is our own
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--hide-scrollbars",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--remote-debugging-port=0",
                                "--remote-allow-origins=*",
                                "--window-size=" + width + "," + height,
                                "--user-data-dir=" + profile));
        command.addAll(List.of(more));
        command.add("about:blank");
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Path ports = profile.resolve("DevToolsActivePort");
        await(() -> Files.exists(ports) && Files.readAllLines(ports).size() >= 2);
        String port = Files.readAllLines(ports).getFirst();
        StringBuilder target = new StringBuilder();
        await(() -> {
            String list =
                    http.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://127.0.0.1:" + port + "/json"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            var found =
                    java.util.regex.Pattern.compile("ws://[^\"]*/devtools/page/[^\"]*")
                            .matcher(list);
            if (found.find()) {
                target.append(found.group());
            }
            return !target.isEmpty();
        });
        socket =
                http.newWebSocketBuilder()
                        .buildAsync(URI.create(target.toString()), new Listener())
                        .get(SECONDS, TimeUnit.SECONDS);
        call("Page.enable", Map.of());
        call("Page.navigate", Map.of("url", address));
    }

    /** Something that may fail while it is waited for. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits until something holds; a test that waits in vain fails. */
    static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        Exception last = null;
        while (System.nanoTime() < end) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException | IllegalStateException e) {
                last = e;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("waited in vain for " + SECONDS + " s", last);
    }

    /** The value of an expression of the page, as text. */
    String evaluate(String script) throws Exception {
        Map<String, String> result =
                call("Runtime.evaluate", Map.of("expression", "String(" + script + ")"));
        String value = result.get("result.result.value");
        if (value == null) {
            throw new IllegalStateException(script + ": " + result);
        }
        return value;
    }

    byte[] screenshot() throws Exception {
        return Base64.getDecoder()
                .decode(call("Page.captureScreenshot", Map.of("format", "png")).get("result.data"));
    }

    private Map<String, String> call(String method, Map<String, String> parameters)
            throws Exception {
        int id = number.incrementAndGet();
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("id", id);
            json.writeStringField("method", method);
            json.writeObjectFieldStart("params");
            for (Map.Entry<String, String> entry : parameters.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText(text.toString(), true).get(SECONDS, TimeUnit.SECONDS);
        return answer.get(SECONDS, TimeUnit.SECONDS);
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                Map<String, String> values = flat(message.toString());
                message.setLength(0);
                String id = values.get("id");
                if (id != null) {
                    answers.remove(Integer.valueOf(id)).complete(values);
                }
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    /** All values by their path. */
    static Map<String, String> flat(String text) {
        Map<String, String> values = new HashMap<>();
        try (JsonParser json = new JsonFactory().createParser(text)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isScalarValue()) {
                    String path = json.getParsingContext().pathAsPointer().toString();
                    values.put(path.substring(1).replace('/', '.'), json.getText());
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return values;
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
