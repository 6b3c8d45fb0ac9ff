package org.cl2cm.data.video;

/// What the header of a video says.
///
/// @param stream number of its pictures' stream in the file
/// @param width in pixels, as coded
/// @param height in pixels, as coded
/// @param seconds how long it is; 0 where the header does not say
public record VideoHeader(int stream, int width, int height, double seconds) {}
