package org.cl2cm.opensearch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cl2cm.search.CollectionUnavailableException;

/// Sends operations in requests of bounded size, one after the other: the next one waits until the
/// cluster has taken the last, and what the cluster is too busy for is sent again, alone, after a
/// while. For one thread at a time.
final class BulkWriter {
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_OPERATIONS = 1_000;

    private final ClusterClient client;
    private final String index;

    BulkWriter(ClusterClient client, String index) {
        this.client = client;
        this.index = index;
    }

    /// @param lines of the request
    record Operation(String id, byte[] lines) {}

    /// What became of each operation, in their order; all of them are on the disk of the cluster, or
    /// refused for good.
    ///
    /// @throws CollectionUnavailableException when the cluster is too busy for too long; some are
    ///     stored then
    List<Answers.Done> send(List<Operation> operations) throws IOException {
        List<Answers.Done> done = new ArrayList<>(operations.size());
        List<Operation> batch = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        int bytes = 0;
        for (Operation operation : operations) {
            // Two operations of one item must not pass each other.
            if (!batch.isEmpty()
                    && (bytes + operation.lines.length > MOST_BYTES
                            || batch.size() == MOST_OPERATIONS
                            || ids.contains(operation.id))) {
                done.addAll(batch(batch));
                batch.clear();
                ids.clear();
                bytes = 0;
            }
            batch.add(operation);
            ids.add(operation.id);
            bytes += operation.lines.length;
        }
        if (!batch.isEmpty()) {
            done.addAll(batch(batch));
        }
        return done;
    }

    private List<Answers.Done> batch(List<Operation> batch) throws IOException {
        Answers.Done[] done = new Answers.Done[batch.size()];
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            left.add(i);
        }
        long start = System.nanoTime();
        for (int attempt = 0; ; attempt++) {
            Answers.Bulk answer = request(left.stream().map(batch::get).toList());
            List<Integer> again = new ArrayList<>();
            String why = "";
            for (int i = 0; i < left.size(); i++) {
                Answers.Done one = answer.items().get(i).values().iterator().next();
                if (ClusterClient.isPassing(one)) {
                    again.add(left.get(i));
                    why = one.status()
                            + (one.error() == null ? "" : ": " + one.error().reason());
                } else {
                    done[left.get(i)] = one;
                }
            }
            if (again.isEmpty()) {
                return List.of(done);
            }
            left = again;
            client.pause(
                    attempt,
                    start,
                    ClusterClient.WRITING,
                    new IOException(again.size() + " items are refused, " + why));
        }
    }

    private Answers.Bulk request(List<Operation> operations) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Operation operation : operations) {
            lines.write(operation.lines);
        }
        return client.ask(
                new ClusterClient.Ask(
                        "POST",
                        "/" + ClusterNames.writing(index) + "/_bulk",
                        Map.of("require_alias", "true", "timeout", "30s"),
                        lines.toByteArray()),
                Answers.Bulk.class,
                ClusterClient.WRITING);
    }
}
