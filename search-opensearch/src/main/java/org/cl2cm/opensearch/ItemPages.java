package org.cl2cm.opensearch;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.search.VectorEngine.ItemVisitor;
import org.cl2cm.search.VectorItem;

/// Gives every item of an index, a page after the other in the order of ids, as it was at one instant.
/// When that instant is lost, because a node went or somebody took too long over a page, it goes on
/// after the last id as the index is then: each item once, whatever happens.
final class ItemPages {
    private static final String KEPT = "10m";
    private static final int PAGE_BYTES = 4 << 20;
    private static final int MOST_OF_A_PAGE = 1_000;
    private static final int ATTEMPTS = 10;

    private final ClusterClient client;
    private final String index;
    private final int size;
    private Optional<String> instant = Optional.empty();

    /// @param bytes of an item, roughly
    ItemPages(ClusterClient client, String index, int bytes) {
        this.client = client;
        this.index = index;
        this.size = Math.clamp(PAGE_BYTES / bytes, 1, MOST_OF_A_PAGE);
    }

    void forEach(ItemVisitor visitor) throws IOException {
        try {
            Optional<String> last = Optional.empty();
            while (true) {
                List<Answers.Found> page = page(last);
                for (Answers.Found found : page) {
                    Answers.Source item = IndexQuestions.source(found.source());
                    visitor.visit(new VectorItem(item.id(), item.vector(), item.stored()));
                    last = Optional.of(item.id());
                }
                if (page.size() < size) {
                    return;
                }
            }
        } finally {
            close();
        }
    }

    private List<Answers.Found> page(Optional<String> last) throws IOException {
        for (int attempt = 0; ; attempt++) {
            if (instant.isEmpty()) {
                instant = Optional.of(open());
            }
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("pit", Map.of("id", instant.get(), "keep_alive", KEPT));
            body.put("size", size);
            body.put("sort", List.of(Map.of(IndexSchema.ID, "asc")));
            body.put("track_total_hits", false);
            last.ifPresent(id -> body.put("search_after", List.of(id)));
            try {
                Answers.Search answer = client.ask(
                        new ClusterClient.Ask(
                                "POST", "/_search", Map.of("allow_partial_search_results", "false"), body),
                        Answers.Search.class,
                        ClusterClient.READING);
                if (answer.pitId() != null) {
                    instant = Optional.of(answer.pitId());
                }
                return answer.hits().hits();
            } catch (IOException e) {
                // A node that is gone takes its part of the instant with it.
                if (attempt == ATTEMPTS || (e instanceof ClusterException refused && isForGood(refused))) {
                    throw e;
                }
                close();
            }
        }
    }

    private static boolean isForGood(ClusterException refused) {
        return refused.status() < 500 && refused.status() != 404;
    }

    private String open() throws IOException {
        return client.json(
                        new ClusterClient.Ask(
                                "POST",
                                "/" + index + "/_search/point_in_time",
                                Map.of("keep_alive", KEPT, "allow_partial_pit_creation", "false"),
                                null),
                        ClusterClient.READING)
                .path("pit_id")
                .asText();
    }

    private void close() {
        if (instant.isPresent()) {
            try {
                client.json(
                        new ClusterClient.Ask(
                                "DELETE", "/_search/point_in_time", Map.of("pit_id", List.of(instant.get()))),
                        ClusterClient.READING);
            } catch (IOException e) {
                // It ends by itself after a while.
            }
            instant = Optional.empty();
        }
    }
}
