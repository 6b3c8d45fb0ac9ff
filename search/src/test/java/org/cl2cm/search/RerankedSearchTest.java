package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RerankedSearchTest {
    private static final String MODEL = "model-a";

    @TempDir
    Path folder;

    /// Ten items on a quarter circle, the query at the first; of the same length all.
    @BeforeEach
    void collection() throws IOException {
        List<VectorItem> items = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            float[] vector = {(float) Math.cos(i * Math.PI / 20), (float) Math.sin(i * Math.PI / 20)};
            items.add(new VectorItem("i" + i, vector, Map.of()));
        }
        try (VectorEngine engine = Collections.in(folder).create(CollectionInfo.of("arc", 2, MODEL))) {
            engine.upsert(items);
        }
    }

    /// Likes what is far from the query.
    private static float[] second(float[] vectors) {
        float[] scores = new float[vectors.length / 2];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = vectors[2 * i + 1];
        }
        return scores;
    }

    private List<Hit> search(int top, int candidates, RerankedSearch.Judge judge) throws IOException {
        try (VectorEngine engine = Collections.in(folder).read("arc")) {
            return RerankedSearch.search(engine, new VectorQuery(MODEL, new float[] {1, 0}, top), 1, candidates, judge);
        }
    }

    @Test
    void theBestAreSortedAnewAndTheOthersStay() throws IOException {
        List<Hit> hits = search(6, 4, RerankedSearchTest::second);
        assertThat(TestVectors.ids(hits)).containsExactly("i3", "i2", "i1", "i0", "i4", "i5");
        assertThat(hits.get(3).score()).as("a hit keeps its cosine").isEqualTo(1);
    }

    @Test
    void moreCandidatesThanResultsBringUpWhatWasFurtherDown() throws IOException {
        assertThat(TestVectors.ids(search(2, 8, RerankedSearchTest::second))).containsExactly("i7", "i6");
        assertThat(TestVectors.ids(search(3, 500, RerankedSearchTest::second))).containsExactly("i9", "i8", "i7");
    }

    @Test
    void equalScoresKeepTheOrder() throws IOException {
        assertThat(TestVectors.ids(search(4, 3, vectors -> new float[vectors.length / 2])))
                .containsExactly("i0", "i1", "i2", "i3");
    }

    @Test
    void anEmptyCollectionAsksNobody() throws IOException {
        try (VectorEngine engine = Collections.in(folder).create(CollectionInfo.of("empty", 2, MODEL))) {
            List<Hit> hits =
                    RerankedSearch.search(engine, new VectorQuery(MODEL, new float[] {1, 0}, 5), 1, 5, vectors -> {
                        throw new IllegalStateException("asked");
                    });
            assertThat(hits).isEmpty();
        }
    }
}
