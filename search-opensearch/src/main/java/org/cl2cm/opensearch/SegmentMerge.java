package org.cl2cm.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import org.cl2cm.data.DataException;

/// Merges the segments of an index. That takes longer than a connection lasts, so it is a task that is
/// asked for again and again.
///
/// @param collection its name, for errors
record SegmentMerge(ClusterClient client, String collection, String index) {
    private static final long FIRST_PAUSE = 20;
    private static final long LONGEST_PAUSE = 2_000;

    /// Waits until it is done.
    ///
    /// @param how parameters of `_forcemerge`
    void run(Map<String, String> how) throws IOException {
        Map<String, String> parameters = new HashMap<>(how);
        parameters.put("wait_for_completion", "false");
        String task = client.json(
                        new ClusterClient.Ask("POST", "/" + index + "/_forcemerge", parameters, null),
                        ClusterClient.WRITING)
                .path("task")
                .asText();
        for (long pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
            JsonNode state = client.json(new ClusterClient.Ask("GET", "/_tasks/" + task), ClusterClient.WRITING);
            if (state.path("completed").asBoolean()) {
                JsonNode error = state.path("error");
                if (!error.isMissingNode()) {
                    throw new DataException("collection \"" + collection + "\": index " + index + " cannot be merged: "
                            + error.path("reason").asText(""));
                }
                return;
            }
            sleep(pause);
        }
    }

    private static void sleep(long milliseconds) throws IOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the cluster merges");
        }
    }
}
