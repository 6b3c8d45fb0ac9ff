package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateLabelsTest {
    @TempDir
    Path folder = Path.of("");

    private Said labels(TinyWorld world, Path manifest, String label, String... more) {
        List<Object> command = new ArrayList<>(List.of(
                "evaluate",
                "labels",
                folder.resolve("run/model"),
                "--manifest",
                manifest,
                "--features",
                world.features(),
                "--split",
                "val",
                "--label",
                label));
        command.addAll(List.of(more));
        return Said.by(command.toArray());
    }

    @Test
    void findsWhatIsOfTheSameKindInALanguageWithoutCaptions() throws IOException {
        TinyWorld world = new TinyWorld(folder);
        assertThat(Said.by((Object[]) world.train(folder.resolve("run"), "train.epochs=12", "train.rate=0.003"))
                        .exit())
                .isEqualTo(ExitCode.DONE);
        List<Item> items = new ArrayList<>();
        for (Item item : Manifest.read(world.manifest()).items()) {
            String[] words = item.captions("en").getFirst().split(" ", -1);
            Map<String, Object> meta = item.id().equals("item72")
                    ? Map.of("world", "tiny")
                    : Map.of("world", "tiny", "of", Map.of("colour", words[1], "thing", words[2]));
            items.add(new Item(item.id(), Optional.empty(), item.split(), item.captions(), Map.of(), meta));
        }
        Path manifest = folder.resolve("labelled.jsonl");
        Manifest.of(manifest, items).write(manifest);

        Said said = labels(world, manifest, "of.thing", "--label", "of.colour", "--format", "json");
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        JsonNode lines = new ObjectMapper().readTree(said.out());
        assertThat(lines.findValuesAsText("label")).containsExactly("of.thing", "of.thing", "of.colour", "of.colour");
        for (JsonNode line : lines) {
            // One of the 24 images has no label.
            assertThat(line.get("images").intValue()).isEqualTo(23);
            double chance = line.get("chance").doubleValue();
            int values = line.get("label").textValue().equals("of.thing") ? 6 : 4;
            assertThat(line.get("values").intValue()).isEqualTo(values);
            assertThat(chance).isBetween(1.0 / values, 1.05 / values);
            assertThat(line.get("map_text_to_image").doubleValue()).isGreaterThan(2 * chance);
            assertThat(line.get("map_image_to_text").doubleValue()).isGreaterThan(2 * chance);
        }
        assertThat(labels(world, manifest, "of.thing", "--language", "xx").out())
                .contains("queries in", "t2i mAP", "of.thing", "xx")
                .doesNotContain(" en ");

        assertThat(labels(world, manifest, "of.size").err())
                .contains("no item of the split \"val\" has \"of.size\"", "world");
        assertThat(labels(world, manifest, "world").err()).contains("the same \"world\", tiny");
    }
}
