/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gatun.nn.History;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;

/** Writes JSON objects; numbers that are not finite, for which JSON has no form, become null. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator out;

    private Json(JsonGenerator out) {
        this.out = out;
    }

    /** What an object holds. */
    interface Content {
        void to(Json json) throws IOException;
    }

    /** What an element of an array is made of. */
    interface Element<T> {
        void to(Json json, T element) throws IOException;
    }

    static String object(Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            out.writeStartObject();
            content.to(new Json(out));
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter has none
        }
        return text.toString();
    }

    void text(String name, String value) throws IOException {
        out.writeStringField(name, value);
    }

    void flag(String name, boolean value) throws IOException {
        out.writeBooleanField(name, value);
    }

    void number(String name, long value) throws IOException {
        out.writeNumberField(name, value);
    }

    void number(String name, double value) throws IOException {
        out.writeFieldName(name);
        number(value);
    }

    private void number(double value) throws IOException {
        if (!Double.isFinite(value)) {
            out.writeNull();
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            out.writeNumber((long) value);
        } else {
            out.writeNumber(value);
        }
    }

    void numbers(String name, Map<String, Double> values) throws IOException {
        out.writeObjectFieldStart(name);
        for (Map.Entry<String, Double> entry : values.entrySet()) {
            number(entry.getKey(), entry.getValue());
        }
        out.writeEndObject();
    }

    void numbers(String name, double[] values) throws IOException {
        out.writeArrayFieldStart(name);
        for (double value : values) {
            number(value);
        }
        out.writeEndArray();
    }

    /** An array of objects. */
    <T> void objects(String name, Collection<T> elements, Element<T> element) throws IOException {
        out.writeArrayFieldStart(name);
        for (T one : elements) {
            out.writeStartObject();
            element.to(this, one);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    static void epoch(Json json, History.Epoch epoch) throws IOException {
        json.number("loss", epoch.loss());
        json.numbers("metrics", epoch.metrics());
        json.number("validationLoss", epoch.validationLoss());
        json.numbers("validationMetrics", epoch.validationMetrics());
        json.number("rate", epoch.rate());
        json.number("seconds", epoch.seconds());
        json.number("waited", epoch.waited());
        json.number("samplesPerSecond", epoch.samplesPerSecond());
    }
}
