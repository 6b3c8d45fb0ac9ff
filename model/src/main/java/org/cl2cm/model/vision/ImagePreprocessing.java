package org.cl2cm.model.vision;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.cl2cm.data.ImageFile;

/// What happens to an image before an encoder sees it: resized, cropped at its centre, each channel
/// scaled and normalised, `(value * rescale - mean) / std` with `value` in 0..255.
///
/// @param resize how the size is changed
/// @param filter with which filter
/// @param crop the rectangle cut from the middle; what lies outside the image is black
/// @param rescale factor of the pixel values, 1/255 for 0..1 and 1 for 0..255
/// @param mean subtracted from red, green, blue
/// @param std red, green, blue are divided by it
public record ImagePreprocessing(
        Resizing resize, Resize.Filter filter, Optional<Size> crop, double rescale, List<Float> mean, List<Float> std) {

    /// Width and height in pixels.
    public record Size(int width, int height) {
        public Size {
            if (width < 1 || height < 1) {
                throw new IllegalArgumentException("no image has " + width + " x " + height + " pixels");
            }
        }

        @Override
        public String toString() {
            return width + " x " + height;
        }
    }

    /// How the size of an image is changed.
    public sealed interface Resizing {
        /// The image stays as it is.
        record None() implements Resizing {}

        /// To this size; the proportions change.
        record Exact(Size size) implements Resizing {}

        /// The shorter edge becomes `pixels` long, the longer one follows, rounded down.
        record ShortestEdge(int pixels) implements Resizing {
            public ShortestEdge {
                if (pixels < 1) {
                    throw new IllegalArgumentException("no image has an edge of " + pixels + " pixels");
                }
            }
        }
    }

    /// The order of the numbers an encoder reads.
    public enum Layout {
        /// Row, column, channel: red, green and blue of a pixel beside each other.
        NHWC,
        /// Channel, row, column: the red plane, the green one, the blue one.
        NCHW
    }

    public ImagePreprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3) {
            throw new IllegalArgumentException("mean and std need three numbers each, for red, green and blue");
        }
        if (!(Double.isFinite(rescale) && rescale > 0)
                || std.stream().anyMatch(value -> !(value > 0))
                || mean.stream().anyMatch(value -> !Float.isFinite(value))) {
            throw new IllegalArgumentException("rescale " + rescale + ", mean " + mean + ", std " + std
                    + ": rescale and std must be above zero, all of them finite");
        }
    }

    /// Pixel values 0..255 as they are, the shorter edge brought to the encoder's size and the middle
    /// cut out. For encoders that normalise inside and say nothing else.
    public static ImagePreprocessing raw(Size size) {
        Resizing resize =
                size.width() == size.height() ? new Resizing.ShortestEdge(size.width()) : new Resizing.Exact(size);
        return new ImagePreprocessing(
                resize, Resize.Filter.BICUBIC, Optional.of(size), 1, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
    }

    /// The size every image has afterwards, or empty when it depends on the image.
    public Optional<Size> size() {
        return crop.isPresent() || !(resize instanceof Resizing.Exact exact) ? crop : Optional.of(exact.size());
    }

    /// Applies all of it. Safe for use by many threads.
    ///
    /// @return `[height, width, 3]` or `[3, height, width]` by `layout`, red first
    /// @throws IllegalArgumentException when the image is so narrow that resizing would make it huge
    public float[] apply(BufferedImage image, Layout layout) {
        BufferedImage resized = resized(image);
        Size target = crop.orElseGet(() -> new Size(resized.getWidth(), resized.getHeight()));
        // Floored also below zero, as Python's // does.
        int left = Math.floorDiv(resized.getWidth() - target.width(), 2);
        int top = Math.floorDiv(resized.getHeight() - target.height(), 2);
        int[] pixels = Resize.pixels(resized);
        float[][] value = table();
        int plane = target.width() * target.height();
        float[] out = new float[3 * plane];
        int pixelStep = layout == Layout.NHWC ? 3 : 1;
        int channelStep = layout == Layout.NHWC ? 1 : plane;
        for (int y = 0; y < target.height(); y++) {
            int sourceY = y + top;
            boolean inside = sourceY >= 0 && sourceY < resized.getHeight();
            for (int x = 0; x < target.width(); x++) {
                int sourceX = x + left;
                int pixel = inside && sourceX >= 0 && sourceX < resized.getWidth()
                        ? pixels[sourceY * resized.getWidth() + sourceX]
                        : 0;
                int at = (y * target.width() + x) * pixelStep;
                out[at] = value[0][(pixel >> 16) & 0xFF];
                out[at + channelStep] = value[1][(pixel >> 8) & 0xFF];
                out[at + 2 * channelStep] = value[2][pixel & 0xFF];
            }
        }
        return out;
    }

    private BufferedImage resized(BufferedImage image) {
        return switch (resize) {
            case Resizing.None none -> Resize.rgb(image);
            case Resizing.Exact exact ->
                Resize.resize(image, exact.size().width(), exact.size().height(), filter);
            case Resizing.ShortestEdge edge -> {
                long shorter = Math.min(image.getWidth(), image.getHeight());
                long width = edge.pixels() * (long) image.getWidth() / shorter;
                long height = edge.pixels() * (long) image.getHeight() / shorter;
                if (width * height > ImageFile.DEFAULT_MAX_PIXELS) {
                    throw new IllegalArgumentException("an image of " + image.getWidth() + " x " + image.getHeight()
                            + " pixels is too narrow: with a shorter edge of " + edge.pixels() + " it would have "
                            + width * height + " pixels");
                }
                yield Resize.resize(image, (int) width, (int) height, filter);
            }
        };
    }

    /// The normalised value of each of the 256 values of each channel.
    private float[][] table() {
        float[][] table = new float[3][256];
        for (int channel = 0; channel < 3; channel++) {
            for (int value = 0; value < 256; value++) {
                // In float32 after the scaling, as NumPy does it.
                table[channel][value] = ((float) (value * rescale) - mean.get(channel)) / std.get(channel);
            }
        }
        return table;
    }

    /// All of it in one line, for fingerprints and for people.
    public String describe() {
        String how = switch (resize) {
            case Resizing.None none -> "none";
            case Resizing.Exact exact -> "exact " + exact.size();
            case Resizing.ShortestEdge edge -> "shortest edge " + edge.pixels();
        };
        return String.format(
                Locale.ROOT,
                "resize %s %s, crop %s, rescale %s, mean %s, std %s",
                how,
                filter.name().toLowerCase(Locale.ROOT),
                crop.map(Size::toString).orElse("none"),
                rescale,
                mean,
                std);
    }
}
