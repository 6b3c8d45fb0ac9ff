package org.cl2cm.search.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.Bits;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionLockedException;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.Generation;
import org.cl2cm.search.Hit;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.ItemStatus.Outcome;
import org.cl2cm.search.UnitVector;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorQuery;
import org.cl2cm.search.internal.TopCandidates.Candidate;

/// A collection in a Lucene index: exact below a number of items, a graph (HNSW) above it.
public final class LuceneEngine implements VectorEngine {
    private static final String MODEL = "model";
    private static final double WRITE_BUFFER_MEBIBYTES = 128;

    private final CollectionInfo info;
    private final int generation;
    private final EngineSettings settings;
    private final Directory directory;
    private final Optional<IndexWriter> writer;
    private final SearcherManager searchers;

    private LuceneEngine(
            Generation generation, EngineSettings settings, Directory directory, Optional<IndexWriter> writer)
            throws IOException {
        this.info = generation.info();
        this.generation = generation.number();
        this.settings = settings;
        this.directory = directory;
        this.writer = writer;
        this.searchers =
                writer.isPresent() ? new SearcherManager(writer.get(), null) : new SearcherManager(directory, null);
    }

    /// Makes an empty index in a folder, in the place of any that lies there, and commits it.
    public static LuceneEngine create(Path index, Generation generation, EngineSettings settings) throws IOException {
        Files.createDirectories(index);
        return open(index, generation, settings, Optional.of(IndexWriterConfig.OpenMode.CREATE));
    }

    /// @throws CollectionLockedException when another writer has it open
    /// @throws DataException when the index is damaged or another model's
    public static LuceneEngine write(Path index, Generation generation, EngineSettings settings) throws IOException {
        return open(index, generation, settings, Optional.of(IndexWriterConfig.OpenMode.APPEND));
    }

    /// @throws DataException when the index is damaged or another model's
    public static LuceneEngine read(Path index, Generation generation, EngineSettings settings) throws IOException {
        return open(index, generation, settings, Optional.empty());
    }

    /// @param mode empty for reading
    private static LuceneEngine open(
            Path index, Generation generation, EngineSettings settings, Optional<IndexWriterConfig.OpenMode> mode)
            throws IOException {
        CollectionInfo info = generation.info();
        Directory directory = FSDirectory.open(index);
        Optional<IndexWriter> writer = Optional.empty();
        try {
            if (mode.isPresent()) {
                writer = Optional.of(writer(directory, info, settings, mode.get()));
            }
            checkModel(index, directory, info);
            return new LuceneEngine(generation, settings, directory, writer);
        } catch (IOException | RuntimeException e) {
            if (writer.isPresent()) {
                writer.get().rollback();
            }
            directory.close();
            throw explained(index, info, e);
        }
    }

    private static IndexWriter writer(
            Directory directory, CollectionInfo info, EngineSettings settings, IndexWriterConfig.OpenMode mode)
            throws IOException {
        IndexWriterConfig config = new IndexWriterConfig(CaptionWords.BY_FIELD)
                .setOpenMode(mode)
                .setCodec(new VectorCodec(settings.exactBelow()))
                .setRAMBufferSizeMB(WRITE_BUFFER_MEBIBYTES);
        IndexWriter writer = new IndexWriter(directory, config);
        if (mode == IndexWriterConfig.OpenMode.CREATE) {
            // The index says whose vectors it holds, whatever becomes of the file beside it.
            writer.setLiveCommitData(new TreeMap<>(Map.of(MODEL, info.model())).entrySet());
            writer.commit();
        }
        return writer;
    }

