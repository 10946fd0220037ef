/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

/** Text in HTML and SVG. */
final class Html {
    private Html() {}

    /** Text as content of an element or as value of a quoted attribute. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                    // XML has no place for other control characters, not even escaped.
                    boolean control = c < 0x20 && c != '\n' && c != '\t' && c != '\r';
                    out.append(control ? '\ufffd' : c);
                }
            }
        }
        return out.toString();
    }
}
