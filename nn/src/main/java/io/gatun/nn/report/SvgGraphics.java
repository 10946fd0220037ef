/*
 * Copyright 2026 The Gatun Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatun.nn.report;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Composite;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.GraphicsConfiguration;
import java.awt.Image;
import java.awt.Paint;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.BufferedImageOp;
import java.awt.image.ImageObserver;
import java.awt.image.RenderedImage;
import java.awt.image.renderable.RenderableImage;
import java.text.AttributedCharacterIterator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a chart draws as SVG: shapes as paths with two digits, text as text, clips as far as
 * charts use them. Images are left out, as charts have none. What is asked about fonts and hints is
 * answered by a picture of one pixel.
 */
final class SvgGraphics extends Graphics2D {
    private static final String FONTS =
            "system-ui,-apple-system,'Segoe UI','DejaVu Sans',Helvetica,Arial,sans-serif";

    /** What all copies of a graphics write into. */
    private static final class Document {
        final StringBuilder body = new StringBuilder();
        final Map<String, String> clips = new HashMap<>();
        final StringBuilder definitions = new StringBuilder();
        final String prefix;

        Document(String prefix) {
            this.prefix = prefix;
        }
    }

    private final Document document;
    private final int width;
    private final int height;
    private final String title;
    private final Graphics2D helper;
    private AffineTransform transform = new AffineTransform();
    private Color colour = Color.BLACK;
    private Paint paint = Color.BLACK;
    private Color background = Color.WHITE;
    private Stroke stroke = new BasicStroke(1f);
    private Composite composite = AlphaComposite.SrcOver;

    /** In the coordinates of the document. */
    private @Nullable Shape clip;

