package org.cl2cm.search;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.search.internal.CollectionFile;

/// The next generation of a collection: made beside the live one from the same items, while that one
/// is searched and written, and put in its place in one instant.
///
/// Life cycle: [Collections#next] begins it, [#copy] fills it, as often as wanted; [#goLive] puts it
/// in place. Closed before that it leaves nothing but a folder that the next one clears; a kill at
/// any instant leaves the live generation as it is. For one thread.
public final class NextGeneration implements AutoCloseable {
    private static final int BATCH = 256;

    private final Path home;
    private final GenerationStore store;
    private final CollectionFile file;
    private final Generations next;
    private final Closeable lock;
    private final VectorEngine live;
    private final VectorEngine engine;
    /// What was copied, by id: a number that changes with the item.
    private final Map<String, Long> copied = new HashMap<>();

    private final Map<String, String> left = new LinkedHashMap<>();
    private boolean closed;

    private NextGeneration(
            Path home,
            GenerationStore store,
            CollectionFile file,
            Generations next,
            Closeable lock,
            VectorEngine live,
            VectorEngine engine) {
        this.home = home;
        this.store = store;
        this.file = file;
        this.next = next;
        this.lock = lock;
        this.live = live;
        this.engine = engine;
    }

    /// @param store closed with this
    static NextGeneration begin(Path home, GenerationStore store, CollectionInfo info) throws IOException {
        Closeable lock = store.lock();
        try {
            CollectionFile read = CollectionFile.read(home);
            CollectionFile file = new CollectionFile(store.current(Optional.of(read.generations())), read.options());
            store.clear(file.generations());
            Generation next = new Generation(info, file.generations().nextNumber());
            VectorEngine live = store.read(file.generations().live());
            try {
                return new NextGeneration(
                        home, store, file, file.generations().superseded(next), lock, live, store.create(next));
            } catch (IOException | RuntimeException e) {
                live.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /// The live generation, as it was committed when [#copy] looked last.
    public VectorEngine live() {
        return live;
    }

    /// The next generation. What was copied is seen by its searches.
    public VectorEngine engine() {
        return engine;
    }

    /// Items that the next generation does not have, by id, with the reason.
    public Map<String, String> left() {
        return java.util.Collections.unmodifiableMap(left);
    }

    /// Makes the next generation equal to the live one as it is now: takes what is new or has changed
    /// since the last call, and removes what is gone.
    ///
    /// @return how many items were taken, left or removed
    public long copy(VectorSource source, ProgressListener progress) throws IOException {
        live.refresh();
        long all = live.stats().items();
        Set<String> seen = new HashSet<>();
        List<VectorItem> batch = new ArrayList<>();
        long[] changes = {0};
        live.forEach(item -> {
            seen.add(item.id());
            Long known = copied.get(item.id());
            if (known == null || known != number(item)) {
                batch.add(item);
                if (batch.size() == BATCH) {
                    changes[0] += batch.size();
                    take(batch, source);
                    batch.clear();
                }
            }
            progress.update(seen.size(), all, left.isEmpty() ? "" : left.size() + " left");
        });
        changes[0] += batch.size();
        take(batch, source);
        List<String> gone =
                copied.keySet().stream().filter(id -> !seen.contains(id)).toList();
        engine.delete(gone);
        gone.forEach(copied::remove);
        gone.forEach(left::remove);
        engine.commit();
        engine.refresh();
        return changes[0] + gone.size();
    }

    private static long number(VectorItem item) {
        return ((long) item.fields().hashCode() << 32) | (Arrays.hashCode(item.vector()) & 0xffff_ffffL);
    }

    private void take(List<VectorItem> items, VectorSource source) throws IOException {
        if (items.isEmpty()) {
            return;
        }
        List<Optional<float[]>> vectors = source.of(items);
        List<VectorItem> with = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            VectorItem item = items.get(i);
            copied.put(item.id(), number(item));
            left.remove(item.id());
            Optional<float[]> vector = vectors.get(i);
            if (vector.isPresent()) {
                with.add(new VectorItem(item.id(), vector.get(), item.fields()));
            } else {
                leave(item.id(), "there is no vector of this id");
            }
        }
        for (ItemStatus status : engine.upsert(with)) {
            if (status.isRefused()) {
                leave(status.id(), status.reason());
            }
        }
    }

    private void leave(String id, String reason) throws IOException {
        left.put(id, reason);
        engine.delete(List.of(id));
    }

    /// Takes what was written to the live generation meanwhile, and puts this one in its place. The
    /// one that was live becomes the previous one, and the one before that is removed. Nobody can
    /// write to the collection while this lasts.
    ///
    /// @param source as for [#copy]
    /// @throws CollectionLockedException when someone else writes to the collection: the live
    ///     generation stays, and this can be tried again
    public void goLive(VectorSource source) throws IOException {
        try (VectorEngine _ = store.write(file.generations().live())) {
            copy(source, ProgressListener.NONE);
            engine.commit();
            store.goLive(next);
            new CollectionFile(next, file.options()).write(home);
        }
        store.clear(next);
        close();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (store;
                lock;
                live) {
            engine.close();
        }
    }
}
