package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.Safetensors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whole commands on input that cannot be used: they fail with a message that names file, line or key,
/// and leave every file as it was.
class BadInputTest {
    @TempDir
    Path folder;

    private TinyWorld world;
    private Path run;

    @BeforeEach
    void world() throws IOException {
        world = new TinyWorld(folder);
        run = folder.resolve("run");
    }

    /// Runs a command that must fail, say each of `words`, print no result and touch no file.
    private void fails(List<?> command, Object... words) throws IOException {
        TreeMap<String, String> before = Said.files(folder);
        Said said = Said.by(command.toArray());
        assertThat(said.exit()).as("%s: %s", command, said.err()).isEqualTo(ExitCode.FAILED);
        assertThat(said.out()).isEmpty();
        String message = said.err()
                .lines()
                .filter(line -> line.startsWith("cl2cm: "))
                .reduce((first, last) -> last)
                .orElse(said.err());
        for (Object word : words) {
            assertThat(message).contains(String.valueOf(word));
        }
        assertThat(message)
                .as("a message for people")
                .doesNotContain("Exception")
                .doesNotContain("CL2CM_TRACE");
        assertThat(Said.files(folder)).isEqualTo(before);
        assertThat(run).doesNotExist();
    }

    private List<?> train(String... settings) {
        return List.of((Object[]) world.train(run, settings));
    }

    private List<?> encode() {
        return List.of("encode", world.manifest(), "--encoder", "pixels:16", "--to", folder.resolve("encoded"));
    }

    private List<?> index() {
        return index("create", "--vectors", world.features());
    }

    private List<?> index(String verb, Object... from) {
        return with(
                List.of("index", verb, "photos", "--collections", folder.resolve("c"), "--manifest", world.manifest()),
                from);
    }

    private List<?> search(Object... more) {
        return with(List.of("search", "photos", "a red dog", "--collections", folder.resolve("c")), more);
    }

    private static List<?> with(List<?> start, Object... more) {
        List<Object> all = new ArrayList<>(start);
        all.addAll(Arrays.asList(more));
        return all;
    }

