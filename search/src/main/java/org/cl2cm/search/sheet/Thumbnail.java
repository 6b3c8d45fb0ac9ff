package org.cl2cm.search.sheet;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/// A small copy of a picture.
public final class Thumbnail {
    private Thumbnail() {}

    /// A copy of the same shape that just fits into a square; small pictures grow.
    ///
    /// @param size of the square's edge in pixels
    /// @return an image of type `TYPE_INT_RGB`
    public static BufferedImage of(BufferedImage picture, int size) {
        double scale = Math.min((double) size / picture.getWidth(), (double) size / picture.getHeight());
        int width = Math.max(1, (int) Math.round(picture.getWidth() * scale));
        int height = Math.max(1, (int) Math.round(picture.getHeight() * scale));
        BufferedImage image = picture;
        // By halves: bilinear scaling looks at two pixels only.
        while (image.getWidth() >= 2 * width && image.getHeight() >= 2 * height) {
            image = scaled(image, image.getWidth() / 2, image.getHeight() / 2);
        }
        return scaled(image, width, height);
    }

    private static BufferedImage scaled(BufferedImage image, int width, int height) {
        BufferedImage target = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = target.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, 0, 0, width, height, null);
        graphics.dispose();
        return target;
    }
}
