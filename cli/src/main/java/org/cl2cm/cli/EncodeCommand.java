package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.cl2cm.data.video.FrameSampling;
import org.cl2cm.model.vision.EncoderSource;
import org.cl2cm.model.vision.FeatureExtraction;
import org.cl2cm.model.vision.ImageEncoder;
import org.cl2cm.model.vision.ImageList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "encode",
        description = {
            "Encode images and videos into a folder of features.",
            "",
            "An encoder is an .onnx file, or a folder with one and its preprocessor_config.json (CLIP, SigLIP,"
                    + " ViT, DINOv2 ...). Without that file it sees pixel values 0..255 in the size the graph asks"
                    + " for. Several encoders stand side by side: their vectors, each of length 1, one after"
                    + " another.",
            "",
            "A video becomes the features of some of its frames. This needs the programs ffmpeg and ffprobe (Debian:"
                    + " apt-get install ffmpeg).",
            "",
            "Stopped at any instant, the same command goes on after the last finished partition. What cannot be"
                    + " decoded is named in errors.jsonl with the reason and left out; the exit code is"
                    + " then 3.",
        },
        footer = {
            "",
            "Examples:",
            "  cl2cm encode flickr8k.jsonl --encoder clip/ --to features/",
            "  cl2cm encode films/ --encoder clip/ --fps 2 --to features/",
        },
        mixinStandardHelpOptions = true)
final class EncodeCommand implements Callable<Integer> {
    private static final int IMAGES = 1024;

    /// A video has many frames, and the features of a partition are in memory.
    private static final int VIDEOS = 16;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "MANIFEST_OR_FOLDER",
            description = "a manifest (JSONL), or a folder of images and videos, which may hold folders")
    private Path images = Path.of("");

    @Option(
            names = "--encoder",
            paramLabel = "PATH",
            required = true,
            description = "an .onnx file or a model folder, or pixels:N for the pixels in N x N; may be given several"
                    + " times")
    private List<Path> encoders = List.of();

    @Option(names = "--to", paramLabel = "FOLDER", required = true, description = "where the features go")
    private Path to = Path.of("");

    @Option(names = "--limit", paramLabel = "N", description = "encode the first N images and videos only")
    private @Nullable Integer limit;

    @Option(
            names = "--output",
            paramLabel = "NAME",
            description = "output of the graph to take (default: feat, image_embeds, pooler_output, or the only one"
                    + " that is a vector)")
    private @Nullable String output;

    @Option(
            names = "--pool",
            paramLabel = "N",
            defaultValue = "0",
            description = "for an output with places, [n, channels, height, width]: take the means of N x N cells")
    private int pool;

    @Option(
            names = "--mirror",
            description =
                    "encode the mirror image of each image too and take the mean: twice the time; often finds a little more")
    private boolean mirror;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            description = "images or frames encoded at once (default: ${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "batches in work at the same time (default: the number of cores)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "images and videos in one file of features (default: " + IMAGES + ", or " + VIDEOS
                    + " when there are videos)")
    private @Nullable Integer partition;

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Option(
            names = "--max-errors",
            paramLabel = "N",
            defaultValue = "-1",
            description = "stop when more than N images and videos failed (default: never)")
    private int maxErrors;

    @Option(names = "--overwrite", description = "remove the features in the folder first")
    private boolean overwrite;

    @Override
    public Integer call() throws IOException {
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit " + limit + ": at least 1");
        }
        FrameSampling sampling = sampling();
        settings(IMAGES);
        ImageList list = ImageList.open(images);
        if (limit != null) {
            list = list.first(limit);
        }
        FeatureExtraction.Settings settings = settings(list.hasVideos() ? VIDEOS : IMAGES);
        FeatureExtraction.Report report;
        try (ImageEncoder encoder = open();
                ProgressLine progress = new ProgressLine("encode", list.hasVideos() ? "items" : "images")) {
            report = new FeatureExtraction(encoder, list, settings, sampling, progress).run(to);
        }
        spec.commandLine().getOut().println(to);
        if (report.failed() > 0) {
            spec.commandLine()
                    .getErr()
                    .println("cl2cm: " + report.failed() + " of " + report.images()
                            + (list.hasVideos() ? " images and videos failed; " : " images failed; ")
                            + to.resolve("errors.jsonl") + " names them");
            return ExitCode.PARTLY_DONE;
        }
        return ExitCode.DONE;
    }

    private FrameSampling sampling() {
        try {
            return frames.sampling();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private FeatureExtraction.Settings settings(int usual) {
        try {
            int size = partition == null ? usual : partition;
            return new FeatureExtraction.Settings(size, batch, threads, maxErrors, overwrite);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private ImageEncoder open() throws IOException {
        List<EncoderSource> sources = encoders.stream()
                .map(path -> new EncoderSource(path.toString(), output == null ? "" : output, pool, mirror))
                .toList();
        try {
            // Whole batches run beside each other, which is faster than sharing the work inside one.
            return EncoderSource.open(sources, 1);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--encoder " + e.getMessage(), e);
        }
    }
}
