package org.cl2cm.opensearch;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the cluster answers, as far as it is looked at.
final class Answers {
    private Answers() {}

    /// An item as its document holds it.
    record Source(String id, float[] vector, Map<String, String> stored) {}

    /// @param sort the values that hits were ordered by
    record Found(
            @JsonProperty("_source") @Nullable Source source,
            @Nullable List<Object> sort) {}

    record Total(long value) {}

    record Hits(@Nullable Total total, List<Found> hits) {}

    record Bucket(String key) {}

    record Terms(List<Bucket> buckets) {}

    record Aggregations(@Nullable Terms languages) {}

    record Search(
            Hits hits,
            @Nullable Aggregations aggregations,
            @JsonProperty("pit_id") @Nullable String pitId) {}

    /// @param error why it could not be looked for
    record Document(
            boolean found,
            @JsonProperty("_source") @Nullable Source source,
            @Nullable Failure error) {}

    record Documents(List<Document> docs) {}

    /// @param reason why one operation of many failed
    record Failure(@Nullable String type, @Nullable String reason) {}

    record Done(
            int status, @Nullable String result, @Nullable Failure error) {}

    /// @param items one for each operation: its kind, and what became of it
    record Bulk(List<Map<String, Done>> items) {}
}
