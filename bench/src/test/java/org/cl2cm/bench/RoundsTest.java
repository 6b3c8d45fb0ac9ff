package org.cl2cm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void warmsUpOnceAndChangesWhoBegins() throws IOException {
        List<String> order = new ArrayList<>();
        Map<String, Rounds.Work> works = new LinkedHashMap<>();
        works.put("a", () -> order.add("a"));
        works.put("b", () -> order.add("b"));

        Rounds rounds = Rounds.run(Clock.WALL, 3, works);

        assertThat(order).containsExactly("a", "b", "a", "b", "b", "a", "a", "b");
        assertThat(rounds.of("a")).hasSize(3);
        assertThat(rounds.of("b")).hasSize(3);
    }

    @Test
    void speedIsHowManyTimesAsFast() {
        Rounds rounds = new Rounds(Map.of("own", new double[] {2, 4}, "bare", new double[] {1, 2}));

        assertThat(rounds.speed("own", "bare")).isEqualTo(new Ratio(0.5, 0.5, 0.5));
        assertThat(rounds.median("own")).isEqualTo(3);
        assertThatThrownBy(() -> rounds.of("bear"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bear");
    }

    @Test
    void aFailureEndsTheMeasurement() {
        assertThatThrownBy(() -> Rounds.run(Clock.WALL, 1, Map.of("a", () -> {
                    throw new IOException("no engine");
                })))
                .isInstanceOf(IOException.class)
                .hasMessage("no engine");
    }
}
