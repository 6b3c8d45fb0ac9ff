package org.cl2cm.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.Moment;
import org.cl2cm.data.scene.SceneFilm;
import org.cl2cm.data.scene.SceneOptions;
import org.cl2cm.data.video.Ffmpeg;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.Moments;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;

/// A collection `videos` of moments of two films, each of three scenes of two seconds, with ready
/// vectors: moment i of either film looks to its own side.
///
/// @param scenes of both films
record ServedFilms(Path folder, List<SceneFilm> scenes) {
    static final String VIDEOS = "videos";
    static final int MOMENTS = 3;

    /// @param collections where the collection goes
    static ServedFilms create(Path folder, Collections collections) throws IOException {
        Files.createDirectories(folder);
        ServedFilms films =
                new ServedFilms(folder, SceneFilm.draw(new SceneOptions(3, 1, 0, 0, 64, 0, List.of("de")), MOMENTS));
        for (String name : List.of("one", "two")) {
            SceneFilm.write(Ffmpeg.find(), films.file(name), films.scenes, name.length(), 2, 10);
        }
        Files.writeString(folder.resolve("broken.mp4"), "no video");
        CollectionInfo info = new CollectionInfo(
                VIDEOS,
                MOMENTS,
                "somebody-elses",
                Optional.empty(),
                CollectionInfo.LUCENE,
                Instant.now(),
                Optional.empty(),
                Optional.of(folder.toRealPath().toString()),
                Moments.FIELDS);
        List<VectorItem> items = new ArrayList<>();
        for (int i = 0; i < MOMENTS; i++) {
            for (String name : List.of("one", "two")) {
                float[] vector = new float[MOMENTS];
                vector[i] = 1;
                vector[(i + 1) % MOMENTS] = name.equals("one") ? 0.1f : 0.3f;
                Moment moment = new Moment(name, 2 * i, 2 * i + 2);
                Map<String, String> fields = new LinkedHashMap<>(Moments.fields(moment));
                fields.put(VectorItem.MEDIA, name + ".mp4");
                fields.put(
                        VectorItem.CAPTION + "en",
                        films.scenes
                                .get(i)
                                .captions()
                                .getOrDefault("en", List.of())
                                .getFirst());
                items.add(new VectorItem(moment.id(), vector, fields));
            }
        }
        items.add(new VectorItem("broken", new float[] {-1, 0, 0}, Map.of(VectorItem.MEDIA, "broken.mp4")));
        items.add(new VectorItem("outside", new float[] {-1, 0, 1}, Map.of(VectorItem.MEDIA, "../secret.mp4")));
        try (VectorEngine engine = collections.create(info)) {
            engine.upsert(items);
        }
        return films;
    }

    Path file(String name) {
        return folder.resolve(name + ".mp4");
    }

    /// Whether films can be made here; says so when not.
    static boolean isPossible() {
        boolean there = Ffmpeg.present().isPresent();
        if (!there) {
            System.out.println(
                    "NOT TESTED: videos over HTTP, since ffmpeg is not here. Install it, e.g. apt-get install"
                            + " ffmpeg, or name it in " + Ffmpeg.VARIABLE);
        }
        return there;
    }
}
