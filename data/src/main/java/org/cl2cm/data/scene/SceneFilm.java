package org.cl2cm.data.scene;

import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.cl2cm.data.scene.Concept.Amount;
import org.cl2cm.data.scene.Concept.Ground;
import org.cl2cm.data.scene.Concept.Size;
import org.cl2cm.data.video.Ffmpeg;

/// A drawn scene whose objects move a little, with captions: what films are made of, one scene after
/// another. Equal options make equal pictures.
public final class SceneFilm {
    /// Objects move by this share of the side, there and back.
    private static final double REACH = 0.05;

    private final SceneItem item;
    private final SceneOptions options;

    private SceneFilm(SceneItem item, SceneOptions options) {
        this.item = item;
        this.options = options;
    }

    /// Different scenes of one large group of objects each, on light and dark ground in turn, so that
    /// the border of two that follow each other is easily seen.
    public static List<SceneFilm> draw(SceneOptions options, int count) {
        SceneSampler sampler = new SceneSampler();
        List<SceneFilm> films = new ArrayList<>();
        for (int tried = 0; films.size() < count; tried++) {
            String id = String.format(Locale.ROOT, "film-%05d", tried);
            Scene scene = sampler.next(SceneItem.random(options, id, "scene"));
            Ground wanted = films.size() % 2 == 0 ? Ground.LIGHT : Ground.DARK;
            if (scene.other().isEmpty()
                    && scene.ground() == wanted
                    && scene.first().size() == Size.LARGE
                    && scene.first().amount() != Amount.FOUR) {
                films.add(new SceneFilm(SceneItem.of(id, "val", scene, options), options));
            }
        }
        return films;
    }

    /// Correct captions by language; the first of each leaves nothing out.
    public Map<String, List<String>> captions() {
        return item.captions();
    }

    /// Translations of the English captions, in their order.
    public List<String> translations(String language) {
        return item.translations().getOrDefault(language, List.of()).stream()
                .map(Translation::text)
                .toList();
    }

    /// One picture.
    ///
    /// @param take other colours, sizes and places of the same scene, as another day would give them
    /// @param share how far the movement has come, 0 to 1
    public BufferedImage frame(int take, double share) {
        SplittableRandom random = SceneItem.random(options, item.id(), "take" + take);
        double way = REACH * StrictMath.sin(2 * StrictMath.PI * share);
        boolean across = random.split().nextBoolean();
        return new Painter(options.pixels()).paint(item.scene(), random, across ? way : 0, across ? 0 : way);
    }

    /// Writes a film of several scenes, one after the other; its suffix says in which format.
    ///
    /// @param take of every scene, see [#frame]
    /// @param seconds of each scene
    /// @param fps frames a second
    public static void write(Ffmpeg ffmpeg, Path file, List<SceneFilm> scenes, int take, double seconds, int fps)
            throws IOException {
        int pixels = scenes.getFirst().options.pixels();
        int frames = (int) Math.round(seconds * fps);
        ffmpeg.write(file, pixels, pixels, fps, out -> {
            OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
            for (SceneFilm scene : scenes) {
                for (int i = 0; i < frames; i++) {
                    rgb(scene.frame(take, (double) i / frames), buffered);
                }
            }
            buffered.flush();
        });
    }

    private static void rgb(BufferedImage image, OutputStream out) throws IOException {
        for (int pixel : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            out.write(pixel >> 16);
            out.write(pixel >> 8);
            out.write(pixel);
        }
    }
}
