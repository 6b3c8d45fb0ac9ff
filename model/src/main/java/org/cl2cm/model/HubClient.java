package org.cl2cm.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.internal.FolderLock;
import org.cl2cm.model.internal.HubTransfer;

/// Brings model folders from a hub that speaks as huggingface.co does: configuration, tokenizer and
/// weights, never anything pickled.
///
/// A download that was cut off goes on where it ended, the next time as well. The folder is renamed
/// into its place when every file is there and right. Safe for use by many threads and processes.
public final class HubClient {
    private static final Pattern WANTED =
            Pattern.compile("(.*\\.(json|txt|safetensors|onnx|onnx_data|model|spm)|README\\.md)");
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._ +-]*");
    private static final Pattern PICKLED = Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl|h5|msgpack)");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final long SMALL = 1 << 20;

    private final URI base;
    private final HubTransfer transfer;

    /// @param base address of the hub, e.g. `https://huggingface.co`
    /// @param token sent to the hub itself and to no host that it redirects to
    public HubClient(URI base, Optional<String> token) {
        this(base, token, Duration.ofSeconds(1), Duration.ofSeconds(60));
    }

    /// @param pause before the first retry; doubles with each
    /// @param patience without a single byte after which a connection counts as broken
    HubClient(URI base, Optional<String> token, Duration pause, Duration patience) {
        if (!("http".equals(base.getScheme()) || "https".equals(base.getScheme())) || base.getHost() == null) {
            throw new IllegalArgumentException("address of the hub " + base + ": expected http:// or https://");
        }
        this.base = URI.create(base.toString().replaceAll("/+$", ""));
        this.transfer = new HubTransfer(this.base, token, pause, patience);
    }

    /// The hub at `CL2CM_HUB`, or huggingface.co, with the token in `HF_TOKEN` where there is one.
    public static HubClient ofEnvironment() {
        String hub = System.getenv("CL2CM_HUB");
        return ofEnvironment(URI.create(hub == null || hub.isBlank() ? "https://huggingface.co" : hub));
    }

    /// The hub at `base`, with the token in `HF_TOKEN` where there is one.
    public static HubClient ofEnvironment(URI base) {
        return new HubClient(
                base, Optional.ofNullable(System.getenv("HF_TOKEN")).filter(token -> !token.isBlank()));
    }

    /// Brings `repository` into `home` unless it is there already.
    ///
    /// @param home see [CacheFolder#home]
    /// @param progress told bytes of all files together
    /// @return the folder
    /// @throws IOException when the hub cannot be reached after several tries
    /// @throws DataException when it refuses, has no such thing, or sends something else than it
    ///     announced
    public Path get(Path home, HubRepository repository, ProgressListener progress) throws IOException {
        Path folder = home.resolve("models").resolve(repository.folder());
        if (isWhole(folder)) {
            return folder;
        }
        Files.createDirectories(folder.getParent());
        try (FolderLock _ = FolderLock.of(folder, progress)) {
            if (!isWhole(folder)) {
                download(folder, repository, progress);
            }
        }
        return folder;
    }

    private static boolean isWhole(Path folder) {
        try {
            var origin = ModelOrigin.read(folder);
            return origin.isPresent() && origin.get().changes(folder, SMALL).isEmpty();
        } catch (IOException damaged) {
            // Whatever is wrong with it, it is brought again.
            return false;
        }
    }

    private void download(Path folder, HubRepository repository, ProgressListener progress) throws IOException {
        progress.update(0, -1, "asking " + base.getHost() + " for " + repository);
        JsonNode answer = describe(repository);
        String commit = answer.path("sha").asText();
        if (!COMMIT.matcher(commit).matches()) {
            throw new DataException(repository + ": the hub names no commit");
        }
        List<String> names = names(repository, answer);
        // The commit is in the name: files of another one are never continued.
        Path part = folder.resolveSibling(repository.folder() + "." + commit.substring(0, 12) + ".part");
        Map<String, ModelOrigin.FileSum> files = new LinkedHashMap<>();
        long before = 0;
        for (String name : names) {
            URI address = URI.create(base + "/" + repository.path() + "/resolve/" + commit + "/"
                    + name.replace(" ", "%20").replace("+", "%2B"));
            Path target = part.resolve(name);
            long start = before;
            transfer.fetch(address, target, (done, total, detail) -> progress.update(start + done, -1, name));
            ModelOrigin.FileSum sum = ModelOrigin.FileSum.of(target);
            files.put(name, sum);
            before += sum.size();
        }
        String license = answer.path("cardData").path("license").asText("unknown");
        new ModelOrigin(base + "/" + repository.path(), commit, license, files).write(part);
        FolderLock.delete(folder);
        Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        progress.update(before, before, "done");
    }

    private JsonNode describe(HubRepository repository) throws IOException {
        URI address =
                URI.create(base + "/api/models/" + repository.path() + "/revision/" + repository.encodedRevision());
        byte[] answer = transfer.read(address, 64 << 20);
        try {
            return new ObjectMapper().readTree(answer);
        } catch (JsonProcessingException e) {
            throw new DataException(address + ": the answer is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static List<String> names(HubRepository repository, JsonNode answer) throws DataException {
        List<String> names = new ArrayList<>();
        List<String> pickled = new ArrayList<>();
        for (JsonNode sibling : answer.path("siblings")) {
            String name = sibling.path("rfilename").asText();
            if (PICKLED.matcher(name).matches()) {
                pickled.add(name);
            } else if (WANTED.matcher(name).matches()) {
                for (String step : name.split("/", -1)) {
                    if (!SAFE.matcher(step).matches()) {
                        throw new DataException(repository + ": refuses the unsafe file name \"" + name + "\"");
                    }
                }
                names.add(name);
            }
        }
        if (names.stream().noneMatch(name -> name.endsWith(".safetensors") || name.endsWith(".onnx"))) {
            throw new DataException(repository + ": has no weights in safetensors or ONNX"
                    + (pickled.isEmpty() ? "" : ", only " + pickled + ", which may run code when read and never are")
                    + "; look for another revision or repository that has them");
        }
        return names;
    }
}
