package org.cl2cm.model;

import java.nio.file.Path;

/// Where things that can be made again are kept: `CL2CM_HOME`, or `cl2cm` in the user's cache folder.
public final class CacheFolder {
    private CacheFolder() {}

    public static Path home() {
        String own = System.getenv("CL2CM_HOME");
        if (own != null && !own.isBlank()) {
            return Path.of(own).toAbsolutePath();
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        return cache != null && !cache.isBlank()
                ? Path.of(cache, "cl2cm").toAbsolutePath()
                : Path.of(System.getProperty("user.home"), ".cache", "cl2cm");
    }
}
