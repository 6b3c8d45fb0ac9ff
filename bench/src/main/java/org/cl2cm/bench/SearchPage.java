package org.cl2cm.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cl2cm.bench.http.HttpResult;
import org.cl2cm.bench.http.OverloadResult;
import org.cl2cm.bench.search.PeerResult;
import org.cl2cm.bench.search.SearchResult;
import org.cl2cm.bench.vectors.LikenessResult;
import org.cl2cm.data.DataException;

/// The page `docs/results/search.md`: its text, and the tables of whatever was measured.
final class SearchPage {
    private static final String INTRODUCTION = """
            # Search: speed, recall, memory

            Written by `bench/run page` from what the other commands measured on one machine; nothing in it was typed.

            ```
            bench/run fit --model MODEL --manifest flickr8k.jsonl --features FEATURES --text-split test \\
                --to bench/vectors/flickr8k.json
            bench/run search                    # the embedded engine beside exact search: 10 k, 100 k, 1 M vectors
            bench/run peers                     # hnswlib and faiss on the same vectors
            bench/run http --model MODEL        # text queries through HTTP
            bench/run overload --model MODEL    # four times the load that can be sustained
            bench/run page
            ```

            A number with brackets is the median over the rounds, with the smallest and the largest of them. Default
            settings and exact search were measured in turn, round by round, as were the two servers; the other
            libraries ran after that, on the same machine.""";

    private static final String VECTORS = """
            ## The vectors

            A million photographs are not at hand, so vectors are made by a seeded generator with the statistics of
            real ones (`bench/vectors/flickr8k.json`, made by `bench/run fit`): the mean, how large and how wide
            clusters are, and the variance along each principal axis between and around their centres. Queries stand
            off from the images as real texts do: along each axis they follow the image that they describe as closely
            as captions do. How many clusters there are is chosen so that nearest neighbours are as close as the real
            ones.""";

    private static final String EMBEDDED = """
            ## The embedded engine

            Collections are made as `index create` makes them, with default settings: below 100,000 items every vector
            is compared, from there on the graph gives 100 candidates for 10 results, which are compared in full
            precision. *Exact* is the same engine on the same index, told to compare every vector. *N candidates* is
            the graph with more of them. Each thread asks one query after another. Recall is measured against
            neighbours found by other code, which looks at every vector; that of *exact* on the first 100 queries.
            Filters have nothing to do with where vectors lie. The process has a heap of 2 GB at most; resident memory
            counts the parts of the mapped index that were read.""";

    private static final String PEERS = """
            ## Beside hnswlib and faiss

            The same vectors, queries, number of neighbours (16, on the lowest level 32) and of candidates while
            building (200), one query at a time from as many threads, through each library's Python binding, which is
            a part of its time. Shown is the setting with the fewest candidates that reaches the recall of cl2cm.
            cl2cm keeps ids, stored fields, deletions and commits besides; the libraries keep vectors in memory. The
            8-bit index of faiss is without the comparison in full precision that cl2cm makes.""";

    private static final String HTTP = """
            ## Through HTTP

            `cl2cm serve` as it is, in a process of its own on the same machine as the clients; different texts, ten
            results each. Clients wait for an answer before they ask again. *Grouped*: queries that come together are
            encoded together (up to 32, the first waits 2 ms), as the server does unless told otherwise; *one by one*:
            `--batch 1 --batch-wait 0`.""";

    private static final String OVERLOAD = """
            ## Too much load

            Requests come at fixed times, whether earlier ones are answered or not, and their latency counts from when
            they were due. The clients run on the same machine.""";

    private static final String KILLS = """
            ## Kills

            That nothing acknowledged is lost when the process is killed while it adds, swaps, rolls back or takes a
            snapshot is a test, which counts and does not measure; `IndexSyncCommandTest` kills `index sync`. Fifty
            kills:

            ```
            ./cl2cm test -pl search -am -Dtest=CollectionKillTest -Dsurefire.failIfNoSpecifiedTests=false \\
                -Dcl2cm.kills=50
            ```""";

    private SearchPage() {}

    /// @throws DataException when nothing was measured
    static String of(Results results) throws IOException {
        Optional<LikenessResult> likeness = results.read("likeness", LikenessResult.class);
        List<SearchResult> sizes = results.all("search-", SearchResult.class);
        List<PeerResult> peers = results.all("peer-", PeerResult.class);
        Optional<HttpResult> http = results.read("http", HttpResult.class);
        Optional<OverloadResult> overload = results.read("overload", OverloadResult.class);
        if (sizes.isEmpty() && http.isEmpty() && overload.isEmpty()) {
            throw DataException.in(results.folder(), "holds no results; \"bench/run search\" makes some");
        }
        List<String> lines = new ArrayList<>(INTRODUCTION.lines().toList());
        likeness.ifPresent(result -> section(lines, VECTORS, SearchTables.likeness(result)));
        if (!sizes.isEmpty()) {
            section(lines, EMBEDDED, List.of());
            sizes.forEach(size -> {
                lines.add("");
                lines.addAll(SearchTables.search(size));
            });
        }
        if (!peers.isEmpty()) {
            section(lines, PEERS, SearchTables.peers(sizes, peers));
        }
        http.ifPresent(result -> section(lines, HTTP, SearchTables.http(result)));
        overload.ifPresent(result -> section(lines, OVERLOAD, SearchTables.overload(result)));
        section(lines, KILLS, List.of());
        return String.join("\n", lines) + "\n";
    }

    private static void section(List<String> lines, String text, List<String> table) {
        lines.add("");
        lines.addAll(text.lines().toList());
        if (!table.isEmpty()) {
            lines.add("");
            lines.addAll(table);
        }
    }
}
