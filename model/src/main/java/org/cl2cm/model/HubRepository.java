package org.cl2cm.model;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A repository of a model hub, written `hf:<owner>/<name>` or `hf:<owner>/<name>@<revision>`.
///
/// @param revision a branch, a tag or a commit
public record HubRepository(String owner, String name, String revision) {
    private static final String WORD = "[A-Za-z0-9_][A-Za-z0-9._-]*";
    private static final Pattern WRITTEN =
            Pattern.compile("hf:(" + WORD + ")/(" + WORD + ")(?:@([A-Za-z0-9_][A-Za-z0-9._/-]*))?");

    public HubRepository {
        if (revision.contains("..")) {
            throw new IllegalArgumentException("revision " + revision + " has ..");
        }
    }

    /// @throws IllegalArgumentException when the text is not written so
    public static HubRepository parse(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not written hf:<owner>/<name> or hf:<owner>/<name>@<revision>");
        }
        String revision = matcher.group(3);
        return new HubRepository(matcher.group(1), matcher.group(2), revision == null ? "main" : revision);
    }

    /// `owner/name`.
    public String path() {
        return owner + "/" + name;
    }

    /// Name of its folder in the cache.
    String folder() {
        return owner + "--" + name + "@" + encodedRevision();
    }

    String encodedRevision() {
        return URLEncoder.encode(revision, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "hf:" + path() + "@" + revision;
    }
}
