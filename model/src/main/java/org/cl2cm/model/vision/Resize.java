package org.cl2cm.model.vision;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/// Antialiased resampling of 8-bit RGB that agrees with Pillow's `Image.resize` bit for bit.
///
/// Image encoders are trained on pictures that Pillow made smaller, and their features move when another
/// filter does it. Pillow resamples rows first, then columns; the filter widens with the reduction;
/// weights are fixed-point numbers with 22 fractional bits, and pixels are rounded to 8 bits between the
/// two passes (`src/libImaging/Resample.c`). Safe for use by many threads.
public final class Resize {
    /// Bits after the point of a weight: 32, less 8 for a pixel, less 2 for sign and overshoot.
    private static final int PRECISION_BITS = 32 - 8 - 2;

    private static final int HALF = 1 << (PRECISION_BITS - 1);

    /// A resampling filter, with the number Pillow and `preprocessor_config.json` give it.
    public enum Filter {
        LANCZOS(1, 3),
        BILINEAR(2, 1),
        BICUBIC(3, 2);

        private final int number;
        private final double support;

        Filter(int number, double support) {
            this.number = number;
            this.support = support;
        }

        /// The number in `resample`.
        public int number() {
            return number;
        }

        private double weight(double x) {
            double distance = Math.abs(x);
            return switch (this) {
                case BILINEAR -> Math.max(0, 1 - distance);
                case BICUBIC -> cubic(distance);
                case LANCZOS -> distance < 3 ? sinc(x) * sinc(x / 3) : 0;
            };
        }

        /// The convolution kernel of Keys with a = -0.5.
        private static double cubic(double x) {
            double a = -0.5;
            if (x < 1) {
                return ((a + 2) * x - (a + 3)) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
        }

        private static double sinc(double x) {
            return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
        }
    }

    private Resize() {}

    /// @param image of any type; alpha is ignored
    /// @return a new image of type `TYPE_INT_RGB`, or `image` itself when it has the size and type
    ///     already
    public static BufferedImage resize(BufferedImage image, int width, int height, Filter filter) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("cannot resize to " + width + " x " + height + " pixels");
        }
        BufferedImage source = rgb(image);
        if (source.getWidth() == width && source.getHeight() == height) {
            return source;
        }
        int[] pixels = pixels(source);
        int rows = source.getHeight();
        if (source.getWidth() != width) {
            pixels = horizontal(pixels, source.getWidth(), rows, Weights.of(source.getWidth(), width, filter));
        }
        if (rows != height) {
            pixels = vertical(pixels, width, Weights.of(rows, height, filter));
        }
        BufferedImage target = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        System.arraycopy(pixels, 0, pixels(target), 0, pixels.length);
        return target;
    }

    /// `image` as `TYPE_INT_RGB`.
    static BufferedImage rgb(BufferedImage image) {
        if (image.getType() == BufferedImage.TYPE_INT_RGB && image.getRaster().getParent() == null) {
            return image;
        }
        BufferedImage copy = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        int[] row = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            copy.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return copy;
    }

    /// The packed pixels of an image of type `TYPE_INT_RGB`, row by row, not copied.
    static int[] pixels(BufferedImage image) {
        return ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    }

    private static int[] horizontal(int[] pixels, int width, int rows, Weights weights) {
        int[] target = new int[weights.size() * rows];
        for (int y = 0; y < rows; y++) {
            int row = y * width;
            for (int x = 0; x < weights.size(); x++) {
                target[y * weights.size() + x] = weights.blend(pixels, row + weights.first[x], 1, x);
            }
        }
        return target;
    }

    private static int[] vertical(int[] pixels, int width, Weights weights) {
        int[] target = new int[width * weights.size()];
        for (int y = 0; y < weights.size(); y++) {
            int row = weights.first[y] * width;
            for (int x = 0; x < width; x++) {
                target[y * width + x] = weights.blend(pixels, row + x, width, y);
            }
        }
        return target;
    }

    /// For each target position the source positions it is made of, `first[i] ..`, and their weights.
    private record Weights(int[] first, int[][] weight) {
        static Weights of(int from, int to, Filter filter) {
            double scale = (double) from / to;
            double widening = Math.max(scale, 1);
            double support = filter.support * widening;
            int[] first = new int[to];
            int[][] weight = new int[to][];
            for (int i = 0; i < to; i++) {
                double center = (i + 0.5) * scale;
                first[i] = Math.max(0, (int) (center - support + 0.5));
                int end = Math.min(from, (int) (center + support + 0.5));
                double[] exact = new double[end - first[i]];
                double sum = 0;
                for (int k = 0; k < exact.length; k++) {
                    exact[k] = filter.weight((k + first[i] - center + 0.5) * (1 / widening));
                    sum += exact[k];
                }
                weight[i] = new int[exact.length];
                for (int k = 0; k < exact.length; k++) {
                    double share = sum == 0 ? exact[k] : exact[k] / sum;
                    weight[i][k] = (int) (Math.copySign(0.5, share) + share * (1 << PRECISION_BITS));
                }
            }
            return new Weights(first, weight);
        }

        int size() {
            return first.length;
        }

        /// The pixel at target position `i` from source pixels `at`, `at + step`, ...
        int blend(int[] pixels, int at, int step, int i) {
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            int source = at;
            for (int share : weight[i]) {
                int pixel = pixels[source];
                red += ((pixel >> 16) & 0xFF) * share;
                green += ((pixel >> 8) & 0xFF) * share;
                blue += (pixel & 0xFF) * share;
                source += step;
            }
            return (clip(red) << 16) | (clip(green) << 8) | clip(blue);
        }

        private static int clip(int value) {
            return Math.clamp(value >> PRECISION_BITS, 0, 255);
        }
    }
}