    SvgGraphics(int width, int height, String title) {
        this(
                new Document(
                        "c"
                                + Integer.toHexString(
                                        Objects.hash(title, width, height, System.nanoTime()))
                                + "-"),
                width,
                height,
                title,
                new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB).createGraphics());
    }

    private SvgGraphics(Document document, int width, int height, String title, Graphics2D helper) {
        this.document = document;
        this.width = width;
        this.height = height;
        this.title = title;
        this.helper = helper;
    }

    /** The document so far. */
    String toSvg() {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 "
                + width
                + " "
                + height
                + "\" width=\""
                + width
                + "\" height=\""
                + height
                + "\" font-family=\""
                + FONTS
                + "\">\n<title>"
                + Html.escape(title)
                + "</title>\n"
                + (document.definitions.isEmpty()
                        ? ""
                        : "<defs>" + document.definitions + "</defs>\n")
                + document.body
                + "</svg>\n";
    }

    @Override
    public void draw(Shape shape) {
        if (stroke instanceof BasicStroke line) {
            Color ink = ink();
            StringBuilder attributes =
                    new StringBuilder("fill=\"none\"").append(ink("stroke", ink));
            double scale = Math.sqrt(Math.abs(transform.getDeterminant()));
            double thick = Math.max(line.getLineWidth() * scale, 0.5);
            if (thick != 1) {
                attributes.append(" stroke-width=\"").append(number(thick)).append('"');
            }
            if (line.getEndCap() == BasicStroke.CAP_ROUND) {
                attributes.append(" stroke-linecap=\"round\"");
            }
            if (line.getLineJoin() == BasicStroke.JOIN_ROUND) {
                attributes.append(" stroke-linejoin=\"round\"");
            }
            float[] dashes = line.getDashArray();
            if (dashes != null) {
                StringBuilder lengths = new StringBuilder();
                for (float dash : dashes) {
                    lengths.append(lengths.isEmpty() ? "" : ",").append(number(dash * scale));
                }
                attributes.append(" stroke-dasharray=\"").append(lengths).append('"');
            }
            path(shape, attributes.toString());
        } else {
            fill(stroke.createStrokedShape(shape));
        }
    }

    @Override
    public void fill(Shape shape) {
        path(shape, ink("fill", ink()).substring(1));
    }

    private void path(Shape shape, String attributes) {
        StringBuilder data = data(shape.getPathIterator(transform));
        if (!data.isEmpty() && (clip == null || shows(shape))) {
            document.body
                    .append("<path ")
                    .append(attributes)
                    .append(clipping())
                    .append(" d=\"")
                    .append(data)
                    .append("\"/>\n");
        }
    }

    private boolean shows(Shape shape) {
        Rectangle2D bounds = transform.createTransformedShape(shape).getBounds2D();
        Rectangle2D visible = Objects.requireNonNull(clip).getBounds2D();
        return bounds.getMaxX() + 2 >= visible.getMinX()
                && bounds.getMinX() - 2 <= visible.getMaxX()
                && bounds.getMaxY() + 2 >= visible.getMinY()
                && bounds.getMinY() - 2 <= visible.getMaxY();
    }

    @Override
    public void drawString(String text, float x, float y) {
        if (text.isBlank()) {
            return;
        }
        Font font = getFont();
        StringBuilder element = new StringBuilder("<text");
        if (transform.getShearX() == 0 && transform.getScaleX() == 1) {
            element.append(" x=\"").append(number(x + transform.getTranslateX()));
            element.append("\" y=\"").append(number(y + transform.getTranslateY())).append('"');
        } else {
            double[] m = new double[6];
            transform.getMatrix(m);
            element.append(" transform=\"matrix(");
            for (int i = 0; i < 6; i++) {
                element.append(i == 0 ? "" : " ")
                        .append(String.format(Locale.ROOT, i < 4 ? "%.5f" : "%.2f", m[i]));
            }
            element.append(")\" x=\"").append(number(x)).append("\" y=\"").append(number(y));
            element.append('"');
        }
        // The reader's font may be wider than the one that the layout was made with.
        double length = font.getStringBounds(text, getFontRenderContext()).getWidth();
        element.append(" font-size=\"").append(number(font.getSize2D())).append('"');
        element.append(font.isBold() ? " font-weight=\"bold\"" : "");
        element.append(font.isItalic() ? " font-style=\"italic\"" : "");
        element.append(" textLength=\"").append(number(length));
        element.append("\" lengthAdjust=\"spacingAndGlyphs\"").append(ink("fill", ink()));
        element.append(clipping()).append('>').append(Html.escape(text)).append("</text>\n");
        document.body.append(element);
    }

    private Color ink() {
        float alpha = composite instanceof AlphaComposite some ? some.getAlpha() : 1;
        return alpha == 1
                ? colour
                : new Color(
                        colour.getRed(),
                        colour.getGreen(),
                        colour.getBlue(),
                        Math.round(alpha * colour.getAlpha()));
    }

    private static String ink(String attribute, Color colour) {
        String text =
                String.format(Locale.ROOT, " %s=\"#%06x\"", attribute, colour.getRGB() & 0xffffff);
        return colour.getAlpha() == 255
                ? text
                : text
                        + String.format(
                                Locale.ROOT,
                                " %s-opacity=\"%.3f\"",
                                attribute,
                                colour.getAlpha() / 255.0);
    }

    private String clipping() {
        Shape shape = clip;
        if (shape == null || shape.contains(0, 0, width, height)) {
            return "";
        }
        String data = data(shape.getPathIterator(null)).toString();
        String id =
                document.clips.computeIfAbsent(
                        data,
                        _ -> {
                            String name = document.prefix + document.clips.size();
                            document.definitions
                                    .append("<clipPath id=\"")
                                    .append(name)
                                    .append("\"><path d=\"")
                                    .append(data)
                                    .append("\"/></clipPath>");
                            return name;
                        });
        return " clip-path=\"url(#" + id + ")\"";
    }

    private static StringBuilder data(PathIterator path) {
        StringBuilder out = new StringBuilder();
        double[] p = new double[6];
        for (; !path.isDone(); path.next()) {
            int kind = path.currentSegment(p);
            int numbers =
                    switch (kind) {
                        case PathIterator.SEG_MOVETO, PathIterator.SEG_LINETO -> 2;
                        case PathIterator.SEG_QUADTO -> 4;
                        case PathIterator.SEG_CUBICTO -> 6;
                        default -> 0;
                    };
            out.append("MLQCZ".charAt(kind));
            for (int i = 0; i < numbers; i++) {
                out.append(i == 0 ? "" : " ").append(number(p[i]));
            }
        }
        return out;
    }

    private static String number(double value) {
        double rounded = Math.rint(value * 100) / 100;
        return rounded == Math.rint(rounded)
                ? Long.toString((long) rounded)
                : Double.toString(rounded);
    }

    @Override
    public Graphics create() {
        SvgGraphics copy =
                new SvgGraphics(document, width, height, title, (Graphics2D) helper.create());
        copy.transform = new AffineTransform(transform);
        copy.colour = colour;
        copy.paint = paint;
        copy.background = background;
        copy.stroke = stroke;
        copy.composite = composite;
        copy.clip = clip;
        return copy;
    }

    @Override
    public void dispose() {
        helper.dispose();
    }

    @Override
    public void setPaint(@Nullable Paint paint) {
        if (paint != null) {
            this.paint = paint;
            if (paint instanceof Color plain) {
                colour = plain;
            }
        }
    }

    @Override
    public Paint getPaint() {
        return paint;
    }

    @Override
    public void setColor(@Nullable Color c) {
        setPaint(c);
    }

    @Override
    public Color getColor() {
        return colour;
    }

    @Override
    public void setStroke(Stroke s) {
        stroke = s;
    }

    @Override
    public Stroke getStroke() {
        return stroke;
    }

    @Override
    public void setComposite(Composite comp) {
        composite = comp;
    }

    @Override
    public Composite getComposite() {
        return composite;
    }

    @Override
    public void setBackground(Color color) {
        background = color;
    }

    @Override
    public Color getBackground() {
        return background;
    }

    @Override
    public Font getFont() {
        return helper.getFont();
    }

    @Override
    public void setFont(Font font) {
        helper.setFont(font);
    }

    @Override
    public FontMetrics getFontMetrics(Font f) {
        return helper.getFontMetrics(f);
    }

    @Override
    public FontRenderContext getFontRenderContext() {
        return new FontRenderContext(null, true, true); // independent of any screen
    }

    /* ------------------------------------------------------------ place */

    @Override
    public void translate(int x, int y) {
        transform.translate(x, y);
    }

    @Override
    public void translate(double tx, double ty) {
        transform.translate(tx, ty);
    }

    @Override
    public void rotate(double theta) {
        transform.rotate(theta);
    }

    @Override
    public void rotate(double theta, double x, double y) {
        transform.rotate(theta, x, y);
    }

    @Override
    public void scale(double sx, double sy) {
        transform.scale(sx, sy);
    }

    @Override
    public void shear(double shx, double shy) {
        transform.shear(shx, shy);
    }

    @Override
    public void transform(AffineTransform Tx) {
        transform.concatenate(Tx);
    }

    @Override
    public void setTransform(AffineTransform Tx) {
        transform = new AffineTransform(Tx);
    }

    @Override
    public AffineTransform getTransform() {
        return new AffineTransform(transform);
    }

    @Override
    public void clip(@Nullable Shape s) {
        if (s == null) {
            clip = null;
            return;
        }
        Shape added = transform.createTransformedShape(s);
        if (clip == null) {
            clip = added;
        } else {
            Area both = new Area(clip);
            both.intersect(new Area(added));
            clip = both.isRectangular() ? both.getBounds2D() : both;
        }
    }

    @Override
    public void clipRect(int x, int y, int width, int height) {
        clip(new Rectangle(x, y, width, height));
    }

    @Override
    public void setClip(int x, int y, int width, int height) {
        setClip(new Rectangle(x, y, width, height));
    }

    @Override
    @SuppressWarnings("NullAway") // the JDK has no annotations: null takes the clip away
    public void setClip(@Nullable Shape clip) {
        this.clip = clip == null ? null : transform.createTransformedShape(clip);
    }

    @Override
    @SuppressWarnings("NullAway") // the JDK has no annotations: null where there is no clip
    public @Nullable Shape getClip() {
        return clip == null ? null : inverse().createTransformedShape(clip);
    }

    @Override
    @SuppressWarnings("NullAway") // as in getClip
    public @Nullable Rectangle getClipBounds() {
        Shape shape = getClip();
        return shape == null ? null : shape.getBounds();
    }

    private AffineTransform inverse() {
        try {
            return transform.createInverse();
        } catch (java.awt.geom.NoninvertibleTransformException e) {
            return new AffineTransform();
        }
    }

    @Override
    public boolean hit(Rectangle rect, Shape s, boolean onStroke) {
        return (onStroke ? stroke.createStrokedShape(s) : s).intersects(rect);
    }

    /* ------------------------------------------------------------ by way of the above */

    @Override
    public void drawString(String str, int x, int y) {
        drawString(str, (float) x, (float) y);
    }

    @Override
    public void drawString(AttributedCharacterIterator iterator, int x, int y) {
        drawString(iterator, (float) x, (float) y);
    }

    @Override
    public void drawString(AttributedCharacterIterator iterator, float x, float y) {
        StringBuilder text = new StringBuilder();
        for (char c = iterator.first();
                c != java.text.CharacterIterator.DONE;
                c = iterator.next()) {
            text.append(c);
        }
        drawString(text.toString(), x, y);
    }

    @Override
    public void drawGlyphVector(GlyphVector g, float x, float y) {
        fill(g.getOutline(x, y));
    }

    @Override
    public void drawLine(int x1, int y1, int x2, int y2) {
        draw(new Line2D.Double(x1, y1, x2, y2));
    }

    @Override
    public void fillRect(int x, int y, int width, int height) {
        fill(new Rectangle(x, y, width, height));
    }

    @Override
    public void clearRect(int x, int y, int width, int height) {
        Color before = colour;
        colour = background;
        fillRect(x, y, width, height);
        colour = before;
    }

    @Override
    public void drawRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) {
        draw(new RoundRectangle2D.Double(x, y, width, height, arcWidth, arcHeight));
    }

    @Override
    public void fillRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) {
        fill(new RoundRectangle2D.Double(x, y, width, height, arcWidth, arcHeight));
    }

    @Override
    public void drawOval(int x, int y, int width, int height) {
        draw(new Ellipse2D.Double(x, y, width, height));
    }

    @Override
    public void fillOval(int x, int y, int width, int height) {
        fill(new Ellipse2D.Double(x, y, width, height));
    }

    @Override
    public void drawArc(int x, int y, int width, int height, int startAngle, int arcAngle) {
        draw(new Arc2D.Double(x, y, width, height, startAngle, arcAngle, Arc2D.OPEN));
    }

    @Override
    public void fillArc(int x, int y, int width, int height, int startAngle, int arcAngle) {
        fill(new Arc2D.Double(x, y, width, height, startAngle, arcAngle, Arc2D.PIE));
    }

    @Override
    public void drawPolyline(int[] xPoints, int[] yPoints, int nPoints) {
        for (int i = 1; i < nPoints; i++) {
            drawLine(xPoints[i - 1], yPoints[i - 1], xPoints[i], yPoints[i]);
        }
    }

    @Override
    public void drawPolygon(int[] xPoints, int[] yPoints, int nPoints) {
        draw(new java.awt.Polygon(xPoints, yPoints, nPoints));
    }

    @Override
    public void fillPolygon(int[] xPoints, int[] yPoints, int nPoints) {
        fill(new java.awt.Polygon(xPoints, yPoints, nPoints));
    }

    /* ------------------------------------------------------------ without meaning here */

    @Override
    public void setRenderingHint(RenderingHints.Key hintKey, Object hintValue) {
        helper.setRenderingHint(hintKey, hintValue);
    }

    @Override
    public Object getRenderingHint(RenderingHints.Key hintKey) {
        return helper.getRenderingHint(hintKey);
    }

    @Override
    public void setRenderingHints(Map<?, ?> hints) {
        helper.setRenderingHints(hints);
    }

    @Override
    public void addRenderingHints(Map<?, ?> hints) {
        helper.addRenderingHints(hints);
    }

    @Override
    public RenderingHints getRenderingHints() {
        return helper.getRenderingHints();
    }

    @Override
    public GraphicsConfiguration getDeviceConfiguration() {
        return helper.getDeviceConfiguration();
    }

    @Override
    public void setPaintMode() {}

    @Override
    public void setXORMode(Color c1) {}

    @Override
    public void copyArea(int x, int y, int width, int height, int dx, int dy) {}

    @Override
    public boolean drawImage(Image img, AffineTransform xform, ImageObserver obs) {
        return true;
    }

    @Override
    public void drawImage(BufferedImage img, BufferedImageOp op, int x, int y) {}

    @Override
    public void drawRenderedImage(RenderedImage img, AffineTransform xform) {}

    @Override
    public void drawRenderableImage(RenderableImage img, AffineTransform xform) {}

    @Override
    public boolean drawImage(Image img, int x, int y, ImageObserver observer) {
        return true;
    }

    @Override
    public boolean drawImage(
            Image img, int x, int y, int width, int height, ImageObserver observer) {
        if (img instanceof BufferedImage image) { // what lies behind a chart
            Rectangle2D place =
                    transform
                            .createTransformedShape(new Rectangle2D.Double(x, y, width, height))
                            .getBounds2D();
            document.body
                    .append("<image preserveAspectRatio=\"none\" x=\"")
                    .append(number(place.getX()))
                    .append("\" y=\"")
                    .append(number(place.getY()))
                    .append("\" width=\"")
                    .append(number(place.getWidth()))
                    .append("\" height=\"")
                    .append(number(place.getHeight()))
                    .append('"')
                    .append(clipping())
                    .append(" href=\"")
                    .append(Picture.of(image).toDataUri())
                    .append("\"/>\n");
        }
        return true;
    }

    @Override
    public boolean drawImage(Image img, int x, int y, Color bgcolor, ImageObserver observer) {
        return true;
    }

    @Override
    public boolean drawImage(
            Image img, int x, int y, int width, int height, Color bgcolor, ImageObserver observer) {
        return true;
    }

    @Override
    public boolean drawImage(
            Image img,
            int dx1,
            int dy1,
            int dx2,
            int dy2,
            int sx1,
            int sy1,
            int sx2,
            int sy2,
            ImageObserver observer) {
        return true;
    }

    @Override
    public boolean drawImage(
            Image img,
            int dx1,
            int dy1,
            int dx2,
            int dy2,
            int sx1,
            int sy1,
            int sx2,
            int sy2,
            Color bgcolor,
            ImageObserver observer) {
        return true;
    }
}
