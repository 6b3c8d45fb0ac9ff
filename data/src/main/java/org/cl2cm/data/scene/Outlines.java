package org.cl2cm.data.scene;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/// The outlines of the objects, within the circle of radius 1 around the origin, y downwards.
final class Outlines {
    private static final int STAR_POINTS = 5;

    private Outlines() {}

    static Shape of(Concept.Shape shape) {
        return switch (shape) {
            case CIRCLE -> disc(0, 0, 0.95);
            case SQUARE -> new Rectangle2D.Double(-0.8, -0.8, 1.6, 1.6);
            case TRIANGLE -> polygon(0, -1, 0.95, 0.75, -0.95, 0.75);
            case STAR -> star();
            case HEART -> heart();
            case CROSS ->
                polygon(
                        -0.3, -0.95, 0.3, -0.95, 0.3, -0.3, 0.95, -0.3, 0.95, 0.3, 0.3, 0.3, 0.3, 0.95, -0.3, 0.95,
                        -0.3, 0.3, -0.95, 0.3, -0.95, -0.3, -0.3, -0.3);
            case CRESCENT -> without(disc(0, 0, 1), disc(0.5, 0, 0.82));
            case RING -> without(disc(0, 0, 1), disc(0, 0, 0.55));
            case ARROW -> polygon(-1, -0.25, 0.1, -0.25, 0.1, -0.75, 1, 0, 0.1, 0.75, 0.1, 0.25, -1, 0.25);
            case HOUSE ->
                without(
                        polygon(0, -1, 1, -0.1, 0.75, -0.1, 0.75, 0.85, -0.75, 0.85, -0.75, -0.1, -1, -0.1),
                        new Rectangle2D.Double(-0.2, 0.25, 0.4, 0.7));
        };
    }

    private static Shape disc(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }

    private static Shape without(Shape whole, Shape part) {
        Area area = new Area(whole);
        area.subtract(new Area(part));
        return area;
    }

    private static Shape polygon(double... coordinates) {
        Path2D path = new Path2D.Double(Path2D.WIND_NON_ZERO);
        path.moveTo(coordinates[0], coordinates[1]);
        for (int i = 2; i < coordinates.length; i += 2) {
            path.lineTo(coordinates[i], coordinates[i + 1]);
        }
        path.closePath();
        return path;
    }

    private static Shape star() {
        double[] coordinates = new double[4 * STAR_POINTS];
        for (int i = 0; i < 2 * STAR_POINTS; i++) {
            double radius = i % 2 == 0 ? 1 : 0.42;
            double angle = StrictMath.PI * (i / (double) STAR_POINTS - 0.5);
            coordinates[2 * i] = radius * StrictMath.cos(angle);
            coordinates[2 * i + 1] = radius * StrictMath.sin(angle);
        }
        return polygon(coordinates);
    }

    private static Shape heart() {
        Path2D path = new Path2D.Double();
        path.moveTo(0, 0.95);
        path.curveTo(-1.5, -0.1, -0.85, -1.25, 0, -0.5);
        path.curveTo(0.85, -1.25, 1.5, -0.1, 0, 0.95);
        path.closePath();
        return path;
    }
}
