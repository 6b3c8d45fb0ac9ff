package org.cl2cm.data.video;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;

/// The programs `ffmpeg` and `ffprobe`. Safe for use by many threads; each call is a process of its
/// own.
///
/// Only containers of videos are opened, and only the file that is named: a playlist that calls itself
/// a video could otherwise fetch addresses and other files.
///
/// @param ffmpeg where the one lies
/// @param ffprobe where the other lies
public record Ffmpeg(Path ffmpeg, Path ffprobe) {
    /// Names the program where it is not on the path; `ffprobe` lies beside it.
    public static final String VARIABLE = "CL2CM_FFMPEG";

    private static final String CONTAINERS =
            "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,ogg,flv,"
                    + "live_flv,asf,mxf,dv,h264,hevc";
    /// Pixels of DVDs and of some cameras are no squares.
    private static final String SQUARE = "scale=w='max(1,round(iw*sar))':h=ih,setsar=1";

    private static final List<String> PICTURES =
            List.of("-an", "-sn", "-dn", "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1");

    private static final Duration PROBE_LIMIT = Duration.ofSeconds(60);
    private static final int MOST_OUTPUT = 1 << 20;
    private static final Pattern CLOCK = Pattern.compile("(\\d{1,5}):(\\d\\d):(\\d\\d(?:\\.\\d+)?)");
    private static final ObjectMapper JSON = new ObjectMapper();

    /// The programs that [#VARIABLE] names, else those on the path; empty when there are none.
    public static Optional<Ffmpeg> present() {
        String named = System.getenv(VARIABLE);
        if (named != null && !named.isBlank()) {
            Path program = Path.of(named).toAbsolutePath();
            return pair(program, program.resolveSibling("ffprobe"));
        }
        for (String folder :
                Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1)) {
            Optional<Ffmpeg> found = pair(Path.of(folder, "ffmpeg"), Path.of(folder, "ffprobe"));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<Ffmpeg> pair(Path ffmpeg, Path ffprobe) {
        return Files.isExecutable(ffmpeg) && Files.isExecutable(ffprobe)
                ? Optional.of(new Ffmpeg(ffmpeg, ffprobe))
                : Optional.empty();
    }

    /// The same as [#present], where they are needed.
    ///
    /// @throws DataException when there are none, saying how they are installed
    public static Ffmpeg find() throws DataException {
        return present()
                .orElseThrow(
                        () -> new DataException("videos need the programs ffmpeg and ffprobe, and they are not here:"
                                + " install them (Debian: apt-get install ffmpeg), or name ffmpeg in " + VARIABLE));
    }

    /// Reads the header of a video.
    ///
    /// @throws DataException when the file is missing, empty, no video, or larger than `maxPixels`;
    ///     names the file
    public VideoHeader probe(Path file, long maxPixels) throws IOException {
        refuseNoFile(file);
        List<String> command = new ArrayList<>(List.of(
                ffprobe.toString(),
                "-v",
                "error",
                "-show_entries",
                "stream=index,codec_type,width,height,duration:stream_tags=DURATION:stream_disposition=attached_pic"
                        + ":format=duration",
                "-of",
                "json"));
        command.addAll(input(file));
        JsonNode told;
        try (ChildProcess process = ChildProcess.start(command, PROBE_LIMIT)) {
            process.input().close();
            byte[] output = process.output().readNBytes(MOST_OUTPUT);
            int exit = process.await();
            if (process.isLate()) {
                throw DataException.in(
                        file, "its header could not be read within " + PROBE_LIMIT.toSeconds() + " seconds");
            }
            told = exit == 0 ? json(output) : JSON.createObjectNode();
            if (!told.has("streams") || exit != 0) {
                throw DataException.in(file, "no video that can be read: " + reason(process, file));
            }
        }
        return header(file, told, maxPixels);
    }

    private static void refuseNoFile(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw DataException.in(file, "no such file");
        }
        if (!Files.isRegularFile(file)) {
            throw DataException.in(file, "not a regular file; a pipe or a device may never end");
        }
        if (Files.size(file) == 0) {
            throw DataException.in(file, "the file is empty");
        }
    }

    private static JsonNode json(byte[] output) {
        try {
            return JSON.readTree(new String(output, StandardCharsets.UTF_8));
        } catch (JsonProcessingException _) {
            return JSON.createObjectNode();
        }
    }

    private static VideoHeader header(Path file, JsonNode told, long maxPixels) throws DataException {
        boolean sound = false;
        for (JsonNode stream : told.path("streams")) {
            sound |= stream.path("codec_type").asText().equals("audio");
            // The cover of a piece of music is a picture, not a video.
            boolean cover = stream.at("/disposition/attached_pic").asInt() == 1;
            if (!stream.path("codec_type").asText().equals("video") || cover) {
                continue;
            }
            int width = stream.path("width").asInt();
            int height = stream.path("height").asInt();
            if (width < 1 || height < 1) {
                throw DataException.in(file, "its header does not say how large its pictures are; is it whole?");
            }
            if ((long) width * height > maxPixels) {
                throw DataException.in(
                        file,
                        width + " x " + height + " pixels are more than the bound of " + maxPixels
                                + "; make it smaller or raise the bound");
            }
            double seconds = seconds(stream.path("duration").asText());
            seconds =
                    seconds > 0 ? seconds : seconds(stream.at("/tags/DURATION").asText());
            seconds =
                    seconds > 0 ? seconds : seconds(told.at("/format/duration").asText());
            return new VideoHeader(stream.path("index").asInt(), width, height, seconds);
        }
        throw DataException.in(file, sound ? "holds sound and no video" : "holds no video");
    }

