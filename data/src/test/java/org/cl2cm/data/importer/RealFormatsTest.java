package org.cl2cm.data.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Imports the real files beside the repository; skipped, visibly, where they are not there.
class RealFormatsTest {
    @TempDir
    Path folder;

    private static Path shared(String name) {
        Path path = Path.of(System.getProperty("cl2cm.root", ".."), "..", "shared", "data", "formats", name);
        if (!Files.isDirectory(path)) {
            System.err.println("SKIPPED RealFormatsTest: " + path.normalize() + " is not there");
        }
        Assumptions.assumeTrue(Files.isDirectory(path), path + " is not there");
        return path;
    }

    @Test
    void importsMulti30k() throws IOException {
        Path target = folder.resolve("m.jsonl");
        ManifestImport.Report report = ManifestImport.run(
                Importer.of("multi30k"), ImportSettings.of(shared("multi30k-task1"), target), ProgressListener.NONE);
        assertThat(report.items()).isEqualTo(31_014);
        assertThat(report.captions()).isEqualTo(4 * 31_014);
        Manifest manifest = Manifest.read(target);
        assertThat(manifest.split("train")).hasSize(29_000);
        assertThat(manifest.split("val")).hasSize(1_014);
        assertThat(manifest.split("test")).hasSize(1_000);
        Item first = manifest.find("1007129816").orElseThrow();
        assertThat(first.captions("de")).containsExactly("Ein Mann mit einem orangefarbenen Hut, der etwas anstarrt.");
        assertThat(first.captions("cs")).containsExactly("Muž v oranžovém klobouku na něco zírá.");
    }

    @Test
    void importsNrccr() throws IOException {
        Path target = folder.resolve("n.jsonl");
        ImportSettings settings = new ImportSettings(
                List.of(new ImportSettings.Source(shared("nrccr-flickr8kcn"), "en")),
                target,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of("enc", "en", "zhg", "zh.google"));
        ManifestImport.Report report = ManifestImport.run(Importer.of("nrccr"), settings, ProgressListener.NONE);
        assertThat(report.captions()).isEqualTo(40_460);
        Manifest manifest = Manifest.read(target);
        assertThat(manifest.size()).isEqualTo(8_092);
        assertThat(manifest.split("train")).hasSize(6_000);
        assertThat(manifest.split("val")).hasSize(1_000);
        assertThat(manifest.split("test")).hasSize(1_000);
        Item item = manifest.find("1000268201_693b08cb0e").orElseThrow();
        assertThat(item.captions("en")).hasSize(5);
        assertThat(item.translations("zh.google").get(1)).isEqualTo("一个女孩进入一个木结构建筑。");
    }
}
