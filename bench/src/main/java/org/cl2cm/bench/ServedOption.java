package org.cl2cm.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.cl2cm.bench.http.Questions;
import org.cl2cm.bench.http.ServedCollection;
import org.cl2cm.data.DataException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What is served and asked, the same options for `http` and `overload`.
final class ServedOption {
    @Option(
            names = "--model",
            paramLabel = "FOLDER",
            description = "a trained model; the collection is made of generated vectors of its dimension")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--items",
            defaultValue = "100000",
            description = "with --model: in that collection (default: ${DEFAULT-VALUE})")
    private int items;

    @Option(
            names = "--collection",
            paramLabel = "NAME",
            description = "instead of --model: a collection in --collections that knows its model")
    private Optional<String> collection = Optional.empty();

    @Option(names = "--collections", paramLabel = "DIR", description = "with --collection: where it lies")
    private Optional<Path> collections = Optional.empty();

    @Option(
            names = "--texts",
            paramLabel = "FILE",
            description = "what is asked: texts, one a line, or a manifest (.jsonl), whose captions are taken"
                    + " (default: the Flickr8k manifest)")
    private Optional<Path> texts = Optional.empty();

    @Option(
            names = "--most-texts",
            defaultValue = "5000",
            description = "different texts that are taken (default: ${DEFAULT-VALUE})")
    private int most;

    @Option(
            names = "--serve",
            paramLabel = "OPTION",
            description = "an option of \"cl2cm serve\", e.g. --serve=--batch-wait=0; may be given often")
    private List<String> serve = List.of();

    @Mixin
    private VectorsOption vectors = new VectorsOption();

    List<String> serve() {
        return serve;
    }

    Questions questions() throws IOException {
        return Questions.read(
                texts.orElseGet(() -> WorkOption.root()
                        .resolve("../shared/data/flickr8k/flickr8k.jsonl")
                        .normalize()),
                most,
                1);
    }

    ServedCollection collection(Results results, PrintWriter err) throws IOException {
        if (model.isPresent() == collection.isPresent()) {
            throw new DataException("give either --model FOLDER, or --collections DIR with --collection NAME");
        }
        if (collection.isPresent()) {
            return ServedCollection.existing(
                    collections.orElseThrow(() -> new DataException("--collection needs --collections DIR")),
                    collection.get());
        }
        Consumer<String> log = line -> err.println("bench/run: " + line);
        vectors.benchmark(results, err).prepare(items, 1);
        return ServedCollection.make(results.folder(), model.orElseThrow(), items, log);
    }
}