    private static void checkModel(Path index, Directory directory, CollectionInfo info) throws IOException {
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            String model = reader.getIndexCommit().getUserData().getOrDefault(MODEL, "(none)");
            if (!model.equals(info.model())) {
                throw DataException.in(
                        index,
                        "holds vectors of model " + model + ", but collection.json names model " + info.model()
                                + "; put the right collection.json back");
            }
        }
    }

    private static IOException explained(Path index, CollectionInfo info, Exception failure) {
        return switch (failure) {
            case LockObtainFailedException e ->
                new CollectionLockedException(
                        "collection \"" + info.name() + "\" is being written by someone else (lock "
                                + index.resolve(IndexWriter.WRITE_LOCK_NAME)
                                + "); wait until they are done: searching goes on meanwhile",
                        e);
            case IndexNotFoundException e -> DataException.in(index, "holds no index; was it deleted?", e);
            case CorruptIndexException e -> DataException.in(index, "the index is damaged: " + e.getMessage(), e);
            case IndexFormatTooNewException e ->
                DataException.in(index, "the index was written by a newer version: " + e.getMessage(), e);
            case IndexFormatTooOldException e ->
                DataException.in(index, "the index was written by a version too old to read: " + e.getMessage(), e);
            case IOException e -> e;
            default -> new DataException(index + ": cannot be opened: " + failure, failure);
        };
    }

    @Override
    public CollectionInfo info() {
        return info;
    }

    @Override
    public List<ItemStatus> upsert(List<VectorItem> items) throws IOException {
        IndexWriter writer = writer();
        List<ItemStatus> statuses = new ArrayList<>(items.size());
        for (VectorItem item : items) {
            try {
                var document = ItemDocument.of(item, info);
                writer.updateDocument(ItemDocument.term(item.id()), document);
                statuses.add(new ItemStatus(item.id(), Outcome.STORED));
            } catch (IllegalArgumentException e) {
                statuses.add(new ItemStatus(item.id(), Outcome.REFUSED, String.valueOf(e.getMessage())));
            }
        }
        return statuses;
    }

    @Override
    public List<ItemStatus> delete(List<String> ids) throws IOException {
        IndexWriter writer = writer();
        List<ItemStatus> statuses = new ArrayList<>(ids.size());
        refresh();
        IndexSearcher searcher = searchers.acquire();
        try {
            for (String id : ids) {
                boolean there = searcher.count(new TermQuery(ItemDocument.term(id))) > 0;
                writer.deleteDocuments(ItemDocument.term(id));
                statuses.add(new ItemStatus(id, there ? Outcome.DELETED : Outcome.MISSING));
            }
        } finally {
            searchers.release(searcher);
        }
        return statuses;
    }

    @Override
    public List<Hit> search(VectorQuery query) throws IOException {
        info.checkModel(query.model());
        float[] vector = UnitVector.of(query.vector(), info.dimension());
        IndexSearcher searcher = searchers.acquire();
        try {
            Optional<Query> filter = query.filter().map(FilterQuery::of);
            int among = filter.isPresent()
                    ? searcher.count(filter.get())
                    : searcher.getIndexReader().numDocs();
            // Fusion looks deeper into both lists than the results that are asked for.
            int depth =
                    query.words().isPresent() ? Math.max(query.top(), EngineSettings.FEWEST_CANDIDATES) : query.top();
            List<Candidate> nearest = method(among) == CollectionStats.Method.EXACT
                    ? NearestItems.exact(searcher, vector, depth, filter)
                    : NearestItems.approximate(searcher, vector, depth, settings.candidates(depth), filter);
            if (query.words().isPresent()) {
                nearest = HybridSearch.fused(
                        nearest,
                        HybridSearch.byWords(searcher, vector, query.words().get(), depth, filter),
                        query.top());
            }
            StoredFields stored = searcher.storedFields();
            List<Hit> hits = new ArrayList<>(nearest.size());
            for (Candidate candidate : nearest) {
                hits.add(new Hit(
                        candidate.id(), candidate.score(), ItemDocument.fields(stored.document(candidate.doc()))));
            }
            return hits;
        } finally {
            searchers.release(searcher);
        }
    }

    /// @param among how many items are to be searched
    private CollectionStats.Method method(int among) {
        return among < settings.exactBelow() ? CollectionStats.Method.EXACT : CollectionStats.Method.GRAPH;
    }

    @Override
    public Optional<VectorItem> get(String id) throws IOException {
        IndexSearcher searcher = searchers.acquire();
        try {
            TopDocs found = searcher.search(new TermQuery(ItemDocument.term(id)), 1);
            if (found.scoreDocs.length == 0) {
                return Optional.empty();
            }
            int doc = found.scoreDocs[0].doc;
            List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
            LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
            FloatVectorValues vectors = vectors(leaf);
            DocIndexIterator each = vectors.iterator();
            each.advance(doc - leaf.docBase);
            return Optional.of(new VectorItem(
                    id,
                    vectors.vectorValue(each.index()).clone(),
                    ItemDocument.fields(searcher.storedFields().document(doc))));
        } finally {
            searchers.release(searcher);
        }
    }

    private FloatVectorValues vectors(LeafReaderContext leaf) throws IOException {
        FloatVectorValues vectors = leaf.reader().getFloatVectorValues(ItemDocument.VECTOR);
        if (vectors == null) {
            throw new DataException("collection \"" + info.name() + "\": a part of the index has no vectors");
        }
        return vectors;
    }

    @Override
    public void forEach(ItemVisitor visitor) throws IOException {
        IndexSearcher searcher = searchers.acquire();
        try {
            StoredFields stored = searcher.storedFields();
            for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                FloatVectorValues vectors = vectors(leaf);
                BinaryDocValues ids = DocValues.getBinary(leaf.reader(), ItemDocument.ID);
                Bits live = leaf.reader().getLiveDocs();
                DocIndexIterator each = vectors.iterator();
                for (int doc = each.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = each.nextDoc()) {
                    if ((live == null || live.get(doc)) && ids.advanceExact(doc)) {
                        visitor.visit(new VectorItem(
                                ids.binaryValue().utf8ToString(),
                                vectors.vectorValue(each.index()).clone(),
                                ItemDocument.fields(stored.document(leaf.docBase + doc))));
                    }
                }
            }
        } finally {
            searchers.release(searcher);
        }
    }

    @Override
    public long size() throws IOException {
        IndexSearcher searcher = searchers.acquire();
        try {
            return searcher.getIndexReader().numDocs();
        } finally {
            searchers.release(searcher);
        }
    }

    @Override
    public CollectionStats stats() throws IOException {
        IndexSearcher searcher = searchers.acquire();
        try {
            IndexReader reader = searcher.getIndexReader();
            return new CollectionStats(
                    reader.numDocs(),
                    reader.numDeletedDocs(),
                    reader.leaves().size(),
                    bytes(),
                    method(reader.numDocs()),
                    generation);
        } finally {
            searchers.release(searcher);
        }
    }

    private long bytes() throws IOException {
        long bytes = 0;
        for (String file : directory.listAll()) {
            bytes += length(file);
        }
        return bytes;
    }

    private long length(String file) throws IOException {
        try {
            return directory.fileLength(file);
        } catch (NoSuchFileException e) {
            // A writer merged it away, or gave it its final name, after the listing: it takes no space now.
            return 0;
        }
    }

    @Override
    public void refresh() throws IOException {
        searchers.maybeRefreshBlocking();
    }

    @Override
    public void commit() throws IOException {
        writer().commit();
    }

    @Override
    public void compact(int segments) throws IOException {
        writer().forceMerge(segments);
        writer().forceMergeDeletes();
        writer().commit();
        refresh();
    }

    private IndexWriter writer() {
        return writer.orElseThrow(
                () -> new UnsupportedOperationException("collection \"" + info.name() + "\" was opened for reading"));
    }

    @Override
    public void close() throws IOException {
        searchers.close();
        if (writer.isPresent()) {
            writer.get().close();
        }
        directory.close();
    }
}
