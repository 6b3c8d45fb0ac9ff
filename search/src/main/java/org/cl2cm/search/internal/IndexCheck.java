package org.cl2cm.search.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.search.Generation;
import org.cl2cm.search.GenerationStore;
import org.cl2cm.search.VectorEngine;

/// Looks for damage in an index: first at its parts, then item by item.
public final class IndexCheck {
    private static final int MOST_FINDINGS = 100;
    private static final double TOLERANCE = 1e-3;

    private IndexCheck() {}

    /// @return what is wrong, a line each; empty when the index is whole
    /// @throws CollectionLockedException when someone else writes to the collection
    public static List<String> of(GenerationStore store, Generation generation, ProgressListener progress)
            throws IOException {
        // Nobody writes while this engine is open.
        try (VectorEngine engine = store.write(generation)) {
            List<String> findings = new ArrayList<>(store.faults(generation));
            if (findings.isEmpty()) {
                items(engine, findings, progress);
            }
            return findings;
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
