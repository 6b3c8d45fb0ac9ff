package org.cl2cm.search.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.VectorEngine;

/// Looks for damage in an index: first with Lucene's own check of every file, then item by item.
public final class IndexCheck {
    private static final int MOST_FINDINGS = 100;
    private static final double TOLERANCE = 1e-3;

    private IndexCheck() {}

    /// @return what is wrong, a line each; empty when the index is whole
    /// @throws CollectionLockedException when someone else writes to the collection
    public static List<String> of(Path home, CollectionFile file, EngineSettings settings, ProgressListener progress)
            throws IOException {
        List<String> findings = new ArrayList<>();
        // Nobody writes while this engine is open.
        try (VectorEngine engine = LuceneEngine.write(home, file, settings)) {
            files(CollectionFile.generation(home, file.generation()), findings);
            if (findings.isEmpty()) {
                items(engine, findings, progress);
            }
        }
        return findings;
    }

    private static void files(Path index, List<String> findings) throws IOException {
        // The engine holds the lock already, so the check takes none.
        try (Directory directory = FSDirectory.open(index);
                CheckIndex check = new CheckIndex(directory, null)) {
            check.setLevel(CheckIndex.Level.MIN_LEVEL_FOR_INTEGRITY_CHECKS);
            CheckIndex.Status status = check.checkIndex();
            if (status.missingSegments) {
                findings.add(index + ": the list of segments cannot be read");
            }
            for (CheckIndex.Status.SegmentInfoStatus segment : status.segmentInfos) {
                if (segment.error != null) {
                    findings.add(index + ": segment " + segment.name + " is damaged: " + segment.error.getMessage());
                } else if (segment.toLoseDocCount > 0) {
                    findings.add(index + ": segment " + segment.name + " is damaged; " + segment.toLoseDocCount
                            + " items cannot be read");
                }
            }
            if (!status.clean && findings.isEmpty()) {
                findings.add(index + ": the index is damaged");
            }
        }
    }

    private static void items(VectorEngine engine, List<String> findings, ProgressListener progress)
            throws IOException {
        long all = engine.stats().items();
        Set<String> seen = new HashSet<>();
        engine.forEach(item -> {
            if (!seen.add(item.id())) {
                add(findings, "item \"" + item.id() + "\" is there twice");
            }
            double square = 0;
            for (float value : item.vector()) {
                square += (double) value * value;
            }
            // Written so that NaN is a finding as well.
            if (!(Math.abs(Math.sqrt(square) - 1) < TOLERANCE)) {
                add(findings, "item \"" + item.id() + "\": its vector has the length " + Math.sqrt(square) + ", not 1");
            }
            progress.update(seen.size(), all, "");
        });
        if (seen.size() != all) {
            add(findings, "the index counts " + all + " items and holds " + seen.size());
        }
    }

    private static void add(List<String> findings, String finding) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(finding);
        }
    }
}