    /// `12.5` or `00:00:12.5`; 0 for anything else.
    private static double seconds(String text) {
        Matcher clock = CLOCK.matcher(text);
        if (clock.matches()) {
            return Integer.parseInt(clock.group(1)) * 3600.0
                    + Integer.parseInt(clock.group(2)) * 60.0
                    + Double.parseDouble(clock.group(3));
        }
        return text.matches("\\d{1,9}(\\.\\d{1,9})?") ? Double.parseDouble(text) : 0;
    }

    /// Opens the frames of a video for reading, one after another.
    ///
    /// @throws DataException as [#probe]
    public FrameStream frames(Path file, FrameSampling sampling) throws IOException {
        VideoHeader header = probe(file, sampling.maxPixels());
        double rate = sampling.rate(header.seconds());
        List<String> command = decoder(sampling.maxPixels());
        command.addAll(input(file));
        command.addAll(List.of(
                "-map",
                "0:" + header.stream(),
                "-vf",
                String.format(
                        Locale.ROOT, "setpts=PTS-STARTPTS,fps=fps=%.6f:round=near:eof_action=pass,%s", rate, SQUARE)));
        command.addAll(PICTURES);
        ChildProcess process = ChildProcess.start(command, sampling.limit());
        return new FrameStream(file, process, header, rate, sampling);
    }

    /// The one frame at a time of a video.
    ///
    /// @param time in seconds
    /// @throws DataException as [#probe], and when there is no frame at that time or it takes longer
    ///     than `limit`
    public BufferedImage still(Path file, double time, long maxPixels, Duration limit) throws IOException {
        VideoHeader header = probe(file, maxPixels);
        List<String> command = decoder(maxPixels);
        command.addAll(List.of("-ss", String.format(Locale.ROOT, "%.3f", time)));
        command.addAll(input(file));
        command.addAll(List.of("-map", "0:" + header.stream(), "-frames:v", "1", "-vf", SQUARE));
        command.addAll(PICTURES);
        try (ChildProcess process = ChildProcess.start(command, limit)) {
            process.input().close();
            Optional<BufferedImage> image = new PictureReader(process.output(), maxPixels).next();
            return image.orElseThrow(() -> DataException.in(
                    file,
                    process.isLate()
                            ? "reading a frame took longer than " + limit.toMillis() + " ms"
                            : "has no frame at " + Math.round(time * 1000) / 1000.0 + " s"));
        }
    }

    /// Writes a video; the suffix of its name says in which format.
    ///
    /// @param width in pixels, even
    /// @param height in pixels, even
    /// @param fps frames a second
    /// @param frames writes red, green and blue of each pixel of each frame
    /// @throws DataException when it cannot be written
    public void write(Path file, int width, int height, int fps, AtomicFile.Content frames) throws IOException {
        List<String> command = List.of(
                ffmpeg.toString(),
                "-v",
                "error",
                "-y",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "rgb24",
                "-s",
                width + "x" + height,
                "-r",
                Integer.toString(fps),
                "-i",
                "pipe:0",
                "-pix_fmt",
                "yuv420p",
                "-threads",
                "1",
                "file:" + file.toAbsolutePath());
        try (ChildProcess process = ChildProcess.start(command, FrameSampling.DEFAULT.limit())) {
            try (OutputStream in = process.input()) {
                frames.writeTo(in);
            } catch (IOException e) {
                throw DataException.in(file, "cannot be written: " + reason(process, file), e);
            }
            if (process.await() != 0) {
                throw DataException.in(file, "cannot be written: " + reason(process, file));
            }
        }
    }

    private List<String> decoder(long maxPixels) {
        return new ArrayList<>(List.of(
                ffmpeg.toString(),
                "-nostdin",
                "-v",
                "error",
                "-filter_threads",
                "1",
                "-threads",
                "1",
                "-max_pixels",
                Long.toString(maxPixels)));
    }

    private static List<String> input(Path file) {
        return List.of(
                "-protocol_whitelist", "file", "-format_whitelist", CONTAINERS, "-i", "file:" + file.toAbsolutePath());
    }

    /// What the program says is wrong, without the path.
    static String reason(ChildProcess process, Path file) {
        String message = process.lastMessage()
                .replace("file:" + file.toAbsolutePath() + ": ", "")
                .replaceFirst("^\\[[^\\]]*\\] ", "");
        return message.isEmpty() ? "ffmpeg does not say why" : message;
    }
}
