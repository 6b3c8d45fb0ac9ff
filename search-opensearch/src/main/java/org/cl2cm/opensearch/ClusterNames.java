package org.cl2cm.opensearch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What things are called on the cluster. Names of indexes there are small letters, and a collection's
/// may be anything: what does not suit is written as `~hex~`, so that two names never become one.
final class ClusterNames {
    /// The index of all locks. The dot keeps it apart from every collection.
    static final String LOCKS = "cl2cm.locks";

    private static final String PREFIX = "cl2cm-";
    private static final Pattern LIKE_AN_INDEX = Pattern.compile("(.*)-(\\d{4,})");
    private static final int LONGEST = 180;
    private static final int LONGEST_ID = 500;

    private ClusterNames() {}

    /// The alias of the live generation.
    static String live(String collection) {
        Matcher numbered = LIKE_AN_INDEX.matcher(collection);
        // Never the name of another collection's index.
        String name = numbered.matches()
                ? escaped(numbered.group(1), false) + "~2d~" + numbered.group(2)
                : escaped(collection, false);
        return PREFIX + (name.length() > LONGEST ? name.substring(0, LONGEST / 2) + "~~" + digest(name) : name);
    }

    /// The alias of the generation that was live before.
    static String previous(String collection) {
        return live(collection) + "~previous";
    }

    /// The lock of whoever changes which generation is live.
    static String swap(String collection) {
        return live(collection) + "~swap";
    }

    static String index(String collection, int generation) {
        return live(collection) + "-%04d".formatted(generation);
    }

    /// An alias that lasts as long as the index: what is written to it never makes an index anew.
    static String writing(String index) {
        return index + "~writing";
    }

    /// The generation whose index this is, if it is one of the collection's.
    static OptionalInt generation(String collection, String index) {
        Matcher numbered = LIKE_AN_INDEX.matcher(index);
        return numbered.matches()
                        && numbered.group(1).equals(live(collection))
                        && numbered.group(2).length() < 10
                ? OptionalInt.of(Integer.parseInt(numbered.group(2)))
                : OptionalInt.empty();
    }

    /// A name of a field, whose dots would make a tree of it.
    static String field(String name) {
        return name.isEmpty() ? "~~" : escaped(name, true);
    }

    /// The document's id: that of the item, or a digest where the cluster takes none so long.
    static String document(String id) {
        return id.startsWith("~") || id.getBytes(StandardCharsets.UTF_8).length > LONGEST_ID ? "~" + digest(id) : id;
    }

    private static String escaped(String name, boolean field) {
        StringBuilder escaped = new StringBuilder();
        name.codePoints().forEach(letter -> {
            boolean plain = (letter >= 'a' && letter <= 'z')
                    || (letter >= '0' && letter <= '9')
                    || letter == '-'
                    || letter == '_'
                    || (field ? (letter >= 'A' && letter <= 'Z') : letter == '.');
            if (plain) {
                escaped.appendCodePoint(letter);
            } else {
                escaped.append('~').append(Integer.toHexString(letter)).append('~');
            }
        });
        return escaped.toString();
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
