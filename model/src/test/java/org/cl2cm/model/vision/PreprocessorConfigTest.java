package org.cl2cm.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreprocessorConfigTest {
    private static final String NORMALISE = "\"image_mean\": [0.5, 0.4, 0.3], \"image_std\": [0.5, 0.6, 0.7]";

    @TempDir
    Path folder;

    private ImagePreprocessing read(String json) throws IOException {
        Path file = folder.resolve("preprocessor_config.json");
        Files.writeString(file, json);
        return PreprocessorConfig.read(file);
    }

    private void refuses(String json, String... reasons) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("preprocessor_config.json: ")
                .hasMessageContainingAll(reasons);
    }

    @Test
    void readsTheOldFormOfClip() throws IOException {
        ImagePreprocessing clip = read("""
                {"crop_size": 224, "do_center_crop": true, "do_normalize": true, "do_resize": true,
                 "feature_extractor_type": "CLIPFeatureExtractor", "resample": 3, "size": 224, %s}
                """.formatted(NORMALISE));
        assertThat(clip.resize()).isEqualTo(new ImagePreprocessing.Resizing.ShortestEdge(224));
        assertThat(clip.crop()).contains(new ImagePreprocessing.Size(224, 224));
        assertThat(clip.filter()).isEqualTo(Resize.Filter.BICUBIC);
        assertThat(clip.rescale()).isEqualTo(1.0 / 255);
        assertThat(clip.mean()).containsExactly(0.5f, 0.4f, 0.3f);
        assertThat(clip.std()).containsExactly(0.5f, 0.6f, 0.7f);
    }

    @Test
    void readsTheNewFormOfClip() throws IOException {
        ImagePreprocessing clip = read("""
                {"crop_size": {"height": 224, "width": 220}, "do_center_crop": true, "do_convert_rgb": true,
                 "do_normalize": true, "do_rescale": true, "do_resize": true, "image_processor_type":
                 "CLIPImageProcessor", "resample": 3, "rescale_factor": 0.00392156862745098,
                 "size": {"shortest_edge": 256}, "processor_class": "CLIPProcessor", %s}
                """.formatted(NORMALISE));
        assertThat(clip.resize()).isEqualTo(new ImagePreprocessing.Resizing.ShortestEdge(256));
        assertThat(clip.size()).contains(new ImagePreprocessing.Size(220, 224));
    }

    @Test
    void readsSiglipAndVit() throws IOException {
        ImagePreprocessing siglip = read("""
                {"do_normalize": true, "do_rescale": true, "do_resize": true, "image_processor_type":
                 "SiglipImageProcessor", "do_convert_rgb": null, "size": {"height": 224, "width": 224}, %s}
                """.formatted(NORMALISE));
        assertThat(siglip.resize())
                .isEqualTo(new ImagePreprocessing.Resizing.Exact(new ImagePreprocessing.Size(224, 224)));
        assertThat(siglip.filter()).isEqualTo(Resize.Filter.BICUBIC);
        assertThat(siglip.crop()).isEmpty();
        ImagePreprocessing vit =
                read("{\"feature_extractor_type\": \"ViTFeatureExtractor\", \"size\": 224, %s}".formatted(NORMALISE));
        assertThat(vit.size()).contains(new ImagePreprocessing.Size(224, 224));
        assertThat(vit.filter()).isEqualTo(Resize.Filter.BILINEAR);
        ImagePreprocessing plain = read("{\"do_resize\": false, \"do_normalize\": false, \"do_rescale\": false}");
        assertThat(plain.resize()).isEqualTo(new ImagePreprocessing.Resizing.None());
        assertThat(plain.size()).isEqualTo(Optional.empty());
        assertThat(plain.rescale()).isEqualTo(1);
    }

    @Test
    void namesFileAndKeyOfWhatItDoesNotKnow() {
        refuses("{\"size\": 224, \"resample\": 5, %s}".formatted(NORMALISE), "key \"resample\" is 5", "3 (bicubic)");
        refuses("{\"size\": 224, %s}".formatted(NORMALISE), "key \"resample\" is missing");
        refuses("{\"size\": 224, \"resample\": 3}", "key \"image_mean\" is missing");
        refuses("{\"size\": {\"longest_edge\": 8}, \"resample\": 3, %s}".formatted(NORMALISE), "key \"size\"");
        refuses(
                "{\"size\": {\"shortest_edge\": 8, \"longest_edge\": 9}, \"resample\": 3, %s}".formatted(NORMALISE),
                "key \"size\"");
        refuses("{\"do_resize\": 1}", "key \"do_resize\" is 1, expected true or false");
        refuses("{\"do_pad\": true}", "key \"do_pad\"", "not known");
        refuses("{\"size\": 0, \"resample\": 3, %s}".formatted(NORMALISE), "0 x 0 pixels");
        refuses("{\"size\": 8,", "not JSON");
        refuses("[]", "not a JSON object");
    }
}
