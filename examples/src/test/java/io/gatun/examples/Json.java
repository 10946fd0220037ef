/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Flat JSON objects, read strictly. */
final class Json {
    private Json() {}

    static Map<String, Object> object(String text) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            expect(parser.nextToken() == JsonToken.START_OBJECT, text);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                expect(!object.containsKey(name), name + " twice in " + text);
                if (token == JsonToken.START_ARRAY) {
                    parser.skipChildren();
                    object.put(name, "array");
                } else if (token == JsonToken.VALUE_STRING) {
                    object.put(name, parser.getText());
                } else if (token == JsonToken.VALUE_NULL) {
                    object.put(name, "null");
                } else {
                    expect(token.isNumeric(), text);
                    object.put(name, parser.getDoubleValue());
                }
            }
            expect(parser.currentToken() == JsonToken.END_OBJECT, text);
            expect(parser.nextToken() == null, text);
        }
        return object;
    }

    static double number(Map<String, Object> object, String name) {
        return (Double) object.get(name);
    }

    private static void expect(boolean right, String what) {
        if (!right) {
            throw new AssertionError("not as it should be: " + what);
        }
    }
}
