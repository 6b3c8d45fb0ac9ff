package org.cl2cm.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterNamesTest {
    @Test
    void noTwoCollectionsShareAName() {
        Map<String, String> owners = new HashMap<>();
        for (String collection : List.of(
                "photos",
                "Photos",
                "PHOTOS",
                "photos-0001",
                "photos-0002",
                "photos-000",
                "photos-2d-0001",
                "photos.x",
                "照片",
                "照a",
                "照7167",
                "x".repeat(64),
                "片".repeat(64),
                "片".repeat(63) + "照",
                "previous",
                "locks")) {
            for (String name : List.of(
                    ClusterNames.live(collection),
                    ClusterNames.previous(collection),
                    ClusterNames.swap(collection),
                    ClusterNames.index(collection, 1),
                    ClusterNames.index(collection, 2),
                    ClusterNames.writing(ClusterNames.index(collection, 1)))) {
                assertThat(owners.put(name, collection)).as(name).isNull();
                assertThat(name)
                        .isEqualTo(name.toLowerCase(Locale.ROOT))
                        .startsWith("cl2cm-")
                        .matches("[a-z0-9._~-]{1,255}");
            }
        }
    }

    @Test
    void anIndexIsKnownByItsName() {
        for (String collection : List.of("photos", "photos-0001", "照片", "片".repeat(64))) {
            for (int generation : new int[] {1, 9_999, 10_000}) {
                String index = ClusterNames.index(collection, generation);
                assertThat(ClusterNames.generation(collection, index)).hasValue(generation);
                assertThat(ClusterNames.generation("photos-old", index)).isEmpty();
            }
        }
        assertThat(ClusterNames.generation("photos", "cl2cm-photos-old-0001")).isEmpty();
        assertThat(ClusterNames.index("photos", 3)).isEqualTo("cl2cm-photos-0003");
    }

    @Test
    void idsThatAreTooLongForTheClusterStayApart() {
        String longest = "x".repeat(1023);
        assertThat(ClusterNames.document("小狗/跳.jpg")).isEqualTo("小狗/跳.jpg");
        assertThat(ClusterNames.document(longest + "a"))
                .hasSizeLessThan(500)
                .isNotEqualTo(ClusterNames.document(longest + "b"));
        // Not even an id that looks like the digest of another.
        assertThat(ClusterNames.document(ClusterNames.document(longest + "a")))
                .isNotEqualTo(ClusterNames.document(longest + "a"));
    }

    @Test
    void fieldsHaveNoDots() {
        assertThat(ClusterNames.field("camera.make")).isEqualTo("camera~2e~make");
        assertThat(ClusterNames.field("pt-BR")).isEqualTo("pt-BR");
        assertThat(ClusterNames.field("")).isNotEmpty();
    }
}
