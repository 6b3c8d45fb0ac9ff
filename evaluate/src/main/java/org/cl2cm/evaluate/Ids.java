package org.cl2cm.evaluate;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Ids name rows; a row must have one of its own.
final class Ids {
    private Ids() {}

    static void requireDistinct(String what, List<String> ids) {
        Set<String> seen = HashSet.newHashSet(ids.size());
        for (String id : ids) {
            if (!seen.add(id)) {
                throw new IllegalArgumentException("the " + what + " id \"" + id + "\" stands twice");
            }
        }
    }
}
