package org.cl2cm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatenciesTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void aPercentileIsTheSmallestThatSoManyDoNotExceed() {
        Latencies hundred = Latencies.of(
                LongStream.rangeClosed(51, 100).map(i -> i * 1_000_000).toArray(),
                LongStream.rangeClosed(1, 50).map(i -> i * 1_000_000).toArray());
        assertThat(hundred.count()).isEqualTo(100);
        assertThat(hundred.percentile(0.5)).isEqualTo(50);
        assertThat(hundred.percentile(0.99)).isEqualTo(99);
        assertThat(hundred.percentile(1)).isEqualTo(100);
        assertThat(hundred.percentile(0.001)).isEqualTo(1);
        assertThat(hundred.mean()).isEqualTo(50.5);
        assertThatThrownBy(() -> new Latencies(new long[0]).percentile(0.5)).hasMessageContaining("of 0 requests");
    }

    @Test
    void aChildRunsAsThisProcessDoesAndItsFailureIsTold() throws IOException {
        List<String> lines = ChildJvm.run(ChildJvm.command(Child.class, List.of("a b")));
        assertThat(lines).containsExactly("a b", System.getProperty("java.version"));
        assertThatThrownBy(() -> ChildJvm.run(ChildJvm.command(Child.class, List.of())))
                .hasMessageContaining("ended with code 1");
        assertThat(ChildJvm.peakMemory()).isGreaterThan(1 << 20);
    }

    /// Says what it was told.
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            System.out.println(arguments[0]);
            System.out.println(System.getProperty("java.version"));
        }
    }

    @Test
    void aPageOfNothingIsRefused() {
        assertThatThrownBy(() -> SearchPage.of(new Results(folder)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("holds no results");
    }

    @Test
    void aResultOfAnotherKindIsNamed() throws IOException {
        Files.writeString(folder.resolve("spread.json"), "[1]");
        assertThatThrownBy(() -> new Results(folder).read("spread", Spread.class))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("spread.json");
        new Results(folder).write("spread", new Spread(2, 1, 3));
        assertThat(new Results(folder).read("spread", Spread.class)).hasValue(new Spread(2, 1, 3));
        assertThat(Spread.of(new double[] {3, 1, 2})).isEqualTo(new Spread(2, 1, 3));
    }
}
