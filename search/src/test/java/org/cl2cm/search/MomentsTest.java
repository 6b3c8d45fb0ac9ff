package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cl2cm.data.Moment;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MomentsTest {
    private static final String MODEL = "model-a";

    @TempDir
    Path folder;

    private static VectorItem moment(String video, int number, float[] vector, String digest) {
        Moment moment = new Moment(video, number, number + 1);
        Map<String, String> fields = new LinkedHashMap<>(Moments.fields(moment));
        fields.put(VectorItem.DIGEST, digest);
        return new VectorItem(moment.id(), vector, fields);
    }

    private VectorEngine engine(List<VectorItem> items) throws IOException {
        VectorEngine engine = Collections.in(folder).create(CollectionInfo.of("films", 8, MODEL));
        assertThat(engine.upsert(items)).noneMatch(ItemStatus::isRefused);
        engine.commit();
        engine.refresh();
        return engine;
    }

    private static List<String> naive(List<Hit> all, int most, int top) {
        Map<String, Integer> seen = new LinkedHashMap<>();
        List<String> kept = new ArrayList<>();
        for (Hit hit : all) {
            String video = hit.fields().getOrDefault(VectorItem.VIDEO, hit.id());
            if (kept.size() < top && (most == 0 || seen.merge(video, 1, Integer::sum) <= most)) {
                kept.add(hit.id());
            }
        }
        return kept;
    }

    @Test
    void theBestMomentsOfEachVideoAreFound() throws IOException {
        Random random = new Random(11);
        List<VectorItem> items = new ArrayList<>();
        for (int video = 0; video < 12; video++) {
            float[] centre = TestVectors.near(random, new float[8], 1);
            for (int i = 0; i < 25; i++) {
                items.add(moment("v" + video, i, TestVectors.near(random, centre, 0.1), "d"));
            }
        }
        for (int i = 0; i < 5; i++) {
            items.add(new VectorItem("photo" + i, TestVectors.near(random, new float[8], 1), Map.of()));
        }
        try (VectorEngine engine = engine(items)) {
            for (int i = 0; i < 10; i++) {
                float[] vector = TestVectors.near(random, new float[8], 1);
                List<Hit> all = engine.search(new VectorQuery(MODEL, vector, items.size()));
                for (int most : new int[] {1, 2, 0}) {
                    for (int top : new int[] {1, 10, 17, 400}) {
                        List<Hit> hits = Moments.search(engine, new VectorQuery(MODEL, vector, top), most);
                        assertThat(TestVectors.ids(hits))
                                .as("%d moments, %d results", most, top)
                                .isEqualTo(naive(all, most, top));
                    }
                }
            }
        }
    }

    @Test
    void fieldsThatAreNoTimesMakeNoMoment() {
        assertThat(Moments.of(Map.of("video", "a", "start", "1.5", "end", "2"))).contains(new Moment("a", 1.5, 2));
        for (Map<String, String> other : List.of(
                Map.of("video", "a"),
                Map.of("video", "a", "start", "2", "end", "1"),
                Map.of("video", "a", "start", "2024-05-01", "end", "2024-05-02"),
                Map.of("start", "1", "end", "2"),
                Map.of("video", "a", "start", "1e3", "end", "1e4"))) {
            assertThat(Moments.of(other)).as(other.toString()).isEmpty();
        }
    }

    @Test
    void aVideoIsSyncedAsAWhole() throws IOException {
        float[] vector = {1, 0, 0, 0, 0, 0, 0, 0};
        List<VectorItem> items = new ArrayList<>();
        for (String video : List.of("same", "other", "cut", "mixed", "gone")) {
            for (int i = 0; i < 3; i++) {
                String digest = SyncPlan.digest(video.equals("mixed") && i == 1 ? "old" : "now", 3);
                if (!(video.equals("cut") && i == 2)) {
                    items.add(moment(video, i, vector, digest));
                }
            }
        }
        items.add(new VectorItem("photo", vector, Map.of(VectorItem.DIGEST, "now")));
        items.add(new VectorItem("turned", vector, Map.of(VectorItem.DIGEST, "now")));
        Map<String, String> wanted = new LinkedHashMap<>();
        for (String id : List.of("same", "cut", "mixed", "photo", "turned", "new")) {
            wanted.put(id, "now");
        }
        wanted.put("other", "then");
        try (VectorEngine engine = engine(items)) {
            SyncPlan plan = SyncPlan.of(engine, wanted);
            assertThat(plan.added()).containsExactly("new");
            assertThat(plan.changed()).containsExactly("cut", "mixed", "other");
            assertThat(plan.gone()).containsExactly("gone");
            assertThat(plan.same()).isEqualTo(3);
            assertThat(plan.items("gone")).containsExactlyInAnyOrder("gone", "gone@0-1", "gone@1-2", "gone@2-3");
            assertThat(plan.items("photo")).containsExactly("photo");
        }
    }

    @Test
    void momentsOfOneVideoAreNoDuplicatesOfEachOther() throws IOException {
        Random random = new Random(1);
        float[] a = TestVectors.near(random, new float[8], 1);
        float[] b = TestVectors.near(random, new float[8], 1);
        List<VectorItem> items = List.of(
                moment("v", 0, a, "d"),
                moment("v", 1, a, "d"),
                moment("w", 0, b, "d"),
                moment("w", 1, b, "d"),
                moment("x", 0, b, "d"));
        try (VectorEngine engine = engine(items)) {
            assertThat(Duplicates.groups(engine, 0.99, ProgressListener.NONE))
                    .containsExactly(List.of("w@0-1", "w@1-2", "x@0-1"));
        }
    }
}
