package org.cl2cm.data.scene;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.random.RandomGenerator;
import org.cl2cm.data.scene.Concept.Amount;
import org.cl2cm.data.scene.Concept.Ground;
import org.cl2cm.data.scene.Concept.Place;
import org.cl2cm.data.scene.Concept.Size;
import org.cl2cm.data.scene.Scene.Group;

/// Draws scenes. The same scene and the same random numbers make the same pixels.
///
/// Lengths are shares of the picture's side. Angles go through [StrictMath], noise through whole numbers, so that no
/// machine rounds differently.
final class Painter {
    private static final double SMALL = 0.08;
    private static final double LARGE = 0.14;
    private static final double SPACING = 2.3;
    private static final double JITTER = 0.03;
    private static final double MAX_TILT = 0.2;
    private static final int COLOUR_JITTER = 14;
    private static final int GRAIN = 9;
    private static final int SHADE = 18;

    private final int pixels;

    Painter(int pixels) {
        this.pixels = pixels;
    }

    BufferedImage paint(Scene scene, RandomGenerator random) {
        return paint(scene, random, 0, 0);
    }

    /// The same picture with all objects moved.
    ///
    /// @param right by which share of the side to the right
    /// @param down by which share downwards
    BufferedImage paint(Scene scene, RandomGenerator random, double right, double down) {
        BufferedImage image = new BufferedImage(pixels, pixels, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(ground(scene.ground(), random));
            graphics.fillRect(0, 0, pixels, pixels);
            graphics.translate(right * pixels, down * pixels);
            if (scene.other().isPresent()) {
                Place side = scene.other().get().relation().side();
                Place opposite = scene.other().get().relation().inverse().side();
                group(graphics, scene.first(), side, random);
                group(graphics, scene.other().get().group(), opposite, random);
            } else {
                group(graphics, scene.first(), scene.place().orElse(Place.CENTRE), random);
            }
        } finally {
            graphics.dispose();
        }
        roughen(image, random);
        return image;
    }

    private static Color ground(Ground ground, RandomGenerator random) {
        int level = ground == Ground.LIGHT ? 195 + random.nextInt(35) : 45 + random.nextInt(30);
        return near(level << 16 | level << 8 | level, random);
    }

    private static Color near(int rgb, RandomGenerator random) {
        return new Color(
                near(rgb >> 16 & 255, COLOUR_JITTER, random),
                near(rgb >> 8 & 255, COLOUR_JITTER, random),
                near(rgb & 255, COLOUR_JITTER, random));
    }

    private static int near(int value, int distance, RandomGenerator random) {
        return clip(value + random.nextInt(-distance, distance + 1));
    }

    private static int clip(int value) {
        return Math.max(0, Math.min(255, value));
    }

    private void group(Graphics2D graphics, Group group, Place place, RandomGenerator random) {
        double radius = (group.size() == Size.SMALL ? SMALL : LARGE) * random.nextDouble(0.93, 1.07);
        double[][] grid = grid(group.amount(), place == Place.LEFT || place == Place.RIGHT);
        double x = centre(place, Place.LEFT, Place.RIGHT) + random.nextDouble(-JITTER, JITTER);
        double y = centre(place, Place.TOP, Place.BOTTOM) + random.nextDouble(-JITTER, JITTER);
        x = inside(x, radius * (1 + SPACING * reach(grid, 0)));
        y = inside(y, radius * (1 + SPACING * reach(grid, 1)));
        for (double[] cell : grid) {
            object(graphics, group, radius, x + SPACING * radius * cell[0], y + SPACING * radius * cell[1], random);
        }
    }

    private static double centre(Place place, Place low, Place high) {
        return place == low ? 0.25 : place == high ? 0.75 : 0.5;
    }

    /// The nearest position at which something that reaches `half` to both sides is wholly in the picture.
    private static double inside(double position, double half) {
        double free = Math.max(0, 0.5 - half - 0.01);
        return Math.max(0.5 - free, Math.min(0.5 + free, position));
    }

    private static double reach(double[][] grid, int axis) {
        double reach = 0;
        for (double[] cell : grid) {
            reach = Math.max(reach, Math.abs(cell[axis]));
        }
        return reach;
    }

    /// Where the objects of a group lie around its middle, in distances of neighbours.
    private static double[][] grid(Amount amount, boolean upright) {
        double[][] row = switch (amount) {
            case ONE -> new double[][] {{0, 0}};
            case TWO -> new double[][] {{-0.5, 0}, {0.5, 0}};
            case THREE -> new double[][] {{-1, 0}, {0, 0}, {1, 0}};
            case FOUR -> new double[][] {{-0.5, -0.5}, {0.5, -0.5}, {-0.5, 0.5}, {0.5, 0.5}};
        };
        if (upright) {
            for (double[] cell : row) {
                double across = cell[0];
                cell[0] = cell[1];
                cell[1] = across;
            }
        }
        return row;
    }

    private void object(Graphics2D graphics, Group group, double radius, double x, double y, RandomGenerator random) {
        double tilt = random.nextDouble(-MAX_TILT, MAX_TILT);
        double cosine = StrictMath.cos(tilt) * radius * pixels;
        double sine = StrictMath.sin(tilt) * radius * pixels;
        AffineTransform placed = new AffineTransform(cosine, sine, -sine, cosine, x * pixels, y * pixels);
        graphics.setColor(near(group.hue().rgb(), random));
        graphics.fill(placed.createTransformedShape(Outlines.of(group.shape())));
    }

    /// A soft shade from side to side and grain on every pixel.
    private void roughen(BufferedImage image, RandomGenerator random) {
        int slopeX = random.nextInt(-SHADE, SHADE + 1);
        int slopeY = random.nextInt(-SHADE, SHADE + 1);
        for (int y = 0; y < pixels; y++) {
            for (int x = 0; x < pixels; x++) {
                int shade = (slopeX * (2 * x - pixels) + slopeY * (2 * y - pixels)) / (2 * pixels);
                int rgb = image.getRGB(x, y);
                int red = near((rgb >> 16 & 255) + shade, GRAIN, random);
                int green = near((rgb >> 8 & 255) + shade, GRAIN, random);
                int blue = near((rgb & 255) + shade, GRAIN, random);
                image.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
    }
}
