package org.cl2cm.data.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportersTest {
    @TempDir
    Path folder;

    private Path manifest = Path.of("");

    @BeforeEach
    void nameTheManifest() {
        manifest = folder.resolve("manifest.jsonl");
    }

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Manifest imported(String format, ImportSettings settings) throws IOException {
        ManifestImport.run(Importer.of(format), settings, ProgressListener.NONE);
        return Manifest.read(manifest);
    }

    private Manifest imported(String format, Path... from) throws IOException {
        return imported(format, settings(Map.of(), from));
    }

    private ImportSettings settings(Map<String, String> tags, Path... from) {
        return new ImportSettings(
                Arrays.stream(from)
                        .map(path -> new ImportSettings.Source(path, "en"))
                        .toList(),
                manifest,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                tags);
    }

    private static Item item(Manifest manifest, String id) {
        return manifest.find(id).orElseThrow(() -> new AssertionError("no item " + id));
    }

    @Test
    void readsKarpathySplits() throws IOException {
        Path json = file("dataset_coco.json", """
                {"dataset": "coco", "images": [
                  {"filepath": "val2014", "filename": "COCO_val2014_000000000042.jpg", "cocoid": 42, "split": "restval",
                   "sentences": [{"raw": "A shoe rack. ", "tokens": ["a"]}, {"raw": "Shoes."}], "sentids": [1, 2]},
                  {"filename": "7.jpg", "split": "test", "sentences": []}], "more": {"x": [1]}}
                """);
        Manifest read = imported("karpathy", json);
        Item first = item(read, "COCO_val2014_000000000042");
        assertThat(first.media()).contains("val2014/COCO_val2014_000000000042.jpg");
        assertThat(first.split()).contains("train");
        assertThat(first.captions("en")).containsExactly("A shoe rack.", "Shoes.");
        assertThat(item(read, "7").split()).contains("test");

        assertThatThrownBy(() -> imported("karpathy", file("broken.json", "{\"images\": [\n{\"split\": \"val\"}]}")))
                .hasMessageContaining("broken.json: images[0]: key \"filename\" is missing");
        assertThatThrownBy(() -> imported("karpathy", file("cut.json", "{\"images\": [\n{\"filename\": \"a.j")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cut.json:2");
        assertThatThrownBy(() -> imported("karpathy", file("other.json", "{\"annotations\": []}")))
                .hasMessageContaining("\"images\" is missing");
    }

    @Test
    void readsCocoCaptionsOfSeveralLanguages() throws IOException {
        Path english = file("captions_val2014.json", """
                {"annotations": [{"image_id": 2, "id": 9, "caption": "two"}, {"image_id": 1, "id": 8, "caption": "one\\n"}],
                 "images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}]}
                """);
        Path japanese = file("stair_val.json", """
                {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"image_id": 1, "id": 1, "caption": "一"}]}
                """);
        Manifest read = imported(
                "coco",
                new ImportSettings(
                        List.of(new ImportSettings.Source(english, "en"), new ImportSettings.Source(japanese, "ja")),
                        manifest,
                        Optional.of(folder.resolve("pictures")),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of()));
        assertThat(read.items()).extracting(Item::id).containsExactly("a", "b");
        assertThat(item(read, "a").captions()).isEqualTo(Map.of("en", List.of("one"), "ja", List.of("一")));
        assertThat(item(read, "a").split()).contains("val");
        assertThat(item(read, "b").media()).contains("pictures/b.jpg");

        Path stranger = file("c.json", """
                {"images": [], "annotations": [{"image_id": 5, "caption": "x"}]}""");
        assertThatThrownBy(() -> imported("coco", stranger))
                .hasMessageContaining("annotations[0]: image_id 5 is not among the images");
    }

    @Test
    void readsMulti30kOfBothTasks() throws IOException {
        file("m/image_splits/train.txt", "1.jpg\n2.jpg\n");
        file("m/raw/train.en", "a dog\na cat\n");
        file("m/raw/train.de", "ein Hund\neine Katze\n");
        file("m/image_splits/test_2016_flickr.txt", "3.jpg\n");
        file("m/raw/test_2016_flickr.1.en", "a\n");
        file("m/raw/test_2016_flickr.2.en", "b\n");
        Manifest read = imported("multi30k", folder.resolve("m"));
        assertThat(read.size()).isEqualTo(3);
        assertThat(item(read, "2").captions()).isEqualTo(Map.of("en", List.of("a cat"), "de", List.of("eine Katze")));
        assertThat(item(read, "2").split()).contains("train");
        assertThat(item(read, "3").captions("en")).containsExactly("a", "b");
        assertThat(item(read, "3").split()).contains("test");

        file("m/raw/train.de", "ein Hund\n");
        assertThatThrownBy(() -> imported("multi30k", folder.resolve("m")))
                .hasMessageContaining("train.de: has 1 lines")
                .hasMessageContaining("2 images");
        Files.write(folder.resolve("m/raw/train.de"), "ein Hund\nK\u00fche\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> imported("multi30k", folder.resolve("m")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("train.de:2: not UTF-8");
        Files.write(folder.resolve("m/raw/train.de"), "ein Hund\n".getBytes(StandardCharsets.UTF_16LE));
        assertThatThrownBy(() -> imported("multi30k", folder.resolve("m")))
                .hasMessageContaining("train.de:1")
                .hasMessageContaining("UTF-16");
        Files.delete(folder.resolve("m/image_splits/train.txt"));
        assertThatThrownBy(() -> imported("multi30k", folder.resolve("m")))
                .hasMessageContaining("has no list of images: expected train.txt");
    }

    @Test
    void readsNrccrFilesByTheMeaningOfTheirTags() throws IOException {
        file("n/xenc.caption.txt", "v1.jpg#enc#0 a dog\nv1.jpg#enc#2 two  dogs\nv#2.jpg#enc#0 a cat\n");
        file("n/xzhg.caption.txt", "v1.jpg#zhg#2 两只狗\nv#2.jpg#zhg#0 \n");
        file("n/xtrain.txt", "v1\n");
        file("n/xval.txt", "v#2\n");
        Map<String, String> tags = Map.of("enc", "en", "zhg", "zh.google");
        Manifest read = imported("nrccr", settings(tags, folder.resolve("n")));
        assertThat(item(read, "v1").captions("en")).containsExactly("a dog", "two  dogs");
        assertThat(item(read, "v1").translations("zh.google")).containsExactly(null, "两只狗");
        assertThat(item(read, "v#2").translations("zh.google")).isEqualTo(Collections.singletonList(null));
        assertThat(item(read, "v1").split()).contains("train");
        assertThat(item(read, "v#2").split()).contains("val");
        assertThat(item(read, "v1").media()).contains("v1.jpg");

        assertThatThrownBy(() -> imported("nrccr", settings(Map.of("enc", "en"), folder.resolve("n"))))
                .hasMessageContaining("xzhg.caption.txt:1: tag \"zhg\" is not explained: add --tag zhg=");
        file("n/xzhg.caption.txt", "v1.jpg#zhg#1 x\n");
        assertThatThrownBy(() -> imported("nrccr", settings(tags, folder.resolve("n"))))
                .hasMessageContaining("xzhg.caption.txt:1: translates caption 1 of \"v1\"");
        file("n/xzhg.caption.txt", "v1.jpg zhg x\n");
        assertThatThrownBy(() -> imported("nrccr", settings(tags, folder.resolve("n"))))
                .hasMessageContaining("xzhg.caption.txt:1: expected <visual id>#<tag>#<number>");
        file("n/xzhg.caption.txt", "v1.jpg#zhg#0 x\n");
        file("n/xtest.txt", "v1\n");
        assertThatThrownBy(() -> imported("nrccr", settings(tags, folder.resolve("n"))))
                .hasMessageContaining("\"v1\" is in the split test as well");
    }

    @Test
    void readsVatex() throws IOException {
        Path json = file("vatex_training_v1.0.json", """
                [{"videoID": "abc_000122_000132", "enCap": ["a", "b"], "chCap": ["一", "二"]},
                 {"videoID": "def_000001_000011", "enCap": ["c"]}]
                """);
        Manifest read = imported("vatex", json);
        assertThat(item(read, "abc_000122_000132").captions())
                .isEqualTo(Map.of("en", List.of("a", "b"), "zh", List.of("一", "二")));
        assertThat(item(read, "abc_000122_000132").meta())
                .isEqualTo(Map.of("youtube", "abc", "clip_start", 122, "clip_end", 132));
        assertThat(item(read, "def_000001_000011").split()).contains("train");
        assertThat(item(read, "def_000001_000011").media()).isEmpty();
        assertThatThrownBy(() -> imported("vatex", file("x.json", "[{\"videoID\": \"a\"}]")))
                .hasMessageContaining("x.json: [0]: neither enCap nor chCap");
    }

    @Test
    void readsMsrVttInSeveralLanguages() throws IOException {
        String videos = """
                "videos": [
                  {"id": 0, "video_id": "video0", "category": 9, "url": "https://v.example/watch?v=9lZi22qLlEo",
                   "start time": 137.72, "end time": 149.44, "split": "train"},
                  {"id": 1, "video_id": "video1", "category": 16, "split": "validate"},
                  {"id": 2, "video_id": "video2", "category": 3, "split": "test"}]
                """;
        Path english = file("m/videodatainfo.json", """
                {"info": {"year": "2016"}, %s,
                 "sentences": [
                  {"caption": "a car is shown ", "video_id": "video0", "sen_id": 0},
                  {"caption": "a boy sings", "video_id": "video1", "sen_id": 1},
                  {"caption": "in a car", "video_id": "video0", "sen_id": 2}]}
                """.formatted(videos));
        Path italian = file("m/italian.json", """
                {"sentences": [{"caption": "una macchina", "video_id": "video0", "sen_id": 0}], %s}
                """.formatted(videos));
        Manifest read = imported(
                "msrvtt",
                new ImportSettings(
                        List.of(new ImportSettings.Source(english, "en"), new ImportSettings.Source(italian, "it")),
                        folder.resolve("manifest.jsonl"),
                        Optional.of(folder.resolve("m/videos")),
                        Optional.of(".mp4"),
                        Optional.empty(),
                        Map.of()));
        assertThat(item(read, "video0").captions())
                .isEqualTo(Map.of("en", List.of("a car is shown", "in a car"), "it", List.of("una macchina")));
        assertThat(item(read, "video0").media()).contains("m/videos/video0.mp4");
        assertThat(item(read, "video0").meta())
                .containsEntry("clip_start", 137.72)
                .containsEntry("clip_end", 149.44)
                .containsEntry("category", 9);
        assertThat(item(read, "video1").split()).contains("val");
        assertThat(item(read, "video2").captions()).isEmpty();
        Path wrong =
                file("m/wrong.json", "{\"videos\": [], \"sentences\": [{\"video_id\": \"v\", \"caption\": \"x\"}]}");
        assertThatThrownBy(() -> imported("msrvtt", wrong))
                .hasMessageContaining("sentences[0]: video_id v is not among the videos");
    }

    @Test
    void readsXtd10AndXm3600() throws IOException {
        file("x/test_image_names.txt", "COCO_val2014_1.jpg\nCOCO_val2014_2.jpg\n");
        file("x/test_1kcaptions_en.txt", "one\ntwo\n");
        file("x/STAIR/test_1kcaptions_jp.txt", "一\n二\n");
        Manifest xtd = imported("xtd10", folder.resolve("x"));
        assertThat(item(xtd, "COCO_val2014_2").captions()).isEqualTo(Map.of("en", List.of("two"), "ja", List.of("二")));
        assertThat(item(xtd, "COCO_val2014_2").split()).contains("test");
        file("x/test_1kcaptions_en.txt", "one\ntwo\nthree\n");
        assertThatThrownBy(() -> imported("xtd10", folder.resolve("x"))).hasMessageContaining("has 3 lines");

        Path jsonl = file("captions.jsonl", """
                {"image/key": "0a", "image/locale": "sw", "en": {"caption": ["x", "y"], "caption/tokenized": ["x", "y"]}, "quz": {"caption": ["z"]}}
                """);
        Manifest xm = imported("xm3600", jsonl);
        assertThat(item(xm, "0a").captions()).isEqualTo(Map.of("en", List.of("x", "y"), "quz", List.of("z")));
        assertThat(item(xm, "0a").media()).contains("0a.jpg");
        assertThat(item(xm, "0a").meta()).containsEntry("locale", "sw");
    }

    private static byte[] tar(String... namesAndTexts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < namesAndTexts.length; i += 2) {
                byte[] data = namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(namesAndTexts[i], true);
                entry.setSize(data.length);
                out.putArchiveEntry(entry);
                out.write(data);
                out.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void readsWebDatasetTarsAndUnpacksTheirImages() throws IOException {
        Path tar = folder.resolve("00000.tar");
        Files.write(
                tar,
                tar(
                        "0001.jpg",
                        "JPEG1",
                        "0001.txt",
                        "a dog\nrunning\n",
                        "0001.json",
                        "{\"caption\": \"other\", \"url\": \"u\", \"width\": 3}", //
                        "0002.json",
                        "{\"caption\": \"a cat\"}",
                        "0002.jpg",
                        "JPEG2", //
                        "0003.txt",
                        "no picture", //
                        "0004.png",
                        "PNG4"));
        ManifestImport.Report report =
                ManifestImport.run(Importer.of("webdataset"), settings(Map.of(), tar), ProgressListener.NONE);
        assertThat(report.items()).isEqualTo(3);
        assertThat(report.captions()).isEqualTo(3);
        assertThat(report.skipped())
                .singleElement()
                .asString()
                .contains("sample \"0003\"")
                .contains("no image");
        Manifest read = Manifest.read(manifest);
        assertThat(item(read, "0001").captions("en")).containsExactly("a dog", "running");
        assertThat(item(read, "0001").meta()).containsEntry("url", "u").containsEntry("width", "3");
        assertThat(item(read, "0002").captions("en")).containsExactly("a cat");
        assertThat(item(read, "0002").media()).contains("media/00000/0002.jpg");
        assertThat(folder.resolve("media/00000/0002.jpg")).hasContent("JPEG2");

        byte[] whole = Files.readAllBytes(tar);
        Files.write(tar, Arrays.copyOf(whole, 1500));
        assertThatThrownBy(() -> imported("webdataset", tar)).isInstanceOf(DataException.class);
        Files.write(tar, tar("../../evil.jpg", "x"));
        assertThatThrownBy(() -> imported("webdataset", tar)).hasMessageContaining("leads out of the folder");
        assertThat(folder.resolve("evil.jpg")).doesNotExist();
    }

    @Test
    void readsAFolderOfPicturesWithTheirCaptions() throws IOException {
        file("p/train/dog.jpg", "JPEG");
        file("p/train/dog.txt", "a dog\n\n the same dog \n");
        file("p/train/dog.de.txt", "ein Hund\n");
        file("p/train/dog.long.name.txt", "not a caption file");
        file("p/cat.PNG", "PNG");
        file("p/bad.jpg", "JPEG");
        Files.write(folder.resolve("p/bad.txt"), new byte[] {(byte) 0xff, 'a'});
        ManifestImport.Report report = ManifestImport.run(
                Importer.of("folder"), settings(Map.of(), folder.resolve("p")), ProgressListener.NONE);
        assertThat(report.skipped())
                .singleElement()
                .asString()
                .contains("bad.jpg")
                .contains("bad.txt:1: not UTF-8");
        Manifest read = Manifest.read(manifest);
        assertThat(read.items()).extracting(Item::id).containsExactly("cat", "train/dog");
        Item dog = item(read, "train/dog");
        assertThat(dog.captions()).isEqualTo(Map.of("en", List.of("a dog", "the same dog"), "de", List.of("ein Hund")));
        assertThat(dog.split()).contains("train");
        assertThat(dog.media()).contains("p/train/dog.jpg");
        assertThat(item(read, "cat").split()).isEmpty();
    }

    @Test
    void aFailedImportLeavesTheOldManifest() throws IOException {
        file("p/a.jpg", "1");
        imported("folder", folder.resolve("p"));
        byte[] before = Files.readAllBytes(manifest);
        file("p/a.png", "2");
        assertThatThrownBy(() -> imported("folder", folder.resolve("p")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("two items have the id \"a\"");
        assertThat(Files.readAllBytes(manifest)).isEqualTo(before);
        assertThat(folder.resolve("manifest.jsonl.part")).doesNotExist();
        assertThatThrownBy(() -> Importer.of("coca"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("coco, multi30k");
    }
}