    private void line(Path file, int number, String text, Charset charset) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.set(number - 1, text);
        Files.writeString(file, String.join("\n", lines) + "\n", charset);
    }

    /// What `data check` finds, of which none may be lost: it fails, and says the rest too.
    private String checked(Path manifest) {
        Said said = Said.by("data", "check", manifest);
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.FAILED);
        return said.out() + said.err();
    }

    @Test
    void aManifestWithABrokenLine() throws IOException {
        String place = world.manifest() + ":3: ";
        Map<String, String> broken = new LinkedHashMap<>();
        broken.put("{\"id\": \"item2\", \"captions\": {\"en\": [\"a dog\"}", "not one JSON object");
        broken.put("{\"id\": \"item2\", \"captoins\": {}}", "\"captoins\"");
        broken.put("{\"id\": \"item2\", \"captions\": {\"en\": \"a dog\"}}", "\"captions.en\"");
        broken.put("{\"captions\": {\"en\": [\"a dog\"]}}", "\"id\"");
        broken.put("{\"id\": \"item0\", \"captions\": {\"en\": [\"a dog\"]}}", "\"item0\"");
        for (Map.Entry<String, String> one : broken.entrySet()) {
            line(world.manifest(), 3, one.getKey(), StandardCharsets.UTF_8);
            for (List<?> command : List.of(train(), encode(), index())) {
                fails(command, place, one.getValue());
            }
            assertThat(checked(world.manifest())).contains("manifest.jsonl:3", one.getValue());
        }
    }

    @Test
    void aCaptionFileInTheWrongEncoding() throws IOException {
        Path captions = folder.resolve("x.caption.txt");
        Files.writeString(captions, "1.jpg#enc#0 a dog\n2.jpg#enc#0 a caf\u00e9\n", StandardCharsets.ISO_8859_1);
        Path to = folder.resolve("imported.jsonl");
        fails(
                List.of("data", "import", "--format", "nrccr", "--tag", "enc=en", "--from", captions, "--to", to),
                captions + ":2: ",
                "not UTF-8",
                "iconv");
        Files.writeString(captions, "1.jpg#enc#0 a dog\n", StandardCharsets.UTF_16LE);
        fails(
                List.of("data", "import", "--format", "nrccr", "--tag", "enc=en", "--from", captions, "--to", to),
                captions + ":1: ",
                "UTF-16");
        Path coco = folder.resolve("captions_val.json");
        Files.writeString(
                coco,
                "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"}],\n"
                        + "\"annotations\": [{\"image_id\": 1, \"caption\": \"a caf\u00e9\"}]}",
                StandardCharsets.ISO_8859_1);
        fails(List.of("data", "import", "--format", "coco", "--from", coco, "--to", to), coco, "UTF-8");

        line(
                world.manifest(),
                5,
                "{\"id\": \"item4\", \"captions\": {\"en\": [\"a caf\u00e9\"]}}",
                StandardCharsets.ISO_8859_1);
        for (List<?> command : List.of(train(), encode(), index())) {
            fails(command, world.manifest() + ":5: ", "not UTF-8");
        }
        assertThat(checked(world.manifest())).contains("manifest.jsonl", "5: not UTF-8");
    }

    private Path sidecar(String... lines) throws IOException {
        Path file = Files.createDirectories(folder.resolve("translations")).resolve("xx.other.jsonl");
        Files.writeString(file, String.join("\n", lines) + "\n");
        return file;
    }

    @Test
    void aSideCarOfOtherData() throws IOException {
        Path file = sidecar("{\"id\": \"item0\", \"xx\": [\"x\"]}", "{\"id\": \"COCO_1\", \"xx\": [\"x\"]}");
        fails(train(), file + ":2: ", "\"COCO_1\"", world.manifest(), "side-car of other data?");
        assertThat(checked(world.manifest())).contains("xx.other.jsonl:2", "COCO_1");

        sidecar("{\"id\": \"item0\", \"xx\": [\"x\", \"y\"]}");
        fails(train(), file + ":1: ", "\"xx\"", "2 translations of the 1");
        sidecar("{\"id\": \"item0\", \"zh\": [\"x\"]}");
        fails(train(), file + ":1: ", "\"xx\" is missing");
    }

    private static void npy(Path file, String shape, float... values) throws IOException {
        String head = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }\n";
        ByteBuffer bytes =
                ByteBuffer.allocate(10 + head.length() + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) head.length());
        bytes.put(head.getBytes(StandardCharsets.US_ASCII));
        for (float value : values) {
            bytes.putFloat(value);
        }
        Files.write(file, bytes.array());
    }

    @Test
    void anArrayOfTheWrongShapeOrWithNaN() throws IOException {
        float[] values = new float[96 * 10];
        Arrays.fill(values, 1);
        npy(world.features(), "96, 9", values);
        fails(train(), world.features(), "(96, 9)");
        fails(index(), world.features(), "(96, 9)");
        npy(world.features(), "960,", values);
        fails(train(), world.features(), "1 dimensions, need 2");
        npy(world.features(), "95, 10", Arrays.copyOf(values, 950));
        fails(train(), folder.resolve("features.ids.txt"), "holds 96 ids", "95 rows");
        values[7 * 10 + 3] = Float.NaN;
        npy(world.features(), "96, 10", values);
        fails(train(), world.features(), "row 7", "\"item7\"", "NaN");
        fails(index(), world.features(), "row 7", "\"item7\"", "NaN");
    }

    @Test
    void aConfigurationWithAMisspeltKey() throws IOException {
        Path config = Files.writeString(folder.resolve("run.yaml"), "train:\n  bacth: 64\n");
        fails(with(train(), "--config", config), config, "\"train.bacth\"", "did you mean \"train.batch\"?");
        fails(train("losss.d=1"), "losss.d=1", "did you mean \"loss\"?");
        Files.writeString(config, "train:\n  clip: many\n");
        fails(with(train(), "--config", config), config, "\"train.clip\"", "many");
        Files.writeString(config, "train:\n  batch: 1\n epochs: 2\n");
        fails(with(train(), "--config", config), config + ":3: ");
        fails(train("data.valid=tset"), world.manifest(), "\"tset\" (data.valid)");
        fails(train("data.train=tset"), world.manifest(), "\"tset\"");
    }

    // ---- pictures

    private Path pictures() throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < 64 * 48; i++) {
            image.setRGB(i % 64, i / 64, random.nextInt(1 << 24));
        }
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "jpg", jpeg)).isTrue();
        Files.write(pictures.resolve("whole.jpg"), jpeg.toByteArray());
        Files.write(pictures.resolve("cut.jpg"), Arrays.copyOf(jpeg.toByteArray(), jpeg.size() / 2));
        Files.writeString(pictures.resolve("text.jpg"), "this is a text file");
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bomb)) {
            out.writeLong(0x89504E470D0A1A0AL);
            ByteBuffer header = ByteBuffer.allocate(13).putInt(50_000).putInt(50_000);
            chunk(out, "IHDR", header.put(new byte[] {8, 2, 0, 0, 0}).array());
            Deflater deflater = new Deflater(9);
            deflater.setInput(new byte[1 << 20]);
            deflater.finish();
            byte[] packed = new byte[1 << 16];
            chunk(out, "IDAT", Arrays.copyOf(packed, deflater.deflate(packed)));
            deflater.end();
            chunk(out, "IEND", new byte[0]);
        }
        Files.write(pictures.resolve("bomb.png"), bomb.toByteArray());
        return pictures;
    }

    private static void chunk(DataOutputStream out, String name, byte[] data) throws IOException {
        byte[] mark = name.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(mark);
        sum.update(data);
        out.writeInt(data.length);
        out.write(mark);
        out.write(data);
        out.writeInt((int) sum.getValue());
    }

    private static void namesAll(String text, String cut, String bomb, String notPicture) {
        assertThat(text)
                .contains(cut + "cannot be decoded, damaged or cut off")
                .contains(bomb + "50000 x 50000 pixels are more than the bound")
                .contains(notPicture + "not a JPEG, PNG, WebP, GIF or BMP picture");
    }

    @Test
    void picturesThatCannotBeDecoded() throws IOException {
        Path pictures = pictures();
        Path to = folder.resolve("encoded");
        List<?> encode = List.of("encode", pictures, "--encoder", "pixels:16", "--to", to);

        Said said = Said.by(encode.toArray());

        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(said.err())
                .contains("3 of 4 images failed", to.resolve("errors.jsonl").toString());
        String reason = "\",\"reason\":\"";
        namesAll(
                Files.readString(to.resolve("errors.jsonl")),
                "cut.jpg" + reason,
                "bomb.png" + reason,
                "text.jpg" + reason);
        assertThat(Files.readAllLines(to.resolve("errors.jsonl"))).hasSize(3);
        try (FeatureStore store = FeatureStore.open(to)) {
            assertThat(store.ids()).containsExactly("whole");
        }
        TreeMap<String, String> before = Said.files(folder);
        assertThat(Said.by(encode.toArray()).exit()).as("told again").isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(Said.files(folder)).isEqualTo(before);

        Path manifest = folder.resolve("pictures.jsonl");
        StringBuilder lines = new StringBuilder();
        for (String name : List.of("whole.jpg", "cut.jpg", "bomb.png", "text.jpg")) {
            lines.append("{\"id\": \"")
                    .append(name)
                    .append("\", \"media\": \"pictures/")
                    .append(name);
            lines.append("\", \"captions\": {\"en\": [\"picture ").append(name).append("\"]}}\n");
        }
        Files.writeString(manifest, lines);
        String found = checked(manifest);
        namesAll(
                found,
                pictures.resolve("cut.jpg") + ": ",
                pictures.resolve("bomb.png") + ": ",
                pictures.resolve("text.jpg") + ": ");
        assertThat(found).contains("pictures.jsonl:2", "pictures.jsonl:3", "pictures.jsonl:4", "3 errors");
    }

    // ---- models

    private Path model(String name, String... settings) {
        Path place = folder.resolve(name);
        Said said = Said.by((Object[]) world.train(place, settings));
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        return place.resolve("model");
    }

    private static void dropTensor(Path file, String dropped) throws IOException {
        Path less = file.resolveSibling("less.safetensors");
        try (Safetensors all = Safetensors.open(file)) {
            Map<String, Safetensors.Entry> kept = new LinkedHashMap<>();
            for (String name : all.names()) {
                MemorySegment data = all.data(name);
                kept.put(name, new Safetensors.Entry(all.type(name), all.shape(name), data));
            }
            assertThat(kept.remove(dropped)).isNotNull();
            Safetensors.write(less, kept, all.metadata());
        }
        Files.move(less, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aModelFolderWithAMissingTensor() throws IOException {
        Path model = model("good");
        List<?> create = index("create", "--model", model, "--features", world.features());
        assertThat(Said.by(create.toArray()).exit()).isEqualTo(ExitCode.DONE);
        Path weights = model.resolve("model.safetensors");
        dropTensor(weights, "vision.direct.weight");
        List<?> add = index("add", "--model", model, "--features", world.features());
        for (List<?> command : List.of(search(), add)) {
            fails(command, weights, "tensor \"vision.direct.weight\" is missing");
        }
        Files.delete(weights);
        fails(search(), weights, "no such file");
        Files.delete(model.resolve("cl2cm.json"));
        fails(search(), model, "cl2cm.json");

        Path encoder = world.bert().resolve("model.safetensors");
        dropTensor(encoder, "bert.encoder.layer.0.output.dense.weight");
        fails(train(), encoder, "tensor \"encoder.layer.0.output.dense.weight\" is missing");
    }

    @Test
    void anEngineThatIsNotThereOrCannotBeReached() throws IOException {
        String nobody = "http://127.0.0.1:1";
        List<?> create = index();
        fails(with(create, "--engine", "opensesame"), "\"opensesame\"", "lucene, opensearch");
        fails(with(create, "--engine", "opensearch"), "needs hosts", "https://a:9200");
        fails(with(create, "--hosts", nobody), "--hosts", "--engine opensearch");
        List<?> cluster = with(create, "--engine", "opensearch", "--hosts", nobody);
        fails(cluster, "\"photos\"", nobody, "does not answer", "refused");
        fails(with(cluster, "--shards", "0"), "\"shards\"", "0");
        fails(with(cluster, "--user", "anna"), "needs a password");
        fails(
                with(cluster, "--user", "anna", "--password-env", "NO_SUCH_PASSWORD"),
                "NO_SUCH_PASSWORD",
                "\"anna\"",
                nobody);
        fails(with(cluster, "--ca", folder.resolve("no.pem")), "no.pem", "no such file");
        fails(
                List.of("index", "attach", "photos", "--collections", folder.resolve("c"), "--hosts", nobody),
                "\"photos\"",
                nobody);
    }

    @Test
    void aCollectionOpenedWithAnotherModel() throws IOException {
        Path one = model("one");
        Path two = model("two", "seed=2");
        List<?> create = index("create", "--model", one, "--features", world.features());
        assertThat(Said.by(create.toArray()).exit()).isEqualTo(ExitCode.DONE);
        String first = RetrievalModel.describe(one).fingerprint();
        String second = RetrievalModel.describe(two).fingerprint();
        assertThat(first).isNotEqualTo(second);
        fails(search("--model", two), "\"photos\"", first, second);
        fails(index("add", "--model", two, "--features", world.features()), "\"photos\"", first, second);
        Said right = Said.by(search().toArray());
        assertThat(right.exit()).as(right.err()).isEqualTo(ExitCode.DONE);
        assertThat(right.out().lines()).hasSize(10);
    }
}
