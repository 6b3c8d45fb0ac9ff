package org.cl2cm.data.video;

import java.awt.image.BufferedImage;

/// One picture of a video.
///
/// @param image of type `TYPE_INT_RGB`, upright
/// @param time in seconds from the beginning, in whole milliseconds
public record Frame(BufferedImage image, double time) {}
