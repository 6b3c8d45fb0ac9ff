package org.cl2cm.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How videos are cut into moments.
///
/// @param shots whether moments are shots, those longer than `length` in equal parts
/// @param length of a moment in seconds; infinite for the whole video
/// @param stride from the start of one moment to that of the next, in seconds
public record MomentCut(boolean shots, double length, double stride) {
    /// Shots, those of more than 20 seconds in equal parts.
    public static final MomentCut SHOTS = new MomentCut(true, 20, 20);

    private static final Pattern WINDOWS =
            Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)(?:/(\\d{1,6}(?:\\.\\d{1,3})?))?");

    /// `shots`, `whole`, or the length of windows in seconds, `10`, with another stride `10/5`.
    ///
    /// @throws IllegalArgumentException when it is none of these
    public static MomentCut parse(String text) {
        if (text.equals("shots")) {
            return SHOTS;
        }
        if (text.equals("whole")) {
            return new MomentCut(false, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
        Matcher matcher = WINDOWS.matcher(text);
        double length = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
        double stride = length > 0 && matcher.group(2) != null ? Double.parseDouble(matcher.group(2)) : length;
        if (length < 0.1 || stride < 0.1 || stride > length) {
            throw new IllegalArgumentException("\"" + text
                    + "\": write shots, whole, or windows in seconds, e.g. 10, or 10/5 for one every 5 seconds");
        }
        return new MomentCut(false, length, stride);
    }

    /// The moments of a video that have a frame, in their order; none where the times of its frames are
    /// not known.
    public List<Moment> of(Video video) {
        List<Moment> moments = new ArrayList<>();
        if (!video.hasTimes()) {
            return moments;
        }
        double end = Math.max(video.seconds(), video.times().getLast() + 0.001);
        if (!shots) {
            add(video, 0, end, moments);
            return moments;
        }
        List<Double> starts = video.shots().isEmpty() ? List.of(0.0) : video.shots();
        for (int i = 0; i < starts.size(); i++) {
            double to = i + 1 < starts.size() ? starts.get(i + 1) : end;
            double parts = Math.max(1, Math.ceil((to - starts.get(i)) / length));
            for (int part = 0; part < parts; part++) {
                double from = starts.get(i) + part * (to - starts.get(i)) / parts;
                addOne(video, from, part + 1 == parts ? to : from + (to - starts.get(i)) / parts, moments);
            }
        }
        return moments;
    }

    /// Windows of `length`, one every `stride`; the last one ends with the video.
    private void add(Video video, double from, double end, List<Moment> moments) {
        for (double start = from; start < end; start += stride) {
            addOne(video, start, Math.min(end, start + length), moments);
            if (start + length >= end) {
                return;
            }
        }
    }

    private static void addOne(Video video, double from, double to, List<Moment> moments) {
        double start = Math.round(from * 1000) / 1000.0;
        double end = Math.round(to * 1000) / 1000.0;
        if (end > start && !video.framesIn(start, end).isEmpty()) {
            moments.add(new Moment(video.id(), start, end));
        }
    }
}
