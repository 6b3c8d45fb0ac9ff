package org.cl2cm.data;

/// Hears how far a long piece of work has come. Called from the thread that works; must return quickly.
@FunctionalInterface
public interface ProgressListener {
    /// Says nothing to anybody.
    ProgressListener NONE = (done, total, detail) -> {};

    /// @param done units done so far
    /// @param total units in all, or -1 when not known
    /// @param detail what a person wants to know besides, possibly empty
    void update(long done, long total, String detail);
}
