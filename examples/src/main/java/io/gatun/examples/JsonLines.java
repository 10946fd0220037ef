/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.Closeable;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of JSON objects, one per line. Each line is written at once, so that a reader never sees
 * half of one for long.
 */
public final class JsonLines implements Closeable {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final FileChannel file;

    private JsonLines(FileChannel file) {
        this.file = file;
    }

    /** A new, empty file in place of what was there. */
    public static JsonLines create(Path path) throws IOException {
        return new JsonLines(
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** Appends an object and sees to it that others can read it. */
    public void write(Map<String, ?> object) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((toJson(object) + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            file.write(line);
        }
    }

    /**
     * An object as JSON: strings, numbers, lists of numbers; what is no number in JSON (NaN)
     * becomes null.
     */
    public static String toJson(Map<String, ?> object) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, ?> entry : object.entrySet()) {
                json.writeFieldName(entry.getKey());
                value(json, entry.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new AssertionError("a StringWriter takes everything", e);
        }
        return text.toString();
    }

    /**
     * Reads an object of strings, numbers, truth values and nulls, which are left out.
     *
     * @throws IOException if the line is none
     */
    public static Map<String, Object> parse(String line) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        try (JsonParser json = FACTORY.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not an object: " + line);
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                switch (json.nextToken()) {
                    case VALUE_STRING -> object.put(name, json.getText());
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                            object.put(name, json.getDoubleValue());
                    case VALUE_TRUE, VALUE_FALSE -> object.put(name, json.getBooleanValue());
                    case VALUE_NULL -> {}
                    default -> throw new IOException("not a plain value: " + name);
                }
            }
        }
        return object;
    }

    private static void value(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case Double number when Double.isFinite(number) -> json.writeNumber(number);
            case Double _ -> json.writeNull();
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case double[] numbers -> json.writeArray(numbers, 0, numbers.length);
            default -> json.writeString(value.toString());
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
