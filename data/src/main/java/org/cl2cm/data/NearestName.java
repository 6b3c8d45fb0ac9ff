package org.cl2cm.data;

import java.util.Collection;
import java.util.Comparator;

/// The name that was probably meant by one that is not known.
public final class NearestName {
    private NearestName() {}

    /// The one of `known` with the fewest letters to change; of several the first.
    ///
    /// @param known at least one
    public static String of(String written, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(name -> distance(name, written)))
                .orElseThrow();
    }

    /// Levenshtein's distance.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
