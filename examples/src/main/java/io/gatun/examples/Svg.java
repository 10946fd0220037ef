/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.examples;

import java.util.Locale;

/**
 * A growing SVG document. Attributes come as names and values in turn; fractions are rounded to two
 * digits.
 */
public final class Svg {
    private static final String FONTS =
            "-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif";

    private final StringBuilder text = new StringBuilder();

    /** A document of a size in pixels, with a title for those who cannot see it. */
    public Svg(int width, int height, String title) {
        open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "viewBox",
                "0 0 " + width + " " + height,
                "width",
                width,
                "height",
                height,
                "font-family",
                FONTS);
        text.append("<title>").append(escape(title)).append("</title>\n");
    }

    /** An element without content. */
    public void element(String name, Object... attributes) {
        begin(name, attributes);
        text.append("/>\n");
    }

    /** The start of an element with content. */
    public void open(String name, Object... attributes) {
        begin(name, attributes);
        text.append(">\n");
    }

    /** The end of an element. */
    public void close(String name) {
        text.append("</").append(name).append(">\n");
    }

    /**
     * A line of text.
     *
     * @param anchor which part of it is at x: start, middle or end
     */
    public void text(double x, double y, int size, String colour, String anchor, String content) {
        begin("text", "x", x, "y", y, "font-size", size, "fill", colour, "text-anchor", anchor);
        text.append('>').append(escape(content)).append("</text>\n");
    }

    private void begin(String name, Object... attributes) {
        text.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ').append(attributes[i]).append("=\"");
            text.append(escape(value(attributes[i + 1]))).append('"');
        }
    }

    /** A value as an attribute or in a path. */
    public static String value(Object value) {
        if (!(value instanceof Double number)) {
            return value.toString();
        }
        String digits = String.format(Locale.ROOT, "%.2f", number);
        return digits.endsWith(".00") ? digits.substring(0, digits.length() - 3) : digits;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    /** The document. */
    @Override
    public String toString() {
        return text + "</svg>\n";
    }
}
