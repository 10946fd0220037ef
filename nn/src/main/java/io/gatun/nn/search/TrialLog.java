/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.search;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.gatun.nn.FormatException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finished trials, one line of JSON each, written as they finish. A line that a crash cut short is
 * dropped when the file is read again.
 */
final class TrialLog {
    private static final JsonFactory JSON = new JsonFactory();

    /** What a line says: the setting as text, the budget, and the rest. */
    private record Line(
            String setting, int budget, double score, double seconds, @Nullable String failure) {}

    private final @Nullable Path file;
    private final Map<String, Line> known = new HashMap<>();

    private TrialLog(@Nullable Path file) {
        this.file = file;
    }

    static TrialLog open(@Nullable Path file) throws IOException {
        TrialLog log = new TrialLog(file);
        if (file == null || !Files.exists(file)) {
            return log;
        }
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        String[] lines = new String(bytes, 0, end, StandardCharsets.UTF_8).split("\n", -1);
        for (int i = 0; i < lines.length - 1; i++) {
            try {
                Line line = parse(lines[i]);
                log.known.put(key(line.setting, line.budget), line);
            } catch (JsonProcessingException e) {
                throw new FormatException(
                        file, "line " + (i + 1) + " is no trial: " + e.getOriginalMessage(), e);
            } catch (IllegalArgumentException e) {
                throw new FormatException(file, "line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        if (end < bytes.length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end);
            }
        }
        return log;
    }

    private static String key(String setting, int budget) {
        return budget + " " + setting;
    }

    /** What is known of a trial; a failed one is done again. */
    synchronized @Nullable Outcome find(Setting setting, int budget) {
        Line line = known.get(key(setting.toString(), budget));
        return line == null || line.failure != null
                ? null
                : new Outcome(setting, budget, line.score, line.seconds, null);
    }

    synchronized void add(Outcome outcome) throws IOException {
        String setting = outcome.setting().toString();
        known.put(
                key(setting, outcome.budget()),
                new Line(
                        setting,
                        outcome.budget(),
                        outcome.score(),
                        outcome.seconds(),
                        outcome.failure()));
        if (file == null) {
            return;
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("setting", setting);
            json.writeNumberField("budget", outcome.budget());
            if (Double.isFinite(outcome.score())) {
                json.writeNumberField("score", outcome.score());
            }
            json.writeNumberField("seconds", outcome.seconds());
            if (outcome.failure() != null) {
                json.writeStringField("failure", outcome.failure());
            }
            json.writeObjectFieldStart("values");
            for (Map.Entry<String, Object> value : outcome.setting().byName().entrySet()) {
                switch (value.getValue()) {
                    case Double d -> json.writeNumberField(value.getKey(), d);
                    case Integer i -> json.writeNumberField(value.getKey(), i);
                    case Boolean b -> json.writeBooleanField(value.getKey(), b);
                    default ->
                            json.writeStringField(value.getKey(), String.valueOf(value.getValue()));
                }
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        ByteBuffer line = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(false);
        }
    }

    private static Line parse(String text) throws IOException {
        String setting = null;
        Integer budget = null;
        double score = Double.NaN;
        double seconds = 0;
        String failure = null;
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("expected an object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "setting" -> setting = json.getText();
                    case "budget" -> budget = json.getIntValue();
                    case "score" -> score = json.getDoubleValue();
                    case "seconds" -> seconds = json.getDoubleValue();
                    case "failure" -> failure = json.getText();
                    default -> json.skipChildren();
                }
            }
        }
        if (setting == null || budget == null) {
            throw new IllegalArgumentException("a trial needs a setting and a budget");
        }
        return new Line(setting, budget, score, seconds, failure);
    }
}
