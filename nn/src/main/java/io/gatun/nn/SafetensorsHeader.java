/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.gatun.Shape;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file.
 *
 * @param entries the tensors, in the order of the JSON object
 * @param metadata notes, in the order of the JSON object
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata) {
    /** The format's own limit, against headers made to exhaust memory. */
    static final int MAX_BYTES = 100_000_000;

    static final String METADATA = "__metadata__";

    /** No array library takes more; a header of 100 MB could claim millions. */
    private static final int MAX_RANK = 64;

    /**
     * Names are the file's, not ours: they are neither shared nor interned, and may be as long as
     * the header.
     */
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNameLength(MAX_BYTES)
                                    .maxStringLength(MAX_BYTES)
                                    .build())
                    .build();

    /** Where one tensor lies: bytes begin (included) to end (excluded) after the header. */
    record Entry(String name, ElementType type, Shape shape, long begin, long end) {}

    /* ---------------------------------------------------------------- writing */

    /**
     * The header as bytes, padded with spaces so that the data after it and its length is aligned
     * to 8 bytes.
     */
    byte[] toBytes() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> note : metadata.entrySet()) {
                    json.writeStringField(note.getKey(), note.getValue());
                }
                json.writeEndObject();
            }
            for (Entry entry : entries) {
                json.writeObjectFieldStart(entry.name);
                json.writeStringField("dtype", entry.type.name());
                writeLongs(json, "shape", entry.shape.toArray());
                writeLongs(json, "data_offsets", entry.begin, entry.end);
                json.writeEndObject();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to a string cannot fail", e);
        }
        ByteBuffer bytes;
        try {
            bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text.getBuffer()));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "safetensors: a name or note has half of a surrogate pair, which UTF-8 cannot"
                            + " hold",
                    e);
        }
        int length = bytes.remaining();
        if (length > MAX_BYTES - 8) {
            throw new IllegalArgumentException(
                    "safetensors: the header of "
                            + entries.size()
                            + " tensors and "
                            + metadata.size()
                            + " notes would have "
                            + length
                            + " bytes, the format allows "
                            + MAX_BYTES);
        }
        byte[] padded = new byte[(length + 7) / 8 * 8];
        bytes.get(padded, 0, length);
        Arrays.fill(padded, length, padded.length, (byte) ' ');
        return padded;
    }

    private static void writeLongs(JsonGenerator json, String name, long... values)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (long value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    /* ---------------------------------------------------------------- reading */

    /**
     * Reads and checks a header.
     *
     * @param dataBytes how many bytes follow the header: the tensors must fill them without holes
     * @param foreign whether types are allowed that tensors cannot have
     */
    static SafetensorsHeader parse(Path file, byte[] bytes, long dataBytes, boolean foreign)
            throws FormatException {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw new FormatException(
                    file,
                    "the header must begin with {, found "
                            + (bytes.length == 0
                                    ? "nothing"
                                    : String.format(Locale.ROOT, "byte 0x%02x", bytes[0])));
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new FormatException(file, "the header is not UTF-8: " + e.getMessage(), e);
        }
        SafetensorsHeader header;
        try (JsonParser json = JSON.createParser(text)) {
            header = new Reader(file, json, foreign).header();
        } catch (FormatException e) {
            throw e;
        } catch (JsonProcessingException e) {
            @Nullable JsonLocation at = e.getLocation();
            throw new FormatException(
                    file,
                    "the header is not valid JSON"
                            + (at == null ? "" : ", column " + at.getColumnNr())
                            + ": "
                            + e.getOriginalMessage(),
                    e);
        } catch (IOException e) {
            throw new IllegalStateException("reading a string cannot fail", e);
        }
        header.checkOffsets(file, dataBytes);
        return header;
    }

    /** In the order of offsets, each tensor must begin where the one before ends. */
    private void checkOffsets(Path file, long dataBytes) throws FormatException {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        for (Entry entry : sorted) {
            if (entry.begin != at) {
                throw new FormatException(
                        file,
                        "tensor "
                                + quote(entry.name)
                                + " begins at "
                                + entry.begin
                                + ", expected "
                                + at
                                + ": "
                                + (entry.begin < at
                                        ? "it overlaps the one before"
                                        : "there is a hole before it"));
            }
            if (entry.end > dataBytes) {
                throw new FormatException(
                        file,
                        "truncated: tensor "
                                + quote(entry.name)
                                + " ends at byte "
                                + entry.end
                                + " of the data, which has "
                                + dataBytes);
            }
            at = entry.end;
        }
        if (at != dataBytes) {
            throw new FormatException(
                    file,
                    "trailing bytes: the tensors need "
                            + at
                            + " bytes of data, found "
                            + dataBytes);
        }
    }

    /** A name from a file for a message: short and printable. */
    static String quote(String name) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(name.length(), 100); i++) {
            char c = name.charAt(i);
            if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
                text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append(name.length() > 100 ? "...\"" : "\"").toString();
    }

    /** One pass over the JSON. */
    private record Reader(Path file, JsonParser json, boolean foreign) {
        SafetensorsHeader header() throws IOException {
            Map<String, Entry> entries = new LinkedHashMap<>();
            Map<String, String> metadata = null;
            json.nextToken(); // the text begins with {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals(METADATA)) {
                    if (metadata != null) {
                        throw duplicate(name, "the header");
                    }
                    metadata = metadata();
                } else if (entries.putIfAbsent(name, entry(name)) != null) {
                    throw duplicate(name, "the header");
                }
            }
            if (json.nextToken() != null) {
                throw new FormatException(
                        file, "the header goes on after the end of its JSON object");
            }
            return new SafetensorsHeader(
                    List.copyOf(entries.values()), metadata == null ? Map.of() : metadata);
        }

        private Map<String, String> metadata() throws IOException {
            Map<String, String> notes = new LinkedHashMap<>();
            if (json.currentToken() == JsonToken.VALUE_NULL) {
                return notes;
            }
            expect(JsonToken.START_OBJECT, METADATA, "an object of strings");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                json.nextToken();
                expect(JsonToken.VALUE_STRING, METADATA + "." + key, "a string");
                if (notes.putIfAbsent(key, json.getText()) != null) {
                    throw duplicate(key, METADATA);
                }
            }
            return notes;
        }

        private Entry entry(String name) throws IOException {
            expect(JsonToken.START_OBJECT, name, "an object");
            String code = null;
            long[] shape = null;
            long[] offsets = null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                boolean again = false;
                switch (field) {
                    case "dtype" -> {
                        again = code != null;
                        expect(JsonToken.VALUE_STRING, name + ".dtype", "a string");
                        code = json.getText();
                    }
                    case "shape" -> {
                        again = shape != null;
                        shape = longs(name + ".shape");
                    }
                    case "data_offsets" -> {
                        again = offsets != null;
                        offsets = longs(name + ".data_offsets");
                    }
                    default -> json.skipChildren(); // what later versions may add
                }
                if (again) {
                    throw duplicate(field, quote(name));
                }
            }
            if (code == null || shape == null || offsets == null) {
                throw new FormatException(
                        file,
                        "tensor "
                                + quote(name)
                                + " has no "
                                + (code == null
                                        ? "dtype"
                                        : shape == null ? "shape" : "data_offsets"));
            }
            return entry(name, type(name, code), shape, offsets);
        }

        private Entry entry(String name, ElementType type, long[] dims, long[] offsets)
                throws FormatException {
            Shape shape;
            long bytes;
            try {
                shape = Shape.of(dims);
                bytes = Math.multiplyExact(shape.size(), (long) type.bytes());
            } catch (IllegalArgumentException e) {
                throw new FormatException(file, "tensor " + quote(name) + ": " + e.getMessage(), e);
            } catch (ArithmeticException e) {
                throw new FormatException(
                        file, "tensor " + quote(name) + " has more than 2^63 - 1 bytes", e);
            }
            if (offsets.length != 2 || offsets[0] < 0 || offsets[0] > offsets[1]) {
                throw new FormatException(
                        file,
                        "tensor "
                                + quote(name)
                                + ": data_offsets must be [begin, end] with 0 <= begin <= end,"
                                + " found "
                                + Arrays.toString(offsets));
            }
            if (offsets[1] - offsets[0] != bytes) {
                throw new FormatException(
                        file,
                        "tensor "
                                + quote(name)
                                + ": "
                                + (type.dtype() == null ? type : type.dtype())
                                + " of shape "
                                + shape
                                + " needs "
                                + bytes
                                + " bytes, data_offsets "
                                + Arrays.toString(offsets)
                                + " give "
                                + (offsets[1] - offsets[0]));
            }
            return new Entry(name, type, shape, offsets[0], offsets[1]);
        }

        private ElementType type(String name, String code) throws FormatException {
            ElementType type = ElementType.ofCode(code);
            if (type == null || (type.dtype() == null && !foreign)) {
                throw new FormatException(
                        file,
                        "tensor "
                                + quote(name)
                                + " has the type "
                                + quote(code)
                                + (foreign
                                        ? ", which is not known"
                                        : ", only F32, I32 and U8 can be read: convert it"));
            }
            return type;
        }

        private long[] longs(String what) throws IOException {
            expect(JsonToken.START_ARRAY, what, "an array of integers");
            long[] values = new long[8];
            int count = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(JsonToken.VALUE_NUMBER_INT, what, "an array of integers");
                if (count == MAX_RANK) {
                    throw new FormatException(
                            file, quote(what) + " has more than " + MAX_RANK + " numbers");
                }
                if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    throw new FormatException(file, quote(what) + " has a number beyond 64 bits");
                }
                if (count == values.length) {
                    values = Arrays.copyOf(values, 2 * count);
                }
                values[count++] = json.getLongValue();
            }
            return Arrays.copyOf(values, count);
        }

        private void expect(JsonToken token, String what, String described) throws FormatException {
            @Nullable JsonToken found = json.currentToken();
            if (found != token) {
                throw new FormatException(
                        file, quote(what) + " must be " + described + ", found " + found);
            }
        }

        private FormatException duplicate(String name, String where) {
            return new FormatException(file, quote(name) + " occurs twice in " + where);
        }
    }
}
