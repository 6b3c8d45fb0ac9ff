package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ImageFile;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Filter;
import org.cl2cm.search.Hit;
import org.cl2cm.search.Moments;
import org.cl2cm.search.QueryEncoder;
import org.cl2cm.search.QueryPart;
import org.cl2cm.search.QueryParts;
import org.cl2cm.search.RerankedSearch;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorQuery;
import org.cl2cm.search.sheet.ContactSheet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "search",
        description = {
            "Search a collection with words in any language, or with an image. Of a video the best moment is shown.",
            "",
            "  search photos \"ein Hund springt ins Wasser\" --top 10 --sheet out.png",
            "  search photos \"ein Hund springt ins Wasser\" --rerank",
            "  search photos --image beach.jpg",
            "  search photos --like 1000268201_693b08cb0e",
            "  search photos --together dog --image beach.jpg --without \"people^0.3\"",
            "",
            "Every argument after the collection is one query: put quotes around it. With --together all of them are one.",
        },
        mixinStandardHelpOptions = true)
final class SearchCommand implements Callable<Integer> {
    /// How much words that are not wanted count, where nothing is said: half of what is wanted.
    private static final double AWAY = 0.5;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "NAME", description = "name of the collection")
    private String name = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "QUERY", description = "words, each query in quotes")
    private List<String> texts = List.of();

    @Option(names = "--image", paramLabel = "FILE", description = "search with a picture; may be given often")
    private List<Path> images = List.of();

    @Option(
            names = "--encoder",
            paramLabel = "PATH",
            description = "with --image: where the image encoder of the model lies now, if it was moved; once for each"
                    + " encoder, in the order of \"encode\"")
    private List<String> encoders = List.of();

    @Option(names = "--like", paramLabel = "ID", description = "search with an item of the collection; often")
    private List<String> like = List.of();

    @Option(
            names = "--together",
            description = "one query out of all words, pictures and items; \"beach^0.5\" counts half")
    private boolean together;

    @Option(
            names = "--without",
            paramLabel = "WORDS",
            description = "with --together: away from these words, by half unless \"snow^1\" says how much; often")
    private List<String> without = List.of();

    @Option(
            names = "--vectors",
            paramLabel = "STORE",
            description = "search with ready vectors, .npy + ids; every row, or those that --ids names")
    private @Nullable Path vectors;

    @Option(names = "--ids", split = ",", paramLabel = "ID", description = "with --vectors: which rows")
    private List<String> ids = List.of();

    @Option(
            names = "--fingerprint",
            paramLabel = "TEXT",
            description = "with --vectors and no --model: what made them (default: " + GalleryVectors.UNNAMED + ")")
    private @Nullable String fingerprint;

    @Option(names = "--model", paramLabel = "FOLDER", description = "the model (default: the one it was made with)")
    private @Nullable Path model;

    @Option(
            names = "--filter",
            paramLabel = "FILTER",
            description =
                    "only items that match, e.g. \"lang=de AND year>=2020\"; the fields are those that \"index create"
                            + " --field\" declared")
    private @Nullable String filter;

    @Option(
            names = "--hybrid",
            description =
                    "also look for the query's words in the captions (BM25), and fuse both lists by reciprocal rank")
    private boolean hybrid;

    @Option(
            names = "--min-score",
            paramLabel = "P",
            description = "leave out results that are less likely the one that was meant, 0 to 1, e.g. 0.02")
    private Optional<Double> minScore = Optional.empty();

    @Option(
            names = "--rerank",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "0",
            description = "sort the N best results of a query of words anew, by the re-ranker of the model, which looks"
                    + " at words and picture together (default: as many as it was trained for)")
    private Optional<Integer> rerank = Optional.empty();

    @Option(names = "--lang", paramLabel = "CODE", description = "language of the queries (default: it is guessed)")
    private Optional<String> language = Optional.empty();

    @Option(names = "--top", defaultValue = "10", description = "results of a query (default: ${DEFAULT-VALUE})")
    private int top;

    @Option(
            names = "--moments",
            paramLabel = "N",
            defaultValue = "1",
            description = "at most so many moments of one video, the best ones; 0 for all (default: ${DEFAULT-VALUE})")
    private int moments = 1;

    @Option(
            names = "--format",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private SearchOutput.Format format = SearchOutput.Format.TABLE;

    @Option(names = "--sheet", paramLabel = "PNG", description = "also draw the results as a contact sheet")
    private @Nullable Path sheet;

    @Mixin
    private CollectionsOption collections = new CollectionsOption();

    /// @param shown what output calls the query
    /// @param text where the query is words and nothing else
    private record Named(String shown, VectorQuery query, Optional<String> text) {
        Named(String shown, VectorQuery query) {
            this(shown, query, Optional.empty());
        }
    }

    @Override
    public Integer call() throws IOException {
        if (texts.isEmpty() && images.isEmpty() && like.isEmpty() && vectors == null) {
            throw new ParameterException(
                    spec.commandLine(), "what to search for? Give words in quotes, --image, --like or --vectors");
        }
        if (!without.isEmpty() && !together) {
            throw new ParameterException(spec.commandLine(), "--without needs --together");
        }
        if (together && vectors != null) {
            throw new ParameterException(
                    spec.commandLine(), "--together takes words, --image and --like, not --vectors");
        }
        if (moments < 0) {
            throw new ParameterException(spec.commandLine(), "--moments " + moments + ": at least 0");
        }
        if (rerank.isPresent() && (rerank.get() < 0 || rerank.get() > VectorQuery.MOST)) {
            throw new ParameterException(
                    spec.commandLine(), "--rerank " + rerank.get() + ": from 1 to " + VectorQuery.MOST);
        }
        if (rerank.isPresent() && (together || texts.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--rerank is for queries of words alone");
        }
        if (hybrid && texts.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--hybrid needs words to look for in the captions");
        }
        try (VectorEngine engine = collections.open().read(name)) {
            // Before anything is encoded: a filter with a mistake is said in a moment.
            Optional<Filter> among = Optional.ofNullable(filter)
                    .map(text -> Filter.parse(text, engine.info().fields()));
            ScoreJudge judge = ScoreJudge.of(
                    Optional.ofNullable(model)
                            .or(() -> engine.info().modelFolder().map(Path::of)),
                    engine.size(),
                    language,
                    minScore,
                    spec.commandLine().getErr());
            List<SearchOutput.Result> results = new ArrayList<>();
            try (CollectionEncoder encoder =
                    new CollectionEncoder(engine.info(), Optional.ofNullable(model), encoders)) {
                for (Named named : queries(engine, encoder)) {
                    List<Hit> hits = hits(engine, encoder, named, named.query.among(among));
                    results.add(judge.judged(named.shown, named.text, hits));
                }
            }
            new SearchOutput(engine.info()).print(spec.commandLine().getOut(), results, format);
            if (sheet != null) {
                new ContactSheet(rows(engine.info(), results)).write(sheet);
            }
        }
        return ExitCode.DONE;
    }

    private List<Hit> hits(VectorEngine engine, CollectionEncoder encoder, Named named, VectorQuery query)
            throws IOException {
        if (rerank.isEmpty() || named.text.isEmpty()) {
            return Moments.search(engine, query, moments);
        }
        int candidates = rerank.get() > 0 ? rerank.get() : encoder.reranker().candidates();
        return RerankedSearch.search(
                engine, query, moments, candidates, vectors -> encoder.rerank(named.text.get(), vectors));
    }

    private List<Named> queries(VectorEngine engine, CollectionEncoder encoder) throws IOException {
        if (together) {
            return List.of(mixed(engine, encoder));
        }
        List<Named> queries = new ArrayList<>();
        for (String text : texts) {
            VectorQuery query = query(engine, encoder, List.of(new QueryPart.Text(text, 1)));
            queries.add(new Named(text, hybrid ? query.withWords(text) : query, Optional.of(text)));
        }
        for (Path image : images) {
            queries.add(new Named(image.toString(), query(engine, encoder, List.of(picture(image.toString(), 1)))));
        }
        for (String id : like) {
            queries.add(new Named(id, query(engine, encoder, List.of(new QueryPart.Like(id, 1)))));
        }
        if (vectors != null) {
            String made = model != null
                    ? RetrievalModel.describe(model).fingerprint()
                    : Optional.ofNullable(fingerprint).orElse(GalleryVectors.UNNAMED);
            try (FeatureStore store = FeatureStore.open(vectors)) {
                for (String id : ids.isEmpty() ? store.ids() : ids) {
                    queries.add(new Named(id, new VectorQuery(made, store.get(id), top)));
                }
            }
        }
        return queries;
    }

    private VectorQuery query(VectorEngine engine, QueryEncoder encoder, List<QueryPart> parts) throws IOException {
        return QueryParts.query(engine, encoder, parts, top);
    }

    private static QueryPart picture(String file, double weight) throws IOException {
        return new QueryPart.Picture(ImageFile.bytes(Path.of(file)), file, weight);
    }

    /// A part of a query with its weight, `words^0.5` in the command line.
    private record Weighted(String what, double weight) {
        private static final Pattern WEIGHT = Pattern.compile("(.+)\\^(\\d+(?:\\.\\d*)?|\\.\\d+)", Pattern.DOTALL);

        static Weighted of(String argument, double usual) {
            Matcher matcher = WEIGHT.matcher(argument);
            return matcher.matches()
                    ? new Weighted(matcher.group(1), Double.parseDouble(matcher.group(2)))
                    : new Weighted(argument, usual);
        }
    }

    private Named mixed(VectorEngine engine, QueryEncoder encoder) throws IOException {
        List<QueryPart> parts = new ArrayList<>();
        for (String id : like) {
            Weighted part = Weighted.of(id, 1);
            parts.add(new QueryPart.Like(part.what, part.weight));
        }
        for (String text : texts) {
            Weighted part = Weighted.of(text, 1);
            parts.add(new QueryPart.Text(part.what, part.weight));
        }
        for (Path image : images) {
            Weighted part = Weighted.of(image.toString(), 1);
            parts.add(picture(part.what, part.weight));
        }
        for (String text : without) {
            Weighted part = Weighted.of(text, AWAY);
            parts.add(new QueryPart.Text(part.what, -part.weight));
        }
        List<String> shown = new ArrayList<>(texts);
        images.forEach(image -> shown.add(image.toString()));
        shown.addAll(like);
        String title = String.join(" + ", shown) + (without.isEmpty() ? "" : " - " + String.join(" - ", without));
        VectorQuery query = query(engine, encoder, parts);
        return new Named(title, hybrid ? query.withWords(QueryParts.words(parts)) : query);
    }

    private static List<ContactSheet.Row> rows(CollectionInfo info, List<SearchOutput.Result> results) {
        List<ContactSheet.Row> rows = new ArrayList<>();
        for (SearchOutput.Result result : results) {
            List<ContactSheet.Tile> tiles = new ArrayList<>();
            for (Hit hit : result.hits()) {
                tiles.add(SearchOutput.tile(info, hit));
            }
            rows.add(new ContactSheet.Row(result.query(), tiles));
        }
        return rows;
    }
}
